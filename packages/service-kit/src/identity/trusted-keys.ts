import { createPublicKey, X509Certificate } from 'node:crypto';
import type { JSONWebKeySet, JWK } from 'jose';
import { z } from 'zod';
import { ed25519Jwk } from './ed25519-jwk.ts';
import { pemBlocks } from './pem-blocks.ts';

const EXPECTED = 'expected Ed25519 public keys, as a JSON Web Key Set or as a PEM of certificates or public keys';
const PRIVATE = 'holds a private key; only its public half belongs here';
const SAME_KID = 'two keys have the same kid, so that a token cannot say by which of them it is signed';

/**
 * The configuration of the keys that one issuer may sign with: a JSON Web Key Set, or a PEM of certificates and public
 * keys (SPKI). Several are for rotation: a token of any of them is accepted. Parsed to a key set in which each key has
 * a `kid`.
 *
 * A certificate is only what a key comes in: its dates and names are not looked at (docs/adr/0003).
 */
export const trustedKeys = () =>
  z
    .union([z.string(), z.object({ keys: z.array(z.record(z.string(), z.unknown())) })], { error: EXPECTED })
    .transform((written, context): JSONWebKeySet => {
      const keys = typeof written === 'string' ? keysOfPem(written) : written.keys.map(keyOfJwk);
      const byKid = new Map<string | undefined, JWK>();
      for (const key of keys.length === 0 ? [EXPECTED] : keys) {
        const isRead = typeof key === 'object';
        const isAmbiguous = isRead && byKid.has(key.kid) && byKid.get(key.kid)?.x !== key.x;
        if (isRead && !isAmbiguous) byKid.set(key.kid, key);
        else context.addIssue({ code: 'custom', message: isRead ? SAME_KID : key });
      }
      return { keys: [...byKid.values()] };
    });

/** A key, or what is wrong with it. */
type ReadKey = JWK | string;

function keyOfJwk(jwk: Record<string, unknown>): ReadKey {
  if ('d' in jwk) return PRIVATE;
  try {
    const kid = typeof jwk.kid === 'string' ? jwk.kid : undefined;
    return ed25519Jwk(createPublicKey({ key: jwk, format: 'jwk' }), kid) ?? EXPECTED;
  } catch {
    return EXPECTED;
  }
}

function keysOfPem(text: string): ReadKey[] {
  const blocks = pemBlocks(text);
  const ofLabel = (label: string) => blocks.filter((block) => block.label === label);
  if (blocks.some(({ label }) => label.endsWith('PRIVATE KEY'))) return [PRIVATE];
  try {
    const certificates = ofLabel('CERTIFICATE').map((block) => new X509Certificate(block.text));
    const publicKeys = ofLabel('PUBLIC KEY').map((block) => createPublicKey(block.text));
    if (certificates.length + publicKeys.length < blocks.length) return [EXPECTED];
    const ofCallers = certificates.filter((each) => !hasSignedOneOf(each, certificates));
    return [...ofCallers.map(({ publicKey }) => publicKey), ...publicKeys].map((key) => ed25519Jwk(key) ?? EXPECTED);
  } catch {
    return [EXPECTED];
  }
}

/** cert-manager appends the authorities that have signed a certificate: they are no callers. */
const hasSignedOneOf = ({ publicKey }: X509Certificate, certificates: readonly X509Certificate[]) =>
  certificates.some((other) => !other.publicKey.equals(publicKey) && other.verify(publicKey));
