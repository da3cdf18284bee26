import { loadConfig } from '@tributary/service-kit';
import { startTestSubgraph } from '@tributary/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { notificationsConfig } from './config.ts';
import { subgraph } from './subgraph.ts';
import { testConfig } from './testing/start-notifications.ts';

const base = testConfig('http://users:4000/graphql');
const load = (overrides: object, environment = {}) =>
  loadConfig(notificationsConfig, { environment, overrides: { ...base, ...overrides } });

describe('the configuration', () => {
  it('is safe where it says nothing', () => {
    const smtp = { host: 'smtp.example' };
    const { email, webhooks } = load({ email: { smtp }, webhooks: { encryptionSecret: 'x'.repeat(32) } });
    expect(email).toMatchObject({ transport: 'smtp', smtp: { port: 587, tls: 'starttls' } });
    expect(webhooks).toMatchObject({ allowInsecure: false, allowPrivateNetwork: false });
  });

  it('comes from the environment too, and shows no secret', () => {
    const environment = {
      TRIBUTARY_EMAIL__SMTP__HOST: 'smtp.example',
      TRIBUTARY_EMAIL__SMTP__PORT: '2525',
      TRIBUTARY_EMAIL__SMTP__PASSWORD: '12345',
    };
    const { email } = load({ email: {} }, environment);
    expect(email.smtp).toMatchObject({ host: 'smtp.example', port: 2525 });
    expect(email.smtp?.password?.reveal()).toBe('12345');
    expect(JSON.stringify(email)).not.toContain('12345');
  });

  it.each([
    ['email.smtp', { email: { transport: 'smtp' } }],
    ['unsubscribeSecret', { unsubscribeSecret: 'short' }],
    ['webhooks.encryptionSecret', { webhooks: { encryptionSecret: 'short' } }],
    ['email.bounceReportSecret', { email: { transport: 'mailbox', bounceReportSecret: 'short' } }],
    ['publicUrl', { publicUrl: 'ftp://shop.example' }],
    ['users.url', { users: {} }],
  ])('is refused for what %s says', (key, overrides) => expect(() => load(overrides)).toThrow(`- ${key}: `));

  it('needs a key of its own, by which users knows who asks', async () => {
    await expect(startTestSubgraph(subgraph, { config: base })).rejects.toThrow('identity.key');
  });
});
