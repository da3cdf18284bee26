import type { RequestScope } from '@tributary/service-kit';
import type { Books } from './domain/books.ts';
import type { CompleteChallenge } from './domain/complete-challenge.ts';
import type { RefundPayment } from './domain/refund-payment.ts';
import type { Wallet } from './domain/wallet.ts';
import type { Loaders } from './loaders/loaders.ts';

/** What the resolvers of one request share. */
export interface Context extends RequestScope {
  wallet: Wallet;
  books: Books;
  completeChallenge: CompleteChallenge;
  refundPayment: RefundPayment;
  loaders: Loaders;
}
