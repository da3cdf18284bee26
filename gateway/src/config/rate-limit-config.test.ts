import { ConfigError, loadConfig } from '@tributary/service-kit';
import { describe, expect, it } from 'vitest';
import { gatewayConfig } from './gateway-config.ts';
import { blockListOf } from './server-config.ts';

const load = (overrides: object, environment: Record<string, string> = {}) =>
  loadConfig(gatewayConfig, { environment, overrides: { ...overrides } });
const ip = { key: 'ip', rate: 1, burst: 1 };

describe('rateLimit', () => {
  it('is on, with generous limits, when nothing is configured', () => {
    expect(load({}).rateLimit).toEqual({
      enabled: true,
      limits: [
        { key: 'ip', rate: 1, burst: 5000 },
        { key: 'user', rate: 5, burst: 1000 },
      ],
      costPerToken: 1000,
      exemptLoopback: false,
    });
  });

  it.each([
    [50, 20],
    [0.5, 2000],
    ['100/1m', 600],
    ['1/1h', 3_600_000],
    ['5/250ms', 50],
  ])('reads %s as a request each %i ms', (rate, intervalMs) => {
    expect(load({ rateLimit: { limits: [{ ...ip, rate }] } }).rateLimit.limits[0]?.rate).toBe(intervalMs);
  });

  it('is configured by the environment, and shows no URL', () => {
    const { redis } = load({}, { TRIBUTARY_RATE_LIMIT__REDIS__URL: 'redis://:password@redis:6379' }).rateLimit;
    expect(redis?.url.reveal()).toBe('redis://:password@redis:6379');
    expect(JSON.stringify(redis)).toBe('{"url":"[secret]","prefix":"tributary:rate-limit:","timeout":50}');
  });

  it.each([
    ['a rate of none', { limits: [{ ...ip, rate: 0 }] }, 'rateLimit.limits.0.rate: expected requests per second'],
    ['a rate of less', { limits: [{ ...ip, rate: '-1/1s' }] }, 'rateLimit.limits.0.rate'],
    ['a rate in no time', { limits: [{ ...ip, rate: '10/0s' }] }, 'rateLimit.limits.0.rate'],
    ['a rate without a unit', { limits: [{ ...ip, rate: '10/60' }] }, 'rateLimit.limits.0.rate'],
    ['a burst of none', { limits: [{ ...ip, burst: 0 }] }, 'rateLimit.limits.0.burst'],
    ['a key that is none', { limits: [{ ...ip, key: 'token' }] }, 'rateLimit.limits.0.key'],
    ['no limits', { limits: [] }, 'rateLimit.limits'],
    ['a URL of something else', { redis: { url: 'http://redis' } }, 'rateLimit.redis.url: expected a redis://'],
    ['a URL that is none', { redis: { url: 'redis' } }, 'rateLimit.redis.url'],
  ])('refuses %s', (_what, rateLimit, message) => {
    expect(() => load({ rateLimit })).toThrow(ConfigError);
    expect(() => load({ rateLimit })).toThrow(message);
  });
});

describe('server.trustedProxies', () => {
  it('is nobody when nothing is configured', () => {
    expect(load({}).server).toMatchObject({ trustedProxies: [], trustedHops: 10, port: 4000 });
  });

  it.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', 'fd00::/129', 'proxy.example.com', ''])('refuses %s', (text) => {
    expect(() => load({ server: { trustedProxies: [text] } })).toThrow('server.trustedProxies.0: expected an address');
  });

  it('are addresses and networks', () => {
    const list = blockListOf(['10.0.0.0/8', '192.0.2.7', 'fd00::/8', '::1']);
    for (const address of ['10.255.0.1', '192.0.2.7']) expect(list.check(address, 'ipv4')).toBe(true);
    for (const address of ['11.0.0.1', '192.0.2.8']) expect(list.check(address, 'ipv4')).toBe(false);
    for (const address of ['fd12::1', '::1']) expect(list.check(address, 'ipv6')).toBe(true);
    for (const address of ['fe80::1', '::2']) expect(list.check(address, 'ipv6')).toBe(false);
  });
});
