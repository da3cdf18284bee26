import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { Secret } from '../config/secret.ts';
import { ed25519Jwk } from './ed25519-jwk.ts';
import { pemBlocks } from './pem-blocks.ts';

const EXPECTED = 'expected one Ed25519 private key, as a JWK or as a PEM (PKCS#8, not encrypted)';

/**
 * The configuration of a service's own key: a JWK, as a map or as its JSON text, or a PEM. Parsed to the text of a JWK
 * that has a `kid`.
 */
export const identityKey = () =>
  z.union([z.string(), z.record(z.string(), z.unknown())], { error: EXPECTED }).transform((written, context) => {
    const jwk = privateJwk(written);
    if (jwk !== undefined) return new Secret(JSON.stringify(jwk));
    context.addIssue({ code: 'custom', message: EXPECTED });
    return z.NEVER;
  });

function privateJwk(written: string | JsonWebKey) {
  try {
    if (typeof written === 'string' && !written.includes('-----BEGIN ')) return privateJwk(JSON.parse(written));
    if (typeof written === 'string') return ed25519Jwk(keyOfPem(written));
    const { kid } = written;
    return ed25519Jwk(createPrivateKey({ key: written, format: 'jwk' }), typeof kid === 'string' ? kid : undefined);
  } catch {
    // What a parser says of it quotes it.
    return undefined;
  }
}

function keyOfPem(text: string): KeyObject {
  const [block, ...more] = pemBlocks(text);
  if (block?.label !== 'PRIVATE KEY' || more.length > 0) throw new Error(EXPECTED);
  return createPrivateKey(block.text);
}
