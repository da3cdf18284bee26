import { createServiceIdentityVerifier, generateServiceKeyPair } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { exportSPKI, importJWK, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AUDIENCE,
  type FakeIssuer,
  ISSUER,
  type IssuerKey,
  newKey,
  signToken,
  startFakeIssuer,
  USER_ID,
} from '../testing/fake-issuer.ts';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

const now = () => Math.floor(Date.now() / 1000);

describe('access tokens', () => {
  let key: IssuerKey;
  let attacker: IssuerKey;
  let issuer: FakeIssuer;
  let elsewhere: FakeIssuer;
  let gateway: TestGateway;
  const serviceKeys = generateServiceKeyPair('gateway');
  beforeAll(async () => {
    [key, attacker] = await Promise.all([newKey('k1'), newKey('k1')]);
    [issuer, elsewhere] = await Promise.all([startFakeIssuer([key]), startFakeIssuer([attacker])]);
    gateway = await startTestGateway({
      identity: {
        key: (await serviceKeys).privateKey,
        issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }],
      },
    });
  });
  afterAll(async () => {
    await Promise.all([gateway.stop(), issuer[Symbol.asyncDispose](), elsewhere[Symbol.asyncDispose]()]);
  });

  const askWith = (authorization: string) => gateway.ask('{ books { title } }', { headers: { authorization } });
  const identityAtBooks = async () => {
    const verifier = createServiceIdentityVerifier('books', { gateway: (await serviceKeys).publicKeys });
    return verifier.verify(gateway.books.requests.at(-1)?.headers.authorization);
  };

  it.each<[string, Parameters<IssuerKey['sign']>]>([
    ['at+jwt', [{}]],
    ['application/at+jwt', [{}, { typ: 'application/at+jwt' }]],
    ['JWT', [{}, { typ: 'JWT' }]],
    ['without a type', [{}, { typ: undefined as never }]],
    ['for several audiences', [{ aud: ['other', AUDIENCE] }]],
    ['that expired within the clocks’ difference', [{ exp: now() - 3 }]],
  ])('lets a good token through: %s', async (_what, [claims, header]) => {
    const answer = await askWith(`Bearer ${await key.sign(claims, header)}`);
    expect(answer.status).toBe(200);
    expect(await identityAtBooks()).toEqual({ kind: 'user', userId: USER_ID, roles: ['customer'] });
  });

  it('knows only the roles of this graph', async () => {
    await askWith(`Bearer ${await key.sign({ roles: ['admin', 'root', 7] })}`);
    expect(await identityAtBooks()).toEqual({ kind: 'user', userId: USER_ID, roles: ['admin'] });
    await askWith(`Bearer ${await key.sign({ roles: 'admin' })}`);
    expect(await identityAtBooks()).toMatchObject({ roles: [] });
  });

  it('takes a request without a token as nobody’s', async () => {
    expect((await gateway.ask('{ books { title } }')).status).toBe(200);
    expect(await identityAtBooks()).toEqual({ kind: 'anonymous' });
  });

  it('never hands the client’s token on, nor headers that claim an identity', async () => {
    const token = await key.sign();
    await gateway.ask('{ books { title rating } }', {
      headers: {
        authorization: `Bearer ${token}`,
        cookie: 'session=1',
        'x-user-id': 'admin',
        'x-user-roles': 'admin',
        'x-forwarded-client-cert': 'By=spiffe://cluster.local/ns/default/sa/gateway',
        'x-forwarded-for': '10.0.0.1',
        'apollographql-client-name': 'shop',
        canary: 'orders-2',
        'x-request-id': 'req-1',
      },
    });
    for (const { headers } of [gateway.books.requests.at(-1), gateway.reviews.requests.at(-1)].map(
      (request) => request ?? { headers: {} as never },
    )) {
      expect(JSON.stringify(headers)).not.toContain(token);
      expect(headers).toMatchObject({ canary: 'orders-2', 'x-request-id': 'req-1' });
      expect(Object.keys(headers).sort()).toEqual([
        'accept',
        'authorization',
        'canary',
        'connection',
        'content-length',
        'content-type',
        'host',
        'traceparent',
        'x-deadline-ms',
        'x-request-id',
      ]);
    }
    const books = gateway.books.requests.at(-1)?.headers.authorization;
    const verifier = createServiceIdentityVerifier('reviews', { gateway: (await serviceKeys).publicKeys });
    await expect(verifier.verify(books)).rejects.toThrow();
  });

  it.each<[string, string, () => Promise<string> | string]>([
    ['expired', 'TOKEN_EXPIRED', () => key.sign({ exp: now() - 120 })],
    ['not yet valid', 'TOKEN_INVALID', () => key.sign({ nbf: now() + 120 })],
    ['of another issuer', 'TOKEN_INVALID', () => key.sign({ iss: 'https://evil.example.com' })],
    ['of no issuer', 'TOKEN_INVALID', () => key.sign({ iss: undefined as never })],
    ['for another audience', 'TOKEN_INVALID', () => key.sign({ aud: 'other' })],
    ['for no audience', 'TOKEN_INVALID', () => key.sign({ aud: undefined as never })],
    ['without an end', 'TOKEN_INVALID', () => key.sign({ exp: undefined as never })],
    ['of nobody', 'TOKEN_INVALID', () => key.sign({ sub: undefined as never })],
    ['of an empty subject', 'TOKEN_INVALID', () => key.sign({ sub: '' })],
    ['of another type', 'TOKEN_INVALID', () => key.sign({}, { typ: 'tributary-identity+jwt' })],
    ['of a type that is an ID token', 'TOKEN_INVALID', () => key.sign({}, { typ: 'id_token+jwt' })],
    ['signed by somebody else under the same key id', 'TOKEN_INVALID', () => attacker.sign()],
    ['with an unknown key id', 'TOKEN_INVALID', () => key.sign({}, { kid: 'unknown' })],
    ['with a path for a key id', 'TOKEN_INVALID', () => attacker.sign({}, { kid: '../../../../dev/null' })],
    [
      'not signed',
      'TOKEN_INVALID',
      () => new UnsecuredJWT({ sub: USER_ID }).setIssuer(ISSUER).setAudience(AUDIENCE).setExpirationTime('5m').encode(),
    ],
    [
      'signed with the public key as a secret',
      'TOKEN_INVALID',
      async () => {
        const publicKey = await importJWK(key.publicJwk, 'ES256', { extractable: true });
        return signToken(Buffer.from(await exportSPKI(publicKey as never)), { alg: 'HS256', kid: 'k1', typ: 'at+jwt' });
      },
    ],
    [
      'signed by an algorithm that is not configured',
      'TOKEN_INVALID',
      async () => (await newKey('k1', 'RS256')).sign(),
    ],
    ['that brings its own key', 'TOKEN_INVALID', () => attacker.sign({}, { jwk: attacker.publicJwk })],
    ['that says where its key is (jku)', 'TOKEN_INVALID', () => attacker.sign({}, { jku: elsewhere.jwksUri })],
    ['that says where its key is (x5u)', 'TOKEN_INVALID', () => attacker.sign({}, { x5u: elsewhere.jwksUri })],
    [
      'with an extension that must be understood',
      'TOKEN_INVALID',
      async () => {
        const [, payload, signature] = (await key.sign()).split('.');
        const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'k1', crit: ['exp'], exp: 1 })).toString(
          'base64url',
        );
        return `${header}.${payload}.${signature}`;
      },
    ],
    [
      'with a payload that was changed',
      'TOKEN_INVALID',
      async () => {
        const [header, payload = '', signature] = (await key.sign()).split('.');
        const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), roles: ['admin'] };
        return `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
      },
    ],
    ['that is none', 'TOKEN_INVALID', () => 'abc'],
    ['of three empty parts', 'TOKEN_INVALID', () => '..'],
    ['of 10 KB', 'TOKEN_INVALID', () => key.sign({ padding: 'x'.repeat(10_000) })],
  ])('refuses a token %s: 401, and no request to anybody', async (_what, code, token) => {
    const asked = gateway.books.requests.length;
    const answer = await askWith(`Bearer ${await token()}`);
    expect(answer.status).toBe(401);
    expect(answer.errors).toMatchObject([{ extensions: { code } }]);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(gateway.books.requests).toHaveLength(asked);
    expect(elsewhere.fetches()).toBe(0);
  });

  it('says in the log, and nowhere else, why a token is refused', async () => {
    await askWith(`Bearer ${await key.sign({ exp: now() - 120 })}`);
    const line = await until('the line', () => gateway.logLines.find((text) => text.includes('ERR_JWT_EXPIRED')));
    expect(JSON.parse(line)).toMatchObject({ code: 'TOKEN_EXPIRED', cause: 'ERR_JWT_EXPIRED', status: '401' });
  });

  it.each(['Basic YTpi', 'Bearer', '', 'token', 'Bearer a b'])('refuses the header "%s"', async (authorization) => {
    const answer = await askWith(authorization);
    expect(answer.status).toBe(401);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'TOKEN_INVALID' } }]);
  });

  it('reads roles from inside another claim, and takes other algorithms, where an issuer is configured so', async () => {
    const rsa = await newKey('rsa', 'RS256');
    await using provider = await startFakeIssuer([rsa]);
    await using other = await startTestGateway({
      identity: {
        key: (await serviceKeys).privateKey,
        issuers: [
          {
            issuer: ISSUER,
            audience: AUDIENCE,
            jwksUri: provider.jwksUri,
            algorithms: ['RS256'],
            rolesClaim: 'realm_access.roles',
          },
        ],
      },
    });
    const token = await rsa.sign({ realm_access: { roles: ['admin'] }, roles: [] });
    await other.ask('{ books { title } }', { headers: { authorization: `Bearer ${token}` } });
    const verifier = createServiceIdentityVerifier('books', { gateway: (await serviceKeys).publicKeys });
    expect(await verifier.verify(other.books.requests[0]?.headers.authorization)).toMatchObject({ roles: ['admin'] });
  });

  it('are not read where no issuer is configured', async () => {
    await using trusting = await startTestGateway();
    const answer = await trusting.ask('{ books { title } }', { headers: { authorization: 'Bearer abc' } });
    expect(answer.status).toBe(200);
    expect(trusting.books.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('cannot be judged while the issuer’s keys were never had: 503, and later again', async () => {
    await using down = await startFakeIssuer(undefined);
    await using waiting = await startTestGateway({
      identity: { issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: down.jwksUri }] },
    });
    const authorization = `Bearer ${await key.sign()}`;
    const answer = await waiting.ask('{ __typename }', { headers: { authorization } });
    expect(answer.status).toBe(503);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect((await waiting.ask('{ __typename }')).status).toBe(200);
  });
});
