import { setTimeout as delay } from 'node:timers/promises';
import { until } from '@tributary/service-kit/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { AUDIENCE, ISSUER, newKey, startFakeIssuer } from '../src/testing/fake-issuer.ts';
import { type Answer, startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

type Config = NonNullable<Parameters<typeof startTestGateway>[0]>;

const QUERY = '{ books { title } }';
/** Once in an hour: within a test nothing comes back. */
const HARDLY = '1/1h';
const onlyIp = (burst: number, rate: string | number = HARDLY) => ({ limits: [{ key: 'ip' as const, rate, burst }] });
const forwarded = (addresses: string) => ({ 'x-forwarded-for': addresses });

const statuses = async (answers: readonly Promise<Answer>[]) =>
  (await Promise.all(answers)).map(({ status }) => status);

const cleanUps: (() => PromiseLike<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function start(config: Config): Promise<TestGateway> {
  const gateway = await startTestGateway(config);
  cleanUps.push(() => gateway.stop());
  return gateway;
}

describe('rate limits', () => {
  it('are on without a configuration, and off where they are switched off', async () => {
    const on = await start({ rateLimit: {} });
    const { headers } = await on.ask(QUERY);
    expect(headers.get('ratelimit-policy')).toBe('"ip";q=5000;w=5');
    expect(headers.get('ratelimit')).toBe('"ip";r=4999;t=1');
    expect((await on.ask(QUERY)).headers.get('ratelimit')).toMatch(/^"ip";r=499[89](;t=1)?$/);

    const off = await start({ rateLimit: { enabled: false, ...onlyIp(1) } });
    const answers = await Promise.all([off.ask(QUERY), off.ask(QUERY), off.ask(QUERY)]);
    expect(answers.map(({ status, headers }) => [status, headers.get('ratelimit')])).toEqual(
      Array.from({ length: 3 }, () => [200, null]),
    );
  });

  it('refuse before anything is asked of a subgraph, and say when to come again: after it the request passes', async () => {
    const gateway = await start({ rateLimit: onlyIp(2, '1/2s'), cors: { origins: ['https://shop.example.com'] } });
    const headers = { origin: 'https://shop.example.com' };
    await gateway.ask(QUERY, { headers });
    await gateway.ask(QUERY, { headers });
    const asked = gateway.books.requests.length;
    const refused = await gateway.ask(QUERY, { headers });
    expect(gateway.books.requests).toHaveLength(asked);
    expect(refused.status).toBe(429);
    expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(['RATE_LIMITED']);
    expect(refused.headers.get('ratelimit')).toMatch(/^"ip";r=0;t=[12]$/);
    const exposed = refused.headers.get('access-control-expose-headers')?.split(', ');
    expect(exposed).toEqual(expect.arrayContaining(['ratelimit', 'ratelimit-policy', 'retry-after']));
    const seconds = Number(refused.headers.get('retry-after'));
    expect([1, 2]).toContain(seconds);
    const waited = delay(seconds * 1000);
    // In plain JSON too, and what is no GraphQL at all. What is refused puts nothing off.
    const init = { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' } };
    for (const body of [JSON.stringify({ query: QUERY }), 'nonsense', '']) {
      expect((await gateway.send({ ...init, body })).status).toBe(429);
    }
    await waited;
    expect((await gateway.ask(QUERY)).status).toBe(200);
  });

  it('count each user by itself, wherever it asks from', async () => {
    const key = await newKey('k1');
    const issuer = await startFakeIssuer([key]);
    cleanUps.push(() => issuer[Symbol.asyncDispose]());
    const gateway = await start({
      server: { trustedProxies: ['127.0.0.1'] },
      identity: { issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }] },
      rateLimit: { limits: [{ key: 'user', rate: HARDLY, burst: 2 }] },
    });
    const askAs = async (sub: string, address: string) => {
      const authorization = `Bearer ${await key.sign({ sub })}`;
      return (await gateway.ask(QUERY, { headers: { authorization, ...forwarded(address) } })).status;
    };
    expect(await askAs('ada', '198.51.100.1')).toBe(200);
    expect(await askAs('ada', '198.51.100.2')).toBe(200);
    expect(await askAs('ada', '198.51.100.3')).toBe(429);
    expect(await askAs('bob', '198.51.100.3')).toBe(200);
    // Nobody has signed in.
    expect(await statuses([1, 2, 3].map(() => gateway.ask(QUERY)))).toEqual([200, 200, 200]);
  });

  it('count the clients at one address apart, and both limits have to allow a request', async () => {
    const limits = [
      { key: 'client' as const, rate: HARDLY, burst: 2 },
      { key: 'ip' as const, rate: HARDLY, burst: 3 },
    ];
    const gateway = await start({ rateLimit: { limits } });
    const askAs = (name: string) => gateway.ask(QUERY, { headers: { 'apollographql-client-name': name } });
    const first = await askAs('storefront');
    expect(first.headers.get('ratelimit-policy')).toBe('"ip";q=3;w=10800, "client";q=2;w=7200');
    expect(first.headers.get('ratelimit')).toMatch(/^"ip";r=2;t=3600, "client";r=1;t=3600$/);
    expect((await askAs('storefront')).status).toBe(200);
    expect((await askAs('storefront')).status).toBe(429);
    // What the client's limit refused has cost the address nothing.
    expect((await askAs('admin')).status).toBe(200);
    expect((await askAs('admin')).status).toBe(429);
    expect(await gateway.metrics.scrape()).toMatch(
      /rate_limit_decisions_total{key="client",outcome="limited",service="gateway"} 1\n/,
    );
  });

  it('believe x-forwarded-for only of a trusted proxy, and there only what it has said itself; and log none of it', async () => {
    const trusting = await start({ server: { trustedProxies: ['127.0.0.0/8'] }, rateLimit: onlyIp(1) });
    const from = async (gateway: TestGateway, addresses: string) =>
      (await gateway.ask(QUERY, { headers: forwarded(addresses) })).status;
    expect(await from(trusting, '198.51.100.1')).toBe(200);
    expect(await from(trusting, '198.51.100.1')).toBe(429);
    expect(await from(trusting, '198.51.100.2')).toBe(200);
    // Spoofed: the client's own words stand further to the left.
    expect(await from(trusting, '203.0.113.1, 198.51.100.1')).toBe(429);
    expect(await from(trusting, '203.0.113.2, 198.51.100.1, 127.0.0.1')).toBe(429);
    // Of an IPv6 client, all its addresses.
    expect(await from(trusting, '2001:db8:1:2::1')).toBe(200);
    expect(await from(trusting, '2001:db8:1:2:ffff::9')).toBe(429);
    expect(await from(trusting, '2001:db8:1:3::1')).toBe(200);
    const line = await until('a line', () => trusting.logLines.find((each) => each.includes('RATE_LIMITED')));
    expect(JSON.parse(line)).toMatchObject({ code: 'RATE_LIMITED', rate_limit: 'ip', status: '429' });
    const told = trusting.logLines.join('\n') + (await trusting.metrics.scrape());
    expect(told).not.toMatch(/198\.51|203\.0|2001:db8|127\.0\.0\.1/);

    const alone = await start({ rateLimit: onlyIp(1) });
    expect(await from(alone, '198.51.100.1')).toBe(200);
    expect(await from(alone, '198.51.100.2')).toBe(429);
  });

  it('of addresses leave out who asks through a proxy that names nobody, and loopback where it is exempt', async () => {
    const proxied = await start({ server: { trustedProxies: ['127.0.0.1'] }, rateLimit: onlyIp(1) });
    const exempt = await start({ rateLimit: { ...onlyIp(1), exemptLoopback: true } });
    for (const gateway of [proxied, exempt]) {
      const answers = await Promise.all([1, 2, 3].map(() => gateway.ask(QUERY)));
      for (const { status, headers } of answers) expect([status, headers.get('ratelimit')]).toEqual([200, null]);
      expect(await gateway.metrics.scrape()).toMatch(/rate_limit_decisions_total{key="none",outcome="allowed",.*} 3\n/);
    }
  });

  it('count a batch for its operations, and one more', async () => {
    const gateway = await start({ rateLimit: onlyIp(6), batching: { enabled: true } });
    const batch = () =>
      gateway.send({
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([{ query: QUERY }, { query: QUERY }, { query: QUERY }]),
      });
    const first = await batch();
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit')).toMatch(/^"ip";r=2;t=3[56]\d\d$/);
    const second = (await (await batch()).json()) as { data?: object; errors?: { extensions: { code: string } }[] }[];
    expect(second.map(({ data, errors }) => data !== undefined || errors?.[0]?.extensions.code)).toEqual([
      true,
      'RATE_LIMITED',
      'RATE_LIMITED',
    ]);
    expect((await batch()).status).toBe(429);
  });

  it('count an expensive operation for several, and at most for a whole burst', async () => {
    const gateway = await start({
      server: { trustedProxies: ['127.0.0.1'] },
      rateLimit: { ...onlyIp(10), costPerToken: 1 },
    });
    const ask = async (query: string, address: string) => {
      const { status, headers } = await gateway.ask(query, { headers: forwarded(address) });
      return [status, headers.get('ratelimit'), headers.get('retry-after')];
    };
    const large = '{ books { title reviews { text } } }';
    expect(await ask('{ __typename }', '198.51.100.1')).toEqual([200, '"ip";r=9;t=3600', null]);
    // It takes all ten, and eight are left once it has been read.
    expect(await ask(large, '198.51.100.1')).toEqual([
      429,
      expect.stringMatching(/^"ip";r=8;t=3[56]\d\d$/),
      expect.stringMatching(/^7[12]\d\d$/),
    ]);
    expect(await ask(large, '198.51.100.2')).toEqual([200, '"ip";r=0;t=3600', null]);
    expect(await gateway.metrics.scrape()).toMatch(/decisions_total{key="ip",outcome="limited_by_cost",.*} 1\n/);
  });
});
