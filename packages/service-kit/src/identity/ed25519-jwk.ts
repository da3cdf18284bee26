import { createHash, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';

/**
 * An Ed25519 key as a JWK with a `kid`, by which a verifier finds the right one of several: the one that it was given
 * with, else the key's thumbprint (RFC 7638), which both sides can tell from the key alone.
 *
 * @returns undefined for a key of another algorithm
 */
export function ed25519Jwk(key: KeyObject, kid?: string): JWK | undefined {
  if (key.asymmetricKeyType !== 'ed25519') return undefined;
  const { crv, kty, x, ...secret } = key.export({ format: 'jwk' });
  const thumbprint = () => createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
  return { ...secret, crv, kty, x, kid: kid ?? thumbprint(), alg: 'EdDSA', use: 'sig' } as JWK;
}
