import { CodedError, type Identity, requireUser } from '@tributary/service-kit';
import { isUuid } from './is-uuid.ts';

/**
 * The account that the signed-in user has here. Whom another issuer has signed in need not have one.
 *
 * @throws CodedError UNAUTHENTICATED
 */
export function accountOf(identity: Identity): string {
  const { userId } = requireUser(identity);
  if (!isUuid(userId)) throw new CodedError('UNAUTHENTICATED');
  return userId;
}
