import { accountOf, CodedError, type Database, type Db, type Identity } from '@tributary/service-kit';
import { lockOpenRecipient } from '../store/recipient-store.ts';

/**
 * Runs a change of what is the signed-in user's, one at a time.
 *
 * @throws CodedError UNAUTHENTICATED, also when the account was closed and its token lives on
 */
export async function changeAs<T>(
  identity: Identity,
  database: Database,
  change: (tx: Db, userId: string) => Promise<T>,
): Promise<T> {
  const userId = accountOf(identity);
  return database.transaction(async (tx) => {
    if (!(await lockOpenRecipient(tx, userId))) throw new CodedError('UNAUTHENTICATED');
    return change(tx, userId);
  });
}
