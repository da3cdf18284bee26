import { ConfigError } from '@tributary/service-kit';
import { expect, it } from 'vitest';
import { sandboxOptions } from './sandbox-options.ts';

const apiKey = { TRIBUTARY_API_KEY: 'an API key of the tests, long enough to be one' };
const secrets = { ...apiKey, TRIBUTARY_WEBHOOKS__SECRET: 'a secret of the tests, long enough to be one' };
const data = ['--data', 'x.sqlite'];

it('flags stand over the environment; what nobody says has a default', () => {
  const { apiKey: key, webhooks, ...others } = sandboxOptions(data, secrets);
  expect(others).toEqual({ server: { host: '127.0.0.1', port: 4090 }, log: { level: 'info' }, file: 'x.sqlite' });
  expect(webhooks).toMatchObject({ duplicates: 1, shuffle: false });
  expect(key.reveal()).toBe(apiKey.TRIBUTARY_API_KEY);
  const flags = [
    '--port',
    '0',
    '--webhook-url',
    'http://127.0.0.1:1/a',
    '--webhook-duplicates',
    '3',
    '--webhook-shuffle',
  ];
  expect(sandboxOptions([...data, ...flags], { ...secrets, TRIBUTARY_SERVER__PORT: '4' })).toMatchObject({
    server: { port: 0 },
    webhooks: { url: 'http://127.0.0.1:1/a', duplicates: 3, shuffle: true },
  });
});

it.each<[string, string[], Record<string, string>, string]>([
  ['no file', [], secrets, 'file:'],
  ['no API key', data, {}, 'apiKey:'],
  ['a short API key', data, { TRIBUTARY_API_KEY: 'canary' }, '32 characters'],
  ['a port that is none', [...data, '--port', 'many'], secrets, 'server.port:'],
  ['no copy at all', [...data, '--webhook-duplicates', '0'], secrets, 'webhooks.duplicates:'],
  ['an address that is none', [...data, '--webhook-url', 'ftp://x'], secrets, 'webhooks.url:'],
  ['webhooks without a secret', [...data, '--webhook-url', 'http://127.0.0.1:1'], apiKey, 'webhooks.secret:'],
  ['a flag that is unknown', ['--web'], secrets, 'Usage: npm run sandbox-provider'],
])('refuses %s', (_what, args, environment, advice) => {
  const refused = () => sandboxOptions(args, environment);
  expect(refused).toThrow(ConfigError);
  expect(refused).toThrow(advice);
  expect(refused).not.toThrow('canary');
});
