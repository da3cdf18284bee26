import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { EXPIRED_CERTIFICATE, HELM_CERTIFICATE, HELM_KEY, SIGNED_CHAIN } from '../testing/helm-certificates.ts';
import { anonymous } from './identity.ts';
import { identityKey } from './identity-key.ts';
import { createServiceIdentityIssuer, createServiceIdentityVerifier } from './service-identity.ts';
import { trustedKeys } from './trusted-keys.ts';

const EXPECTED = 'expected Ed25519 public keys, as a JSON Web Key Set or as a PEM of certificates or public keys';
const PRIVATE = 'holds a private key; only its public half belongs here';

const spki = ({ publicKey }: { publicKey: KeyObject }) => publicKey.export({ type: 'spki', format: 'pem' }) as string;
const pkcs8 = ({ privateKey }: { privateKey: KeyObject }) =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const [old, other] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
const oldJwk = old.publicKey.export({ format: 'jwk' });

/** Whether who trusts `trusted` accepts what `key` signs. */
async function accepts(trusted: unknown, key: unknown): Promise<boolean> {
  const signingKey = JSON.parse(identityKey().parse(key).reveal());
  const issuer = await createServiceIdentityIssuer('gateway', signingKey);
  const verifier = createServiceIdentityVerifier('users', { gateway: trustedKeys().parse(trusted) });
  const token = await issuer.issue('users', anonymous);
  return verifier.verify(`Bearer ${token}`).then(
    () => true,
    () => false,
  );
}

describe('the keys of a caller', () => {
  test.each([
    ['the certificate that Helm makes', HELM_CERTIFICATE, HELM_KEY],
    ['a certificate that has expired: it is only what the key comes in', EXPIRED_CERTIFICATE, HELM_KEY],
    ['a certificate with the one of its authority', SIGNED_CHAIN, HELM_KEY],
    ['a public key', spki(old), pkcs8(old)],
    ['a key set', { keys: [oldJwk] }, pkcs8(old)],
  ])('come as %s', async (_, trusted, key) => {
    expect(await accepts(trusted, key)).toBe(true);
    expect(await accepts(trusted, pkcs8(other))).toBe(false);
  });

  describe.each([
    ['certificates and public keys', HELM_CERTIFICATE + spki(old)],
    ['a key set', { keys: [...trustedKeys().parse(HELM_CERTIFICATE).keys, oldJwk] }],
  ])('may be several, for rotation, as %s', (_, trusted) => {
    test.each([
      ['the old one', pkcs8(old), true],
      ['the new one', HELM_KEY, true],
      ['no other', pkcs8(other), false],
    ])('%s', async (_name, key, isAccepted) => {
      expect(await accepts(trusted, key)).toBe(isAccepted);
    });
  });

  test('count once, however often they come', () => {
    expect(trustedKeys().parse(HELM_CERTIFICATE + EXPIRED_CERTIFICATE + HELM_CERTIFICATE).keys).toHaveLength(1);
  });

  test("are not their authority's", () => {
    const [caller, ...more] = trustedKeys().parse(SIGNED_CHAIN).keys;
    expect(more).toEqual([]);
    expect(caller).toEqual(trustedKeys().parse(HELM_CERTIFICATE).keys[0]);
  });

  test('hold no more than a public key, whatever a JWK says besides', () => {
    const [key] = trustedKeys().parse({ keys: [{ ...oldJwk, kid: 'k', use: 'enc', x5c: ['x'] }] }).keys;
    expect(key).toEqual({ ...oldJwk, kid: 'k', alg: 'EdDSA', use: 'sig' });
  });

  let rsa: { publicKey: KeyObject; privateKey: KeyObject };
  beforeAll(() => {
    rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  });
  test.each<[string, () => unknown, string]>([
    ['nothing', () => '', EXPECTED],
    ['no PEM', () => 'canary', EXPECTED],
    ['a number', () => 1, EXPECTED],
    ['no key set', () => ({ canary: [] }), EXPECTED],
    ['an empty key set', () => ({ keys: [] }), EXPECTED],
    ['another algorithm', () => spki(rsa), EXPECTED],
    ['another algorithm beside the right one', () => HELM_CERTIFICATE + spki(rsa), EXPECTED],
    ['another algorithm in a key set', () => ({ keys: [rsa.publicKey.export({ format: 'jwk' })] }), EXPECTED],
    ['a private key', () => HELM_KEY, PRIVATE],
    ['a private key beside its certificate', () => HELM_CERTIFICATE + HELM_KEY, PRIVATE],
    ['a private key of another algorithm', () => pkcs8(rsa), PRIVATE],
    ['a private key in a key set', () => ({ keys: [old.privateKey.export({ format: 'jwk' })] }), PRIVATE],
    ['a certificate that is cut off', () => spki(old) + HELM_CERTIFICATE.slice(0, 90), EXPECTED],
    ['a certificate that is none', () => '-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----', EXPECTED],
    ['something else in PEM', () => '-----BEGIN X509 CRL-----\ncanary\n-----END X509 CRL-----', EXPECTED],
    [
      'two keys of one kid',
      () => ({ keys: [old, other].map(({ publicKey }) => ({ ...publicKey.export({ format: 'jwk' }), kid: 'k' })) }),
      'two keys have the same kid, so that a token cannot say by which of them it is signed',
    ],
  ])('are refused: %s', (_, make, message) => {
    const problems = trustedKeys()
      .safeParse(make())
      .error?.issues.map((issue) => issue.message);
    expect(problems).toEqual([message]);
  });
});
