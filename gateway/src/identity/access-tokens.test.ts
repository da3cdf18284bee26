import { createServiceIdentityVerifier, generateServiceKeyPair } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AUDIENCE,
  type FakeIssuer,
  ISSUER,
  type IssuerKey,
  newKey,
  startFakeIssuer,
  USER_ID,
} from '../testing/fake-issuer.ts';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

const now = () => Math.floor(Date.now() / 1000);

/** What is refused, by the rows of the table of threats: gateway/e2e/access-tokens.test.ts. */
describe('access tokens', () => {
  let key: IssuerKey;
  let issuer: FakeIssuer;
  let gateway: TestGateway;
  const serviceKeys = generateServiceKeyPair('gateway');
  beforeAll(async () => {
    key = await newKey('k1');
    issuer = await startFakeIssuer([key]);
    gateway = await startTestGateway({
      identity: {
        key: (await serviceKeys).privateKey,
        issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }],
      },
    });
  });
  afterAll(async () => {
    await Promise.all([gateway.stop(), issuer[Symbol.asyncDispose]()]);
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
        'baggage',
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
