import {
  accountOf,
  afterCommit,
  CodedError,
  type Db,
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
import { insertRemovedCard, isCardRemoved } from '../store/removed-card-store.ts';
import {
  countPaymentMethods,
  deletePaymentMethod,
  findOwnCard,
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
   * Gives what is kept of a card that the user has added before.
   *
   * @throws DomainError CardNumberRefusedError, InvalidInputError, PaymentTokenRejectedError,
   * TooManyPaymentMethodsError; CodedError SERVICE_UNAVAILABLE
   */
  add(identity: Identity, input: { token: string; label?: string | null | undefined }): Promise<PaymentMethodRow>;
  /** @throws DomainError NotFoundError */
  remove(identity: Identity, id: string): Promise<PaymentMethodRow>;
  /** @throws DomainError NotFoundError */
  setDefault(identity: Identity, id: string): Promise<PaymentMethodRow>;
}

type Parts = Pick<ServiceKit, 'database'> & {
  call: CallProvider;
  /** Tells the worker that there is something to do. */
  wake(): void;
};

type NewMethod = Omit<PaymentMethodRow, 'createdAt' | 'isDefault'>;

export function createWallet({ database, call, wake }: Parts): Wallet {
  /** Gives the payment method, or why there is none: then the provider has to let go of the card. */
  async function insert(tx: Db, method: NewMethod): Promise<PaymentMethodRow | Error> {
    const { userId, token } = method;
    const isOpen = await lockOpenWallet(tx, userId);
    const known = await findOwnCard(tx, userId, token);
    if (known !== undefined) return known;
    // It was removed a moment ago, and is about to be let go of.
    if (isOpen && (await isCardRemoved(tx, token))) return unknownToken();
    const kept = await countPaymentMethods(tx, userId);
    if (isOpen && kept < MAX_PAYMENT_METHODS) {
      return (await insertPaymentMethod(tx, { ...method, isDefault: kept === 0 })) ?? unknownToken();
    }
    if (!method.isShared) {
      await insertRemovedCard(tx, token);
      afterCommit(wake);
    }
    return isOpen ? tooMany() : new CodedError('UNAUTHENTICATED');
  }

  return {
    list: async (identity) => listPaymentMethods(database.db, accountOf(identity)),
    async add(identity, input) {
      const userId = accountOf(identity);
      const token = inputText('token', input.token, MAX_TOKEN_LENGTH);
      if (!/^[\w-]+$/.test(token)) throw invalidInput('token', 'token is as the payment provider gave it.');
      const label = optionalText(inputText, 'label', input.label, MAX_LABEL_LENGTH);
      // Before the provider keeps a card that it would have to let go of again.
      if ((await countPaymentMethods(database.db, userId)) >= MAX_PAYMENT_METHODS) throw tooMany();
      const card = await call((provider, signal) => provider.keepCard(token, userId, signal));
      if (card === undefined) throw unknownToken();
      const { brand, last4, expiryMonth, expiryYear, isShared } = card;
      const method = { id: newId(), userId, token, isShared, brand, last4, expiryMonth, expiryYear, label };
      const inserted = await database.transaction((tx) => insert(tx, method));
      if (inserted instanceof Error) throw inserted;
      return inserted;
    },
    async remove(identity, id) {
      const userId = accountOf(identity);
      if (!isId(id)) throw unknownMethod();
      return database.transaction(async (tx) => {
        await lockOpenWallet(tx, userId);
        const removed = await deletePaymentMethod(tx, userId, id);
        if (removed === undefined) throw unknownMethod();
        if (removed.isDefault) await makeNewestDefault(tx, userId);
        if (!removed.isShared) afterCommit(wake);
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

const unknownToken = () =>
  new DomainError('PaymentTokenRejectedError', 'The payment provider does not know that token.');

const tooMany = () =>
  new DomainError('TooManyPaymentMethodsError', `A wallet holds ${MAX_PAYMENT_METHODS} payment methods.`, {
    limit: MAX_PAYMENT_METHODS,
  });
