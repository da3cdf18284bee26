import { CodedError, DomainError, type Identity, newId, requireUser, type ServiceKit } from '@tributary/service-kit';
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
import { inputText, invalidInput, optionalInputText } from './input-text.ts';
import { isId } from './is-id.ts';

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
    list: async (identity) => listPaymentMethods(database.db, ownerOf(identity)),
    async add(identity, input) {
      const userId = ownerOf(identity);
      const token = inputText('token', input.token, MAX_TOKEN_LENGTH);
      if (!/^[\w-]+$/.test(token)) throw invalidInput('token', 'token is as the payment provider gave it.');
      const label = optionalInputText('label', input.label, MAX_LABEL_LENGTH);
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
      const userId = ownerOf(identity);
      if (!isId(id)) notFound();
      return database.transaction(async (tx) => {
        await lockOpenWallet(tx, userId);
        const removed = await deletePaymentMethod(tx, userId, id);
        if (removed === undefined) return notFound();
        if (removed.isDefault) await makeNewestDefault(tx, userId);
        return removed;
      });
    },
    async setDefault(identity, id) {
      const userId = ownerOf(identity);
      if (!isId(id)) notFound();
      return database.transaction(async (tx) => {
        await lockOpenWallet(tx, userId);
        return (await makeDefault(tx, userId, id)) ?? notFound();
      });
    },
  };
}

/** Whom another issuer has signed in need not have an id that a wallet can have. */
function ownerOf(identity: Identity): string {
  const { userId } = requireUser(identity);
  if (!isId(userId)) throw new CodedError('UNAUTHENTICATED');
  return userId;
}

function notFound(): never {
  throw new DomainError('NotFoundError', 'There is no such payment method.');
}

const tooMany = () =>
  new DomainError('TooManyPaymentMethodsError', `A wallet holds ${MAX_PAYMENT_METHODS} payment methods.`, {
    limit: MAX_PAYMENT_METHODS,
  });
