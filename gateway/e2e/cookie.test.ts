import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIENCE, type FakeIssuer, ISSUER, newKey, startFakeIssuer, USER_ID } from '../src/testing/fake-issuer.ts';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const SHOP = 'https://shop.example.com';
const CLIENT = { 'apollographql-client-name': 'shop' };
const QUERY = '?query=%7Bbooks%7Bisbn%7D%7D';
/** Only somebody whom the gateway knows gets a plan, and only an administrator. */
const WHO = { 'x-query-plan': 'true' };

describe('the access token in a cookie', () => {
  let gateway: TestGateway;
  let plain: TestGateway;
  let issuer: FakeIssuer;
  let token: string;
  let other: string;
  let expired: string;
  beforeAll(async () => {
    const key = await newKey('k');
    issuer = await startFakeIssuer([key]);
    token = await key.sign({ roles: ['admin'] });
    other = await key.sign({ sub: USER_ID.replace('0189', '0199') });
    expired = await key.sign({ iat: 0, exp: 1 });
    const issuers = [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }];
    [gateway, plain] = await Promise.all([
      startTestGateway({ identity: { issuers, cookie: { name: 'token' } }, cors: { origins: [SHOP] } }),
      startTestGateway({ identity: { issuers }, cors: { origins: [SHOP] } }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([gateway.stop(), plain.stop()]);
    await issuer[Symbol.asyncDispose]();
  });

  /** @returns who the gateway took it from, or the code of its refusal */
  async function send(headers: Record<string, string>, from = gateway, method: 'GET' | 'POST' = 'POST') {
    const all = { accept: 'application/graphql-response+json', ...WHO, ...headers };
    const response = await (method === 'GET'
      ? from.send({ headers: all }, QUERY)
      : from.send({
          method,
          headers: { ...all, 'content-type': 'application/json' },
          body: '{"query":"{ books { isbn } }"}',
        }));
    const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    const code = errors?.[0]?.extensions.code;
    const who = { FORBIDDEN: 'customer', UNAUTHENTICATED: 'nobody' }[code ?? ''] ?? code ?? 'administrator';
    return `${response.status} ${who}`;
  }
  const cookie = (value: string) => ({ cookie: `theme=dark; token=${value}; other=1` });

  it('is not read unless it is configured', async () => {
    expect(await send({ ...cookie(token), ...CLIENT }, plain)).toBe('401 nobody');
  });

  it.each(['POST', 'GET'] as const)(
    'says who asks, in a request that only a script can have sent: %s',
    async (method) => {
      expect(await send({ ...cookie(token), ...CLIENT }, gateway, method)).toBe('200 administrator');
      expect(await send({ ...cookie(token), 'apollo-require-preflight': '1' }, gateway, method)).toBe(
        '200 administrator',
      );
      expect(await send(CLIENT, gateway, method)).toBe('401 nobody');
      expect(await send({ ...cookie(''), ...CLIENT }, gateway, method)).toBe('401 nobody');
    },
  );

  it.each(['POST', 'GET'] as const)('is refused without such a header: %s', async (method) => {
    gateway.books.requests.splice(0);
    expect(await send(cookie(token), gateway, method)).toBe('400 CSRF_PREVENTED');
    expect(await send({ ...cookie(token), 'apollographql-client-name': '' }, gateway, method)).toBe(
      '400 CSRF_PREVENTED',
    );
    expect(gateway.books.requests).toEqual([]);
  });

  it('is refused when it comes from a site that is not listed, whatever else it has', async () => {
    const headers = { ...cookie(token), ...CLIENT };
    const { host } = new URL(gateway.url);
    for (const origin of [
      'https://evil.example.com',
      'null',
      `${SHOP}.evil.com`,
      'nonsense',
      `http://${host}.evil.com`,
    ]) {
      expect([origin, await send({ ...headers, origin })]).toEqual([origin, '400 CSRF_PREVENTED']);
    }
    expect(await send({ ...headers, 'sec-fetch-site': 'cross-site' })).toBe('400 CSRF_PREVENTED');
    expect(await send({ ...headers, 'sec-fetch-site': 'same-site' })).toBe('400 CSRF_PREVENTED');
    for (const origin of [SHOP, `http://${host}`]) expect(await send({ ...headers, origin })).toBe('200 administrator');
    expect(await send({ ...headers, 'sec-fetch-site': 'same-origin' })).toBe('200 administrator');
  });

  it('gives way to the header', async () => {
    expect(await send({ ...cookie(token), authorization: `Bearer ${other}` })).toBe('403 customer');
    expect(await send({ ...cookie(token), authorization: 'Bearer nonsense' })).toBe('401 TOKEN_INVALID');
  });

  it('is 401 when it is bad, and never nobody', async () => {
    for (const [value, code] of [
      ['nonsense', 'TOKEN_INVALID'],
      [`${token}x`, 'TOKEN_INVALID'],
      [expired, 'TOKEN_EXPIRED'],
    ] as const) {
      expect(await send({ ...cookie(value), ...CLIENT })).toBe(`401 ${code}`);
    }
  });

  it('stays at the gateway', async () => {
    gateway.books.requests.splice(0);
    await send({ ...cookie(token), ...CLIENT });
    expect(gateway.books.requests).toHaveLength(1);
    expect(gateway.books.requests[0]?.headers).not.toHaveProperty('cookie');
    expect(JSON.stringify(gateway.books.requests[0]?.headers)).not.toContain(token);
    expect(gateway.logLines.join('')).not.toContain(token.slice(0, 40));
  });

  it('CORS with credentials is for listed sites only, and only where a cookie is read', async () => {
    const credentialsFor = async (origin: string, from: TestGateway, method = 'OPTIONS') => {
      const { headers } = await from.send({ method, headers: { origin } });
      return [headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')];
    };
    for (const method of ['OPTIONS', 'GET']) {
      expect(await credentialsFor(SHOP, gateway, method)).toEqual([SHOP, 'true']);
      expect(await credentialsFor(SHOP, plain, method)).toEqual([SHOP, null]);
      expect(await credentialsFor('https://evil.example.com', gateway, method)).toEqual([null, null]);
    }
    const { headers } = await gateway.ask('{ __typename }');
    expect(headers.get('vary')).toContain('cookie');
  });
});
