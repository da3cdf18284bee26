import { until } from '@tributary/service-kit/testing';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { type RedisServer, startRedis } from '../../scripts/testing/redis-server.ts';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const QUERY = '{ books { title } }';

const cleanUps: (() => PromiseLike<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

describe.skipIf(inject('redisServer') === undefined)('rate limits of several gateways', () => {
  async function redis(): Promise<RedisServer> {
    const server = await startRedis(inject('redisServer') ?? '');
    cleanUps.push(() => server.stop());
    return server;
  }
  const isUp = async (gateway: TestGateway) =>
    /external_service_up{service="redis"} (\d)/.exec(await gateway.metrics.scrape())?.[1] === '1';
  const untilUp = (...gateways: TestGateway[]) =>
    until('Redis to be used', async () => (await Promise.all(gateways.map(isUp))).every(Boolean));
  const untilDown = (...gateways: TestGateway[]) =>
    until('Redis not to be used', async () => !(await Promise.all(gateways.map(isUp))).some(Boolean));
  /** With so much time for Redis that a busy machine is not taken for a Redis that hangs, unless a test is about that. */
  async function sharing(url: string, burst: number, timeout = '2s'): Promise<TestGateway> {
    const gateway = await startTestGateway({
      server: { trustedProxies: ['127.0.0.1'] },
      // Once in an hour: within a test nothing comes back.
      rateLimit: { limits: [{ key: 'ip', rate: '1/1h', burst }], redis: { url, timeout } },
    });
    cleanUps.push(() => gateway.stop());
    return gateway;
  }
  const statusAt = async (address: string, gateway: TestGateway) =>
    (await gateway.ask(QUERY, { headers: { 'x-forwarded-for': address } })).status;
  /** From an address of its own, so that its bucket is full. */
  const burstAt = (address: string, gateways: readonly TestGateway[], each: number) =>
    Promise.all(gateways.flatMap((gateway) => Array.from({ length: each }, () => statusAt(address, gateway))));
  const countOf = (all: readonly number[], status: number) => all.filter((each) => each === status).length;

  it('that share a Redis are one budget', async () => {
    const { url } = await redis();
    const gateways = await Promise.all([sharing(url, 20), sharing(url, 20)]);
    await untilUp(...gateways);
    const all = await burstAt('198.51.100.1', gateways, 20);
    expect([countOf(all, 200), countOf(all, 429)]).toEqual([20, 20]);
  });

  it('go on in each of them while Redis is dead, and together again once it is back; nothing fails', async () => {
    const server = await redis();
    const gateways = await Promise.all([sharing(server.url, 10), sharing(server.url, 10)]);
    await untilUp(...gateways);
    // Killed while requests are under way.
    const meanwhile = burstAt('198.51.100.1', gateways, 30);
    await server.kill('SIGKILL');
    expect(new Set(await meanwhile).difference(new Set([200, 429]))).toEqual(new Set());
    await untilDown(...gateways);
    const alone = await burstAt('198.51.100.2', gateways, 15);
    expect([countOf(alone, 200), countOf(alone, 429)]).toEqual([20, 10]);
    await server.restart();
    await untilUp(...gateways);
    const together = await burstAt('198.51.100.3', gateways, 15);
    expect([countOf(together, 200), countOf(together, 429)]).toEqual([10, 20]);
  });

  it('wait for a Redis that hangs only once, and no longer than they are told to', async () => {
    const server = await redis();
    const gateway = await sharing(server.url, 1000, '500ms');
    await untilUp(gateway);
    await server.kill('SIGSTOP');
    const timesMs: number[] = [];
    for (let count = 0; count < 20; count++) {
      const startedMs = performance.now();
      expect(await statusAt('198.51.100.1', gateway)).toBe(200);
      timesMs.push(performance.now() - startedMs);
    }
    const [slowest = 0, next = 0] = timesMs.toSorted((a, b) => b - a);
    process.stdout.write(`  Redis hangs: slowest request ${slowest.toFixed(1)} ms, next ${next.toFixed(1)} ms\n`);
    // All of them would, without a breaker.
    expect(timesMs.filter((ms) => ms >= 500).length).toBeLessThanOrEqual(2);
    expect(await isUp(gateway)).toBe(false);
    await server.kill('SIGCONT');
    await untilUp(gateway);
  });

  it('start without Redis', async () => {
    const gateway = await sharing('redis://127.0.0.1:1', 1);
    const both = await burstAt('198.51.100.1', [gateway], 2);
    expect(both.toSorted()).toEqual([200, 429]);
    await until('it to be told', async () => (await gateway.metrics.scrape()).includes('{service="redis"} 0'));
  });
});
