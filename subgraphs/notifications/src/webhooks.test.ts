import { createHmac } from 'node:crypto';
import { anonymous, type Identity, newId } from '@tributary/service-kit';
import { eachEngine, until } from '@tributary/service-kit/testing';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { webhooks } from './tables.ts';
import { type HttpReceiver, startHttpReceiver } from './testing/http-receiver.ts';
import { startNotifications, type TestNotifications, type User } from './testing/start-notifications.ts';

const LIST = '{ webhooks { id url kinds createdAt lastDelivery { state attempts settledAt failure } } }';

eachEngine('a webhook', (open) => {
  let server: TestNotifications;
  let receiver: HttpReceiver;
  beforeAll(async () => {
    server = await startNotifications(await open());
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    receiver = await startHttpReceiver();
  });
  afterEach(() => receiver[Symbol.asyncDispose]());

  const register = (user: Identity, input: object = {}) =>
    server.mutate('registerWebhook', { url: `${receiver.url}/hook`, kinds: ['ORDER_PLACED'], ...input }, user);
  const listOf = async (user: User) => (await server.query(LIST, {}, user)).data.webhooks;
  const lastDeliveryOf = (user: User, state: string) =>
    until(`a delivery to be ${state}`, async () => {
      const [{ lastDelivery }] = await listOf(user);
      return lastDelivery?.state === state && lastDelivery;
    });

  it('is told of what it asks for, signed with the secret that its user was given', async () => {
    const user = server.newUser();
    const { webhook, secret, errors } = await register(user, {
      kinds: ['ORDER_PLACED', 'REFUND_MADE', 'ORDER_PLACED'],
    });
    expect(errors).toEqual([]);
    expect(webhook).toEqual({
      id: expect.any(String),
      url: `${receiver.url}/hook`,
      kinds: ['ORDER_PLACED', 'REFUND_MADE'],
    });
    expect((await listOf(user))[0].lastDelivery).toBeNull();
    await server.hear('users.password.changed', { userId: user.userId });
    const orderId = newId();
    await server.placed(user, { orderId });
    const delivery = await lastDeliveryOf(user, 'SENT');
    expect(delivery).toEqual({ state: 'SENT', attempts: 1, settledAt: expect.any(String), failure: null });

    expect(receiver.received).toHaveLength(1);
    const [{ url, headers, body } = { url: '', headers: {}, body: '' }] = receiver.received;
    const record = (await server.recordsOf(user)).find(({ kind }) => kind === 'ORDER_PLACED');
    expect(url).toBe('/hook');
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toEqual({
      type: 'ORDER_PLACED',
      timestamp: record?.createdAt.toISOString(),
      data: {
        notificationId: record?.id,
        orderId,
        number: 'T-2026-000123',
        amount: { amountMinor: 123_450, currency: 'EUR' },
      },
    });
    const timestamp = Number(headers['webhook-timestamp']);
    expect(Math.abs(Date.now() / 1000 - timestamp)).toBeLessThan(60);
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    expect(key).toHaveLength(32);
    const signed = createHmac('sha256', key).update(`${headers['webhook-id']}.${timestamp}.${body}`).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signed}`);
  });

  it('is tried again with the same id until it takes the message', async () => {
    const user = server.newUser();
    await register(user);
    receiver.answer = (response) => response.writeHead(receiver.received.length < 3 ? 503 : 200).end();
    await server.placed(user);
    expect(await lastDeliveryOf(user, 'SENT')).toMatchObject({ attempts: 3, failure: null });
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('is given up after the last attempt, which its user sees', async () => {
    const user = server.newUser();
    await register(user);
    receiver.answer = (response) => response.writeHead(500).end();
    await server.placed(user);
    expect(await lastDeliveryOf(user, 'FAILED')).toEqual({
      state: 'FAILED',
      attempts: 4,
      settledAt: expect.any(String),
      failure: 'HTTP_500',
    });
    expect(receiver.received).toHaveLength(4);
  });

  it('that is gone, or sends elsewhere, is not followed', async () => {
    const [leaver, mover] = [server.newUser(), server.newUser()];
    await register(leaver, { url: `${receiver.url}/gone` });
    await register(mover, { url: `${receiver.url}/moved` });
    receiver.answer = (response, { url }) => {
      if (url === '/gone') response.writeHead(410).end();
      else response.writeHead(307, { location: `${receiver.url}/elsewhere` }).end();
    };
    await server.placed(leaver);
    await server.placed(mover);
    expect(await lastDeliveryOf(leaver, 'FAILED')).toMatchObject({ attempts: 1, failure: 'HTTP_410' });
    expect(await lastDeliveryOf(mover, 'FAILED')).toMatchObject({ attempts: 4, failure: 'HTTP_307' });
    expect(receiver.received.map(({ url }) => url)).not.toContain('/elsewhere');
  });

  it('is left alone once its user has had enough', async () => {
    const user = server.newUser();
    await register(user);
    const changes = [{ category: 'ORDERS', channel: 'WEBHOOK', enabled: false }];
    await server.mutate('updateNotificationPreferences', { changes }, user);
    await server.placed(user);
    expect(await lastDeliveryOf(user, 'SKIPPED')).toMatchObject({ failure: null });
    expect(receiver.received).toEqual([]);
  });

  it('whose secret cannot be read is not called without a signature', async () => {
    const user = server.newUser();
    const [{ webhook }, other] = [await register(user), await register(server.newUser())];
    const [row] = await server.database.db.select().from(webhooks).where(eq(webhooks.id, other.webhook.id));
    const sealedSecret = row?.sealedSecret ?? '';
    await server.database.db.update(webhooks).set({ sealedSecret }).where(eq(webhooks.id, webhook.id));
    await server.placed(user);
    expect(await lastDeliveryOf(user, 'FAILED')).toMatchObject({ failure: 'SECRET_UNREADABLE' });
    expect(receiver.received).toEqual([]);
  });

  it('and its secret do not stand in the database as they are', async () => {
    const user = server.newUser();
    const { webhook, secret } = await register(user);
    const [row] = await server.database.db.select().from(webhooks).where(eq(webhooks.id, webhook.id));
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    for (const form of ['base64', 'base64url', 'hex'] as const) {
      expect(JSON.stringify(row)).not.toContain(key.toString(form));
    }
    expect(Buffer.from(row?.sealedSecret ?? '', 'base64url').includes(key)).toBe(false);
  });

  it('is removed by its user alone, with what is still on its way', async () => {
    const user = server.newUser();
    const { webhook } = await register(user);
    const refused = { webhook: null, errors: [{ __typename: 'NotFoundError', code: 'NOT_FOUND' }] };
    for (const identity of [server.newUser(), server.admin]) {
      expect(await server.mutate('removeWebhook', { id: webhook.id }, identity)).toEqual(refused);
    }
    for (const id of [newId(), 'x', '', "' or 1=1"]) {
      expect(await server.mutate('removeWebhook', { id }, user)).toEqual(refused);
    }
    expect(await server.mutate('removeWebhook', { id: webhook.id }, anonymous)).toBe('UNAUTHENTICATED');
    receiver.answer = (response) => response.writeHead(500).end();
    await server.placed(user);
    await until('a first attempt', () => receiver.received.length > 0);
    expect((await server.mutate('removeWebhook', { id: webhook.id }, user)).webhook).toEqual({ id: webhook.id });
    expect(await listOf(user)).toEqual([]);
    expect((await server.deliveriesOf(user)).map(({ channel }) => channel)).toEqual(['EMAIL']);
    expect(await server.mutate('removeWebhook', { id: webhook.id }, user)).toEqual(refused);
  });

  it('is one of five at most, also when many are registered at once', async () => {
    const user = server.newUser();
    const answers = await Promise.all(Array.from({ length: 8 }, () => register(user)));
    const refusals = answers.flatMap(({ errors }) => errors);
    expect(refusals).toEqual(
      Array.from({ length: 3 }, () => ({ __typename: 'TooManyWebhooksError', code: 'TOO_MANY_WEBHOOKS', limit: 5 })),
    );
    const statements = server.countStatements();
    expect(await listOf(user)).toHaveLength(5);
    expect(statements()).toHaveLength(2);
    expect(await listOf(server.newUser())).toEqual([]);
  });

  it('is refused for what is no URL, for no kind, and for nobody', async () => {
    const user = server.newUser();
    const refusal = (field: string) => [{ __typename: 'InvalidInputError', code: 'INVALID_INPUT', field }];
    for (const url of [
      '',
      'nonsense',
      'ftp://example.com',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'http://',
      `https://example.com/${'x'.repeat(2000)}`,
      'https://user:password@example.com/',
    ]) {
      expect((await register(user, { url })).errors, url).toEqual(refusal('url'));
    }
    expect((await register(user, { kinds: [] })).errors).toEqual(refusal('kinds'));
    expect(await register(user, { kinds: ['NOTHING'] })).toBe('BAD_USER_INPUT');
    for (const identity of [anonymous, { kind: 'service', service: 'orders' } as const]) {
      expect(await register(identity)).toBe('UNAUTHENTICATED');
      const { data, errors } = await server.query(LIST, {}, identity);
      expect([data.webhooks, errors?.[0]?.extensions.code]).toEqual([null, 'UNAUTHENTICATED']);
    }
    expect(await listOf(user)).toEqual([]);
  });
});

