import { anonymous, type Identity, newId } from '@tributary/service-kit';
import { eachEngine, until } from '@tributary/service-kit/testing';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedHeaders } from './domain/webhook-signature.ts';
import { bounces, deliveries } from './tables.ts';
import { deliveryReport } from './testing/delivery-report.ts';
import { type SmtpServer, startSmtpServer } from './testing/smtp-server.ts';
import { startNotifications, type TestNotifications, type User } from './testing/start-notifications.ts';

const SECRET = 'a secret that the mail provider has as well';
const BOUNCED = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on User { emailBouncedAt } } }`;

eachEngine('an e-mail that comes back', (open) => {
  let server: TestNotifications;
  let smtp: SmtpServer;
  beforeAll(async () => {
    smtp = await startSmtpServer();
    server = await startNotifications(await open(), {
      email: {
        transport: 'smtp',
        from: 'Tributary <no-reply@shop.example>',
        smtp: { host: '127.0.0.1', port: smtp.port, tls: 'none' },
        bounceReportSecret: SECRET,
      },
    });
  });
  afterAll(async () => {
    await server.stop();
    await smtp[Symbol.asyncDispose]();
  });

  const addressOf = (user: User) => `${user.userId}@example.com`;
  const mailsTo = (address: string) => smtp.received.filter(({ to }) => to.includes(address));
  const settled = (user: User, state: string, failure: string | null) =>
    until(`an e-mail to be ${state}, ${failure}`, async () => {
      const all = await server.deliveriesOf(user);
      return all.find((each) => each.state === state && each.failure === failure);
    });
  const bouncedAt = async (user: User, email: string | null = addressOf(user), identity: Identity = user) => {
    const representations = [{ __typename: 'User', id: user.userId, email }];
    return (await server.query(BOUNCED, { representations }, identity)).data._entities[0].emailBouncedAt;
  };
  const sentTo = async (user: User) => {
    await server.placed(user);
    return settled(user, 'SENT', null);
  };
  const post = (body: string, headers: object = signedHeaders(Buffer.from(SECRET), newId(), body)) =>
    fetch(`${server.url}/webhooks/bounces`, {
      method: 'POST',
      headers: { 'content-type': 'message/rfc822', ...headers },
      body,
    });
  const reportOf = (deliveryId: string, more: object = {}) =>
    deliveryReport({ messageId: `<${deliveryId}@shop.example>`, ...more });

  it('is not sent again, nor is another one to that address, until the address is changed', async () => {
    const user = server.newUser();
    smtp.refusals.set(addressOf(user), '550 5.1.1 no such user');
    expect(await bouncedAt(user)).toBeNull();
    await server.placed(user);
    expect(await settled(user, 'FAILED', 'SMTP_550')).toMatchObject({ attempts: 1 });
    expect(await bouncedAt(user)).toEqual(expect.any(String));

    // It would be taken now, and is not tried.
    smtp.refusals.delete(addressOf(user));
    await server.hear('users.password.changed', { userId: user.userId });
    await settled(user, 'SKIPPED', 'BOUNCED');
    expect(mailsTo(addressOf(user))).toEqual([]);

    const changed = `new.${addressOf(user)}`;
    server.users.people.set(user.userId, { email: changed, name: 'Ada', locale: 'EN' });
    expect(await bouncedAt(user, changed)).toBeNull();
    await sentTo(user);
    expect(mailsTo(changed)).toHaveLength(1);
  });

  it('is tried again after a month, and counted', async () => {
    const user = server.newUser();
    smtp.refusals.set(addressOf(user), '550 5.1.1 no such user');
    const failures = async () =>
      (await server.deliveriesOf(user)).filter(({ failure }) => failure === 'SMTP_550').length;
    const age = (days: number) =>
      server.database.db
        .update(bounces)
        .set({ bouncedAt: sql`now() - ${days} * interval '1 day'` })
        .where(eq(bounces.userId, user.userId));
    await server.placed(user);
    await settled(user, 'FAILED', 'SMTP_550');
    await age(29);
    await server.placed(user);
    await settled(user, 'SKIPPED', 'BOUNCED');
    await age(31);
    expect(await bouncedAt(user)).toBeNull();
    await server.placed(user);
    await until('a second refusal', async () => (await failures()) === 2);
    const rows = await server.database.db.select().from(bounces).where(eq(bounces.userId, user.userId));
    expect(rows).toMatchObject([{ count: 2 }]);
    expect(await bouncedAt(user)).not.toBeNull();
  });

  it.each(['550 5.7.1 we do not like you', '552 5.2.2 mailbox full', '554 no'])(
    'with %s says nothing of the address',
    async (reply) => {
      const user = server.newUser();
      smtp.refusals.set(addressOf(user), reply);
      await server.placed(user);
      expect(await settled(user, 'FAILED', `SMTP_${reply.slice(0, 3)}`)).toMatchObject({ attempts: 1 });
      expect(await bouncedAt(user)).toBeNull();
      smtp.refusals.delete(addressOf(user));
      await sentTo(user);
    },
  );

  it('is known by a hash alone, which is the same however the address is written', async () => {
    const user = server.newUser({ email: 'Some.One@Example.com' });
    // The way in which the library writes it: of a domain the case means nothing.
    smtp.refusals.set('Some.One@example.com', '550 no such user');
    await server.placed(user);
    await settled(user, 'FAILED', 'SMTP_550');
    expect(await bouncedAt(user, 'some.one@example.com')).not.toBeNull();
    const rows = await server.database.db.select().from(bounces).where(eq(bounces.userId, user.userId));
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toMatch(/some.?one/i);
  });

  it('is seen by the user and administrators, and not without the address', async () => {
    const user = server.newUser();
    smtp.refusals.set(addressOf(user), '550 5.1.1 no such user');
    await server.placed(user);
    await settled(user, 'FAILED', 'SMTP_550');
    expect(await bouncedAt(user, addressOf(user), server.admin)).not.toBeNull();
    for (const identity of [server.newUser(), anonymous, { kind: 'service', service: 'orders' } as const]) {
      expect(await bouncedAt(user, addressOf(user), identity)).toBeNull();
    }
    expect(await bouncedAt(user, null)).toBeNull();
    expect(await bouncedAt(user, 'other@example.com')).toBeNull();
  });

  it('after it was taken is known by the mail server’s report', async () => {
    const user = server.newUser();
    const { id } = await sentTo(user);
    for (let turn = 0; turn < 2; turn++) expect((await post(reportOf(id))).status).toBe(204);
    expect(await settled(user, 'FAILED', 'DSN_5.1.1')).toMatchObject({ id });
    expect(await bouncedAt(user)).not.toBeNull();
    const rows = await server.database.db.select().from(bounces).where(eq(bounces.userId, user.userId));
    expect(rows).toMatchObject([{ count: 1 }]);
    await server.placed(user);
    await settled(user, 'SKIPPED', 'BOUNCED');
  });

  it('to an address that was changed meanwhile says nothing of the new one', async () => {
    const user = server.newUser();
    const { id } = await sentTo(user);
    const changed = `new.${addressOf(user)}`;
    server.users.people.set(user.userId, { email: changed, name: 'Ada', locale: 'EN' });
    expect((await post(reportOf(id))).status).toBe(204);
    expect(await bouncedAt(user, changed)).toBeNull();
    expect(await bouncedAt(user)).not.toBeNull();
  });

  it('for another reason than the address, or is only late, leaves the address as it is', async () => {
    const user = server.newUser();
    const { id } = await sentTo(user);
    expect((await post(reportOf(id, { action: 'delayed', status: '4.4.1' }))).status).toBe(204);
    await settled(user, 'SENT', null);
    expect((await post(reportOf(id, { status: '5.7.1' }))).status).toBe(204);
    await settled(user, 'FAILED', 'DSN_5.7.1');
    expect(await bouncedAt(user)).toBeNull();
  });

  it('that is not ours, or not an e-mail, or not sent yet, changes nothing', async () => {
    const user = server.newUser();
    const url = 'http://127.0.0.1:9/hook';
    await server.mutate('registerWebhook', { url, kinds: ['ORDER_PLACED'] }, user);
    server.users.status = 503;
    await server.placed(user);
    const before = await server.deliveriesOf(user);
    for (const id of [newId(), 'x', "' or 1=1", ...before.map((each) => each.id)]) {
      expect((await post(reportOf(id))).status).toBe(204);
    }
    expect((await server.deliveriesOf(user)).filter(({ failure }) => failure?.startsWith('DSN'))).toEqual([]);
    server.users.status = 200;
  });

  it('is reported by those alone who have the secret, just now', async () => {
    const user = server.newUser();
    const { id } = await sentTo(user);
    const body = reportOf(id);
    const key = Buffer.from(SECRET);
    const signed = signedHeaders(key, 'id', body);
    const past = (minutes: number) => signedHeaders(key, 'id', body, new Date(Date.now() - minutes * 60_000));
    for (const headers of [
      {},
      signedHeaders(Buffer.from('another secret'), 'id', body),
      signedHeaders(key, 'id', `${body} `),
      { ...signed, 'webhook-id': 'other' },
      { ...signed, 'webhook-signature': signed['webhook-signature'].replace('v1,', 'v2,') },
      { ...signed, 'webhook-timestamp': 'now' },
      past(6),
      past(-6),
    ]) {
      const answer = await post(body, headers);
      expect(answer.status).toBe(401);
      expect(await answer.text()).toContain('WEBHOOK_SIGNATURE_INVALID');
    }
    await settled(user, 'SENT', null);
    const several = `v1,bm9uc2Vuc2U= ${signed['webhook-signature']}`;
    expect((await post(body, { ...past(4) })).status).toBe(204);
    expect((await post(body, { ...signed, 'webhook-signature': several })).status).toBe(204);
  });

  it('and what is reported badly are refused', async () => {
    for (const body of [
      '',
      '{}',
      'nonsense',
      'content-type: multipart/report\r\n\r\n',
      reportOf('x', { status: 'bad' }),
    ]) {
      expect((await post(body)).status, body.slice(0, 30)).toBe(400);
    }
    expect((await post('x'.repeat(300_000))).status).toBe(413);
  });

  it('leaves nothing once the account is closed', async () => {
    const user = server.newUser();
    const { id } = await sentTo(user);
    await post(reportOf(id));
    await server.hear('users.account.closed', { userId: user.userId });
    expect((await post(reportOf(id))).status).toBe(204);
    expect(await server.database.db.select().from(bounces).where(eq(bounces.userId, user.userId))).toEqual([]);
    expect(await server.database.db.select().from(deliveries).where(eq(deliveries.id, id))).toEqual([]);
  });

  it('is counted', async () => {
    const { values } = await server.metrics.get('notifications_total').get();
    const counted = values.find(({ labels }) => labels.channel === 'email' && labels.outcome === 'bounced');
    expect(counted?.value).toBeGreaterThan(0);
  });
});

describe('without a secret for reports', () => {
  it('there is nowhere to send them to', async () => {
    await using server = await startNotifications();
    const body = deliveryReport({ messageId: `<${newId()}@shop.example>` });
    const headers = { 'content-type': 'message/rfc822', ...signedHeaders(Buffer.from(''), 'id', body) };
    const answer = await fetch(`${server.url}/webhooks/bounces`, { method: 'POST', headers, body });
    expect(answer.status).toBe(404);
  });
});
