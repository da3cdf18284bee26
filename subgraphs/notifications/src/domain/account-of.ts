import { CodedError, type Identity, requireUser } from '@tributary/service-kit';
import { isId } from './is-id.ts';

/**
 * The signed-in user, as far as anything can be kept for the user here: ids are UUIDs.
 *
 * @throws CodedError UNAUTHENTICATED
 */
export function accountOf(identity: Identity): string {
  const { userId } = requireUser(identity);
  if (!isId(userId)) throw new CodedError('UNAUTHENTICATED');
  return userId;
}