describe('a webhook in production', () => {
  it('leads out of the house, by https', async () => {
    const webhooksConfig = { encryptionSecret: 'another secret of the tests, long enough' };
    await using server = await startNotifications(undefined, { webhooks: webhooksConfig });
    const user = server.newUser();
    const register = (url: string) => server.mutate('registerWebhook', { url, kinds: ['WELCOME'] }, user);
    for (const url of ['http://example.com/', 'https://127.0.0.1/', 'https://localhost/', 'https://[::1]:8443/']) {
      expect((await register(url)).errors, url).toMatchObject([{ code: 'INVALID_INPUT', field: 'url' }]);
    }
    expect((await register('https://example.com/hook')).errors).toEqual([]);
  });

  it('is not called at an address inside the house, whatever its name says', async () => {
    const webhooksConfig = { encryptionSecret: 'another secret of the tests, long enough', allowInsecure: true };
    await using server = await startNotifications(undefined, { webhooks: webhooksConfig });
    await using receiver = await startHttpReceiver();
    const user = server.newUser();
    const { webhook } = await server.mutate(
      'registerWebhook',
      { url: 'http://example.com/', kinds: ['WELCOME'] },
      user,
    );
    // A name that leads here; a stranger would have set up such a one in the domain name system.
    const url = receiver.url.replace('127.0.0.1', 'localhost');
    await server.database.db.update(webhooks).set({ url }).where(eq(webhooks.id, webhook.id));
    await server.hear('users.account.registered', { userId: user.userId });
    const failed = await until('the delivery to be given up', async () => {
      const all = await server.deliveriesOf(user);
      return all.find(({ channel, state }) => channel === 'WEBHOOK' && state === 'FAILED');
    });
    expect(failed).toMatchObject({ failure: 'ADDRESS_REFUSED', attempts: 1 });
    expect(receiver.received).toEqual([]);
  });
});
