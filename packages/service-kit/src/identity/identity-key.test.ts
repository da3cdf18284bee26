import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, test } from 'vitest';
import { HELM_CERTIFICATE, HELM_KEY } from '../testing/helm-certificates.ts';
import { identityKey } from './identity-key.ts';
import { generateServiceKeyPair } from './service-identity.ts';

const read = (written: unknown) => JSON.parse(identityKey().parse(written).reveal());
const pair = generateKeyPairSync('ed25519');
const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const jwk = pair.privateKey.export({ format: 'jwk' });

describe('the key of a service', () => {
  test('is the same one as a PEM, as the text of a JWK and as a map', async () => {
    const kid = await calculateJwkThumbprint(pair.publicKey.export({ format: 'jwk' }) as never);
    const expected = { ...jwk, kid, alg: 'EdDSA', use: 'sig' };
    for (const written of [pem, `Made by us:\n${pem}\n`, JSON.stringify(jwk), jwk])
      expect(read(written)).toEqual(expected);
  });

  test('keeps the kid that its JWK has', async () => {
    const { privateKey } = await generateServiceKeyPair('mine');
    expect(read(privateKey)).toEqual(privateKey);
  });

  test('has the thumbprint of RFC 8037, appendix A.3', () => {
    const ofTheRfc = {
      kty: 'OKP',
      crv: 'Ed25519',
      d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwaaPJURo',
    };
    expect(read(ofTheRfc).kid).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  test('is taken as Helm makes it', () => {
    expect(read(HELM_KEY)).toMatchObject({ kty: 'OKP', crv: 'Ed25519' });
  });

  test('is printed by nothing', () => {
    expect(JSON.stringify({ key: identityKey().parse(pem) })).toBe('{"key":"[secret]"}');
  });

  const exported = (type: 'rsa' | 'ec' | 'ed448') => {
    const options = { modulusLength: 2048, namedCurve: 'P-256' };
    const { privateKey } = generateKeyPairSync(type as 'rsa', options);
    return privateKey.export({ type: 'pkcs8', format: 'pem' });
  };
  test.each<[string, () => unknown]>([
    ['nothing', () => ''],
    ['no key', () => 'canary'],
    ['JSON that is no key', () => '"canary"'],
    ['a list', () => ['canary']],
    ['a JWK of something else', () => ({ kty: 'oct', k: 'canary' })],
    ['a public JWK', () => pair.publicKey.export({ format: 'jwk' })],
    ['a JWK of the wrong length', () => ({ ...jwk, d: 'canary' })],
    ['a public PEM', () => pair.publicKey.export({ type: 'spki', format: 'pem' })],
    ['a certificate', () => HELM_CERTIFICATE],
    ['RSA', () => exported('rsa')],
    ['ECDSA', () => exported('ec')],
    ['Ed448', () => exported('ed448')],
    [
      'an encrypted key',
      () => pair.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
    ],
    ['two keys', () => pem + HELM_KEY],
    ['a key beside its certificate', () => HELM_KEY + HELM_CERTIFICATE],
    ['a key that is cut off', () => pem.slice(0, 60)],
    ['lines that were folded into one', () => pem.replaceAll('\n', ' ')],
  ])('is not %s', (_, make) => {
    const written = make();
    const result = identityKey().safeParse(written);
    expect(result.error?.issues.map(({ message }) => message)).toEqual([
      'expected one Ed25519 private key, as a JWK or as a PEM (PKCS#8, not encrypted)',
    ]);
  });
});
