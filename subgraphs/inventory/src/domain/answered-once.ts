import { createHash } from 'node:crypto';
import { type Db, DomainError, plainText } from '@tributary/service-kit';
import { findStockChange, insertStockChange, setStockAnswer } from '../store/stock-change-store.ts';
import type { StockAnswer } from '../tables.ts';

const MAX_KEY_LENGTH = 128;

/** What somebody asks for under an idempotency key of their own. */
export interface KeyedRequest {
  actorId: string;
  key: string;
  /** Everything that makes it this request and no other. */
  parameters: readonly unknown[];
}

/** The key as it is kept, or null where there is none. @throws DomainError InvalidInputError */
export const checkKey = (key: string | null | undefined): string | null =>
  key == null ? null : plainText('idempotencyKey', key, MAX_KEY_LENGTH);

/**
 * Does `work` once for a key, in the caller's transaction, and gives its answer to every repetition. Somebody who sends
 * the same key at that moment waits. What `work` refuses is not kept: it has changed nothing, and may be tried again.
 *
 * @throws DomainError IdempotencyKeyReusedError
 */
export async function answeredOnce(
  tx: Db,
  { actorId, key, parameters }: KeyedRequest,
  work: () => Promise<StockAnswer>,
): Promise<StockAnswer> {
  const requestHash = createHash('sha256').update(JSON.stringify(parameters)).digest('hex');
  if (await insertStockChange(tx, { actorId, idempotencyKey: key, requestHash })) {
    const answer = await work();
    await setStockAnswer(tx, actorId, key, answer);
    return answer;
  }
  const earlier = await findStockChange(tx, actorId, key);
  if (earlier?.requestHash !== requestHash) {
    throw new DomainError('IdempotencyKeyReusedError', 'That key was used for a change of stock with other input.');
  }
  if (earlier.answer === null) throw new Error('a change of stock was kept without its answer');
  return earlier.answer;
}
