import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../config/load-config.ts';
import { subgraphConfig } from '../../config/service-config.ts';
import { natsConfig } from './nats-config.ts';

const servers = ['nats://nats:4222'];

describe('the configuration of NATS', () => {
  test('needs no more than servers', () => {
    expect(natsConfig.parse({ servers })).toEqual({
      servers,
      stream: 'tributary',
      subjectPrefix: 'events',
      replicas: 1,
      publishTimeout: 2000,
      ackWait: 15_000,
      concurrency: 8,
    });
  });

  test('comes from the environment too, and a service without it has none', () => {
    const environment = {
      TRIBUTARY_EVENTS__NATS__SERVERS: '[nats://a:4222, "tls://b.example:4222"]',
      TRIBUTARY_EVENTS__NATS__AUTH__USER: 'orders',
      TRIBUTARY_EVENTS__NATS__AUTH__PASSWORD: 'canary',
    };
    const { nats } = loadConfig(subgraphConfig, { environment }).events;
    expect(nats?.servers).toEqual(['nats://a:4222', 'tls://b.example:4222']);
    expect(nats?.auth?.password?.reveal()).toBe('canary');
    expect(JSON.stringify(nats)).not.toContain('canary');
    expect(loadConfig(subgraphConfig, { environment: {} }).events.nats).toBeUndefined();
  });

  test.each([['nats://nats'], ['tls://10.0.0.1:4222'], ['nats://[::1]:4222']])('takes %s', (server) => {
    expect(natsConfig.safeParse({ servers: [server] }).success).toBe(true);
  });

  test.each([['nats:4222'], ['http://nats:4222'], ['nats://user:canary@nats:4222'], ['nats://nats:4222/x']])(
    'refuses %s, and does not repeat it',
    (server) => {
      const { error } = natsConfig.safeParse({ servers: [server] });
      expect(error?.issues).toMatchObject([{ message: expect.stringContaining('expected nats://host:4222') }]);
      expect(error?.message).not.toContain('canary');
    },
  );

  test.each<[string, object]>([
    ['no servers', { servers: [] }],
    ['a stream of several tokens', { servers, stream: 'a.b' }],
    ['a user without a password', { servers, auth: { user: 'a' } }],
    ['a password without a user', { servers, auth: { password: 'a', token: 'b' } }],
    ['two ways to sign in', { servers, auth: { token: 'a', credsFile: '/b' } }],
    ['no way to sign in', { servers, auth: {} }],
    ['an unknown key', { servers, tls: { verify: false } }],
  ])('refuses %s', (_, config) => {
    expect(natsConfig.safeParse(config).success).toBe(false);
  });
});
