import { CodedError } from '../errors/coded-error.ts';
import { isId } from '../http/is-id.ts';
import { type Identity, requireUser } from './identity.ts';

/**
 * The id of the signed-in user, under which something can be kept. Whom another issuer has signed in need not have one.
 *
 * @throws CodedError UNAUTHENTICATED
 */
export function accountOf(identity: Identity): string {
  const { userId } = requireUser(identity);
  if (!isId(userId)) throw new CodedError('UNAUTHENTICATED');
  return userId;
}
