// The check of access tokens against tokens that were made up. FUZZ_RUNS=100000 for more than the few hundred here.
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { CodedError, createLogger, createMetrics } from '@tributary/service-kit';
import fc from 'fast-check';
import type { JWTHeaderParameters, JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewayConfig } from '../src/config/gateway-config.ts';
import { type AccessTokenVerifier, createAccessTokenVerifier } from '../src/identity/access-token-verifier.ts';
import {
  AUDIENCE,
  type FakeIssuer,
  ISSUER,
  type IssuerKey,
  newKey,
  startFakeIssuer,
} from '../src/testing/fake-issuer.ts';

const RUNS = Number(process.env.FUZZ_RUNS ?? 400);
const TIMEOUT_MS = 20_000 + RUNS * 5;
const SKEW_SECONDS = 60;

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url');

describe(`JWT: ${RUNS} tokens of each kind that were made up`, () => {
  let key: IssuerKey;
  let attacker: IssuerKey;
  let issuer: FakeIssuer;
  let elsewhere: FakeIssuer;
  let verifier: AccessTokenVerifier;
  beforeAll(async () => {
    [key, attacker] = await Promise.all([newKey('k1'), newKey('k1')]);
    [issuer, elsewhere] = await Promise.all([startFakeIssuer([key]), startFakeIssuer([attacker])]);
    const issuers = [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }];
    verifier = createAccessTokenVerifier(gatewayConfig.parse({ identity: { issuers } }).identity.issuers, {
      log: createLogger({ service: 'test', level: 'silent' }),
      metrics: createMetrics({ service: 'test', processMetrics: false }),
    });
    expect(await verifier.verify(`Bearer ${await key.sign()}`)).toMatchObject({ kind: 'user' });
  });
  afterAll(async () => {
    expect(elsewhere.fetches()).toBe(0);
    await Promise.all([issuer[Symbol.asyncDispose](), elsewhere[Symbol.asyncDispose]()]);
  });

  /** Whether it was accepted; whatever else happens than a refusal by a code is a failure. */
  const accepts = async (authorization: string): Promise<boolean> => {
    try {
      return (await verifier.verify(authorization)).kind === 'user';
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      expect(['TOKEN_INVALID', 'TOKEN_EXPIRED']).toContain(error.code);
      return false;
    }
  };

  /** By Node's own crypto, and by the letter of the claims. */
  const isValid = (token: string): boolean => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const data = Buffer.from(`${header}.${payload}`);
    const publicKey = createPublicKey({ key: key.publicJwk as JsonWebKey, format: 'jwk' });
    const bytes = Buffer.from(signature, 'base64url');
    if (!verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes)) return false;
    const { alg, kid, crit } = JSON.parse(Buffer.from(header, 'base64url').toString());
    const { iss, aud, sub, exp, nbf = 0 } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const now = Date.now() / 1000;
    return (
      alg === 'ES256' &&
      (kid === 'k1' || kid === undefined) &&
      crit === undefined &&
      iss === ISSUER &&
      [aud].flat().includes(AUDIENCE) &&
      typeof sub === 'string' &&
      sub !== '' &&
      exp > now - SKEW_SECONDS &&
      nbf < now + SKEW_SECONDS
    );
  };

  const check = <T extends unknown[]>(property: fc.IAsyncProperty<T>) => fc.assert(property, { numRuns: RUNS });

  /** Changes of one place in a good token. */
  const mutation = fc.record({
    at: fc.nat(),
    kind: fc.constantFrom('replace', 'insert', 'delete', 'swap', 'cut', 'repeat'),
    character: fc.constantFrom(...'ABCabc019-_.=+/ \u0000é'),
  });
  const mutated = (token: string, { at, kind, character }: { at: number; kind: string; character: string }) => {
    const index = at % token.length;
    const [before, after] = [token.slice(0, index), token.slice(index)];
    if (kind === 'replace') return before + character + after.slice(1);
    if (kind === 'insert') return before + character + after;
    if (kind === 'delete') return before + after.slice(1);
    if (kind === 'swap') return after + before;
    return kind === 'cut' ? before : before + after + after;
  };

  it(
    'mutated ones are accepted only where they are still valid',
    () =>
      check(
        fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
          const token = mutations.reduce(mutated, await key.sign());
          // Spaces before it are between it and the scheme, where RFC 9110 lets there be many (11.4).
          const alone = token.replace(/^ +/, '');
          if (token.length > 0 && (await accepts(`Bearer ${token}`))) expect(isValid(alone)).toBe(true);
        }),
      ),
    TIMEOUT_MS,
  );

  const strange = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>,
    fc.constantFrom(
      'k1',
      'ES256',
      'none',
      'HS256',
      'at+jwt',
      '__proto__',
      ISSUER,
      AUDIENCE,
      '',
      0,
      -1,
      Number.MAX_VALUE,
    ),
  );
  const HEADERS = ['alg', 'kid', 'typ', 'cty', 'jku', 'x5u', 'x5c', 'x5t', 'jwk', 'crit', 'b64', 'zip', 'enc', 'p2c'];
  const header = fc.dictionary(fc.constantFrom(...HEADERS), strange, { maxKeys: 4 });

  it(
    'any header before a signature that is not for it is refused',
    () =>
      check(
        fc.asyncProperty(header, async (changes) => {
          const good = await key.sign();
          const [head = '', claims, signature] = good.split('.');
          const before = JSON.parse(Buffer.from(head, 'base64url').toString());
          const urls = { ...('jku' in changes ? { jku: elsewhere.jwksUri } : {}) };
          const token = `${encoded({ ...before, ...changes, ...urls })}.${claims}.${signature}`;
          expect((await accepts(`Bearer ${token}`)) && token !== good).toBe(false);
        }),
      ),
    TIMEOUT_MS,
  );

  it(
    'any header and claims that somebody else has signed are refused',
    () =>
      check(
        fc.asyncProperty(header, fc.dictionary(fc.string(), strange), async (changes, claims) => {
          const { alg: _alg, b64: _b64, crit: _crit, ...others } = changes;
          const headers = { jwk: attacker.publicJwk, jku: elsewhere.jwksUri, ...others };
          expect(
            await accepts(`Bearer ${await attacker.sign(claims as JWTPayload, headers as JWTHeaderParameters)}`),
          ).toBe(false);
        }),
      ),
    TIMEOUT_MS,
  );

  const CLAIMS = ['iss', 'aud', 'sub', 'exp', 'nbf', 'iat', 'roles', 'scope', 'jti', '__proto__'];

  it(
    'any claims that the issuer has signed are accepted only where they are right',
    async () => {
      let accepted = 0;
      await check(
        fc.asyncProperty(fc.dictionary(fc.constantFrom(...CLAIMS), strange, { maxKeys: 3 }), async (claims) => {
          // jose refuses to sign some of them.
          const token = await key.sign(claims as JWTPayload).catch(() => undefined);
          if (token === undefined || !(await accepts(`Bearer ${token}`))) return;
          accepted++;
          expect(isValid(token)).toBe(true);
        }),
      );
      // A check that refuses everything is none.
      expect(accepted).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  it(
    'whatever else stands in the header is refused',
    () =>
      check(
        fc.asyncProperty(
          fc.oneof(
            fc.string({ unit: 'binary', maxLength: 60 }),
            fc.array(fc.base64String({ maxLength: 40 }), { maxLength: 5 }).map((parts) => `Bearer ${parts.join('.')}`),
            fc
              .tuple(strange, strange, fc.uint8Array({ maxLength: 64 }))
              .map(([a, b, c]) => `Bearer ${encoded(a)}.${encoded(b)}.${Buffer.from(c).toString('base64url')}`),
          ),
          async (authorization) => {
            expect(await accepts(authorization)).toBe(false);
          },
        ),
      ),
    TIMEOUT_MS,
  );
});
