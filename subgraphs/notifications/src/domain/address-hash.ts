import { createHmac, hkdfSync } from 'node:crypto';
import type { Secret } from '@tributary/service-kit';

/** Stands for an e-mail address where the address itself is not kept. Capital and small letters are the same. */
export type AddressHash = (address: string) => string;

/** HMAC-SHA256, under a key of its own: without the secret an address cannot be found by trying. */
export function createAddressHash(secret: Secret): AddressHash {
  const key = Buffer.from(hkdfSync('sha256', secret.reveal(), '', 'tributary notifications addresses', 32));
  return (address) => createHmac('sha256', key).update(address.normalize('NFC').toLowerCase()).digest('base64url');
}
