import {
  accountOf,
  CodedError,
  DomainError,
  type Identity,
  invalidInput,
  isId,
  newId,
  notFound,
  optionalText,
  type ServiceKit,
} from '@tributary/service-kit';
import type { CallProvider } from '../provider/call-provider.ts';
import {
  countPaymentMethods,
  deletePaymentMethod,
  insertPaymentMethod,
  listPaymentMethods,
  lockOpenWallet,
  makeDefault,
  makeNewestDefault,
  type PaymentMethodRow,
} from '../store/wallet-store.ts';
import { inputText } from './input-text.ts';

const MAX_PAYMENT_METHODS = 10;
const MAX_TOKEN_LENGTH = 200;
const MAX_LABEL_LENGTH = 50;

/** The payment methods that a user keeps; everybody sees and changes the own ones. All throw CodedError UNAUTHENTICATED. */
export interface Wallet {
  list(identity: Identity): Promise<PaymentMethodRow[]>;
  /**
   * @throws DomainError CardNumberRefusedError, InvalidInputError, PaymentTokenRejectedError,
   * TooManyPaymentMethodsError; CodedError SERVICE_UNAVAILABLE
   */
  add(identity: Identity, input: { token: string; label?: string | null | undefined }): Promise<PaymentMethodRow>;
  /** @throws DomainError NotFoundError */
  remove(identity: Identity, id: string): Promise<PaymentMethodRow>;
  /** @throws DomainError NotFoundError */
  setDefault(identity: Identity, id: string): Promise<PaymentMethodRow>;
}

export function createWallet({ database, call }: Pick<ServiceKit, 'database'> & { call: CallProvider }): Wallet {
  return {
    list: async (identity) => listPaymentMethods(database.db, accountOf(identity)),
    async add(identity, input) {
      const userId = accountOf(identity);
      const token = inputText('token', input.token, MAX_TOKEN_LENGTH);
      if (!/^[\w-]+$/.test(token)) throw invalidInput('token', 'token is as the payment provider gave it.');
      const label = optionalText(inputText, 'label', input.label, MAX_LABEL_LENGTH);
      const card = await call((provider, signal) => provider.describe(token, signal));
      if (card === undefined) {
        throw new DomainError('PaymentTokenRejectedError', 'The payment provider does not know that token.');
      }
      const { brand, last4, expiryMonth, expiryYear } = card;
      return database.transaction(async (tx) => {
        if (!(await lockOpenWallet(tx, userId))) throw new CodedError('UNAUTHENTICATED');
        const kept = await countPaymentMethods(tx, userId);
        if (kept >= MAX_PAYMENT_METHODS) throw tooMany();
        const method = { id: newId(), userId, token, brand, last4, expiryMonth, expiryYear, label };
        return insertPaymentMethod(tx, { ...method, isDefault: kept === 0 });
      });
    },
    async remove(identity, id) {
      const userId = accountOf(identity);
      if (!isId(id)) throw unknownMethod();
      return database.transaction(async (tx) => {
        await lockOpenWallet(tx, userId);
        const removed = await deletePaymentMethod(tx, userId, id);
        if (removed === undefined) throw unknownMethod();
        if (removed.isDefault) await makeNewestDefault(tx, userId);
        return removed;
      });
    },
    async setDefault(identity, id) {
      const userId = accountOf(identity);
      if (!isId(id)) throw unknownMethod();
      return database.transaction(async (tx) => {
        await lockOpenWallet(tx, userId);
        const chosen = await makeDefault(tx, userId, id);
        if (chosen === undefined) throw unknownMethod();
        return chosen;
      });
    },
  };
}

const unknownMethod = () => notFound('payment method');

const tooMany = () =>
  new DomainError('TooManyPaymentMethodsError', `A wallet holds ${MAX_PAYMENT_METHODS} payment methods.`, {
    limit: MAX_PAYMENT_METHODS,
  });
