import type { Identity } from '@tributary/service-kit';
import { placeOf } from '../http/client-address.ts';

/**
 * Tells those apart who ask: a user or, where nobody is signed in, the place that a request comes from; all are one of whom
 * nothing is known. It is personal data: to be compared, and never logged, traced or handed on.
 *
 * @param address as `ClientAddress` tells it
 */
export const askerOf = (identity: Identity, address: string | undefined): string =>
  identity.kind === 'user' ? `user ${identity.userId}` : placeOf(address ?? '');
