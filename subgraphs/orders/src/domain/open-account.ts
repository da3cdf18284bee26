import { CodedError, type Db } from '@tributary/service-kit';
import { isAccountClosed } from '../store/closed-account-store.ts';

/**
 * Refuses what somebody asks whose account is closed: their last access token still lives. To be called once the cart
 * or order that is changed is locked: an account that closes at this moment either is seen here, or waits and then
 * erases what we do.
 *
 * @throws CodedError UNAUTHENTICATED
 */
export async function requireOpenAccount(tx: Db, userId: string): Promise<void> {
  if (await isAccountClosed(tx, userId)) throw new CodedError('UNAUTHENTICATED');
}
