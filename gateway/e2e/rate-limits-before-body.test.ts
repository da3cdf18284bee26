import { rawConnection, until } from '@tributary/service-kit/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const QUERY = '{ books { title } }';
/** Within a test nothing comes back. */
const onlyIp = (burst: number) => ({ limits: [{ key: 'ip' as const, rate: '1/1h', burst }] });

let gateway: TestGateway;
afterEach(() => gateway.stop());

const portOf = ({ url }: TestGateway) => Number(new URL(url).port);
const decisions = async (outcome: string) =>
  Number(
    new RegExp(`rate_limit_decisions_total{key="ip",outcome="${outcome}"[^}]*} (\\d+)`).exec(
      await gateway.metrics.scrape(),
    )?.[1],
  );

describe('the limit of an address', () => {
  it('answers what is over it before its body has come, in the media type that was asked for', async () => {
    gateway = await startTestGateway({ rateLimit: onlyIp(1) });
    await gateway.ask(QUERY);
    const { socket, received } = await rawConnection(portOf(gateway));
    const head = ['POST /graphql HTTP/1.1', 'host: a', 'content-type: application/json', 'content-length: 200000'];
    const accept = 'accept: application/graphql-response+json';
    socket.write([...head, accept, 'apollographql-client-name: storefront', '', ''].join('\r\n'));
    const answer = await until('an answer without a body', () => received().includes('RATE_LIMITED') && received());
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 429 /);
    expect(answer).toMatch(/\r\ncontent-type: application\/graphql-response\+json/i);
    expect(answer).toMatch(/\r\nratelimit: "ip";r=0;t=3[56]\d\d\r\n/);
    expect(answer).toMatch(/\r\nretry-after: 3[56]\d\d\r\n/);
    expect([await decisions('allowed'), await decisions('limited')]).toEqual([1, 1]);
    const line = await until('its line', () => gateway.logLines.find((each) => each.includes('RATE_LIMITED')));
    expect(JSON.parse(line)).toMatchObject({
      ...{ code: 'RATE_LIMITED', rate_limit: 'ip', status: '429', client: 'storefront', route: '/graphql' },
    });
    expect(await gateway.metrics.scrape()).toMatch(/graphql_errors_total{code="RATE_LIMITED",service="gateway"} 1\n/);
  });

  it('counts by GET what is an operation, and neither visits nor preflights nor what is refused by its method', async () => {
    gateway = await startTestGateway({ rateLimit: onlyIp(2), cors: { origins: ['https://shop.example.com'] } });
    const preflight = { origin: 'https://shop.example.com', 'access-control-request-method': 'POST' };
    const visit = { headers: { accept: 'text/html' }, redirect: 'manual' as const };
    for (let time = 0; time < 3; time++) {
      expect((await gateway.send({ method: 'OPTIONS', headers: preflight })).status).toBe(204);
      expect((await gateway.send(visit)).status).toBe(302);
      expect((await gateway.send({ method: 'PUT', body: '{}' })).status).toBe(405);
    }
    const search = `?query=${encodeURIComponent(QUERY)}`;
    expect((await gateway.send({}, search)).status).toBe(200);
    expect((await gateway.send(visit, search)).headers.get('ratelimit')).toMatch(/^"ip";r=0/);
    expect((await gateway.send({}, search)).status).toBe(429);
  });

  it('is a token also for what is refused for its media type', async () => {
    gateway = await startTestGateway({ rateLimit: onlyIp(1) });
    const form = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: QUERY };
    const first = await gateway.send(form);
    expect([first.status, first.headers.get('ratelimit')]).toEqual([415, expect.stringMatching(/^"ip";r=0/)]);
    expect((await gateway.send(form)).status).toBe(429);
  });
});

describe('routes that are not GraphQL', () => {
  it('share the bucket of the address: what is over it reaches no service', async () => {
    gateway = await startTestGateway({
      rateLimit: { limits: [...onlyIp(3).limits, { key: 'client', rate: '1/1h', burst: 1 }] },
      passthrough: [{ path: '/webhooks/payments', service: 'reviews', methods: ['POST'] }],
    });
    let reached = 0;
    gateway.reviews.answerOthersWith((_request, response) => {
      reached++;
      response.writeHead(202).end('taken');
    });
    const call = () => fetch(`${gateway.url}/webhooks/payments`, { method: 'POST', body: '{}' });
    expect((await gateway.ask(QUERY)).status).toBe(200);
    const second = await call();
    // Its limits by client are those of GraphQL's clients.
    expect([second.status, second.headers.get('ratelimit')]).toEqual([202, expect.stringMatching(/^"ip";r=1;t=\d+$/)]);
    expect((await call()).status).toBe(202);
    const refused = await call();
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000);
    expect(reached).toBe(2);
    expect((await fetch(`${gateway.url}/webhooks/payments`)).status).toBe(405);
    expect((await gateway.ask(QUERY)).status).toBe(429);
    const line = await until('its line', () => gateway.logLines.find((each) => each.includes('RATE_LIMITED')));
    expect(JSON.parse(line)).toMatchObject({ rate_limit: 'ip', route: '/webhooks/payments', status: '429' });
  });
});
