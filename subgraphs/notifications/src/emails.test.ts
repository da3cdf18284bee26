import { eachEngine, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decoded, type SmtpServer, startSmtpServer } from './testing/smtp-server.ts';
import { startNotifications, type TestNotifications, type User } from './testing/start-notifications.ts';

const FROM = 'Tributary <no-reply@shop.example>';
const throughSmtp = (port: number, more: object = {}) => ({
  email: { transport: 'smtp' as const, from: FROM, smtp: { host: '127.0.0.1', port, tls: 'none' as const, ...more } },
});

const emailOf = (server: TestNotifications, user: User, state: string, failure: string | null = null) =>
  until(`an e-mail to be ${state} ${failure ?? ''}`, async () => {
    const all = await server.deliveriesOf(user);
    return all.find((each) => each.channel === 'EMAIL' && each.state === state && each.failure === failure);
  });

const isUp = async ({ metrics }: TestNotifications) =>
  (await metrics.get('external_service_up').get()).values.find(({ labels }) => labels.service === 'smtp')?.value;

eachEngine('an e-mail', (open) => {
  let server: TestNotifications;
  let smtp: SmtpServer;
  beforeAll(async () => {
    smtp = await startSmtpServer();
    server = await startNotifications(await open(), throughSmtp(smtp.port));
  });
  afterAll(async () => {
    await server.stop();
    await smtp[Symbol.asyncDispose]();
  });

  const mailsTo = (user: User) => smtp.received.filter(({ to }) => to.includes(`${user.userId}@example.com`));

  it('goes to the account’s address, in its language, in both forms', async () => {
    const [english, german] = [server.newUser(), server.newUser({ locale: 'DE', name: 'Jürgen Müller' })];
    for (const user of [english, german]) {
      await server.placed(user);
      await emailOf(server, user, 'SENT');
    }
    const [mail] = mailsTo(german);
    expect(mailsTo(german)).toHaveLength(1);
    expect(mail?.from).toBe('no-reply@shop.example');
    const text = decoded(mail?.raw ?? '');
    expect(text).toMatch(/^From: Tributary <no-reply@shop\.example>\r$/m);
    expect(text).toMatch(new RegExp(`^To: ${german.userId}@example\\.com\r$`, 'm'));
    expect(text).toMatch(/^Subject: Wir haben Ihre Bestellung T-2026-000123 erhalten\r$/m);
    expect(text).toContain('multipart/alternative');
    expect(text).toContain('Guten Tag Jürgen Müller,\r\n');
    expect(text).toContain('<p>Guten Tag Jürgen Müller,</p>');
    expect(text).toContain('1.234,50\u00a0€');
    const [delivery] = await server.deliveriesOf(german);
    expect(text).toMatch(new RegExp(`^Message-ID: <${delivery?.id}@shop\\.example>\r$`, 'm'));
    expect(text).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    // Who answers for the address writes its lines under the delivery's id.
    const question = server.users.received.find(({ body }) => body.includes(german.userId));
    expect(question?.headers['x-request-id']).toBe(delivery?.id);
    expect(decoded(mailsTo(english)[0]?.raw ?? '')).toContain('Hello Ada Example,\r\n');
  });

  it('says how to unsubscribe with one click, unless it concerns the account’s security', async () => {
    const user = server.newUser();
    await server.placed(user);
    await emailOf(server, user, 'SENT');
    const raw = (mailsTo(user)[0]?.raw ?? '').replaceAll(/\r\n[ \t]+/g, ' ');
    expect(raw).toMatch(/^List-Unsubscribe: <https:\/\/shop\.example\/unsubscribe\?token=[\w.-]+>\r$/m);
    expect(raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
    const alarmed = server.newUser();
    await server.hear('users.password.changed', { userId: alarmed.userId });
    await emailOf(server, alarmed, 'SENT');
    expect(mailsTo(alarmed)).toHaveLength(1);
    expect(mailsTo(alarmed)[0]?.raw).not.toMatch(/unsubscribe/i);
  });

  it('shows a name as what it is', async () => {
    const user = server.newUser({ name: '<img src=x onerror="alert(1)"> & {number}' });
    await server.placed(user);
    await emailOf(server, user, 'SENT');
    const text = decoded(mailsTo(user)[0]?.raw ?? '');
    expect(text).toContain('<p>Hello &lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; {number},</p>');
    expect(text).toContain('Hello <img src=x onerror="alert(1)"> & {number},\r\n');
  });

  it('is given up at once when the server does not know the recipient', async () => {
    const user = server.newUser();
    smtp.refusals.set(`${user.userId}@example.com`, '550 5.1.1 no such user');
    await server.placed(user);
    expect(await emailOf(server, user, 'FAILED', 'SMTP_550')).toMatchObject({ attempts: 1 });
    // Whatever it says of a recipient, it answers.
    expect(await isUp(server)).toBe(1);
  });

  it('is tried again when the server asks for patience', async () => {
    const user = server.newUser();
    const address = `${user.userId}@example.com`;
    smtp.refusals.set(address, '451 4.7.1 greylisted');
    await server.placed(user);
    await emailOf(server, user, 'PENDING', 'SMTP_451');
    smtp.refusals.delete(address);
    await emailOf(server, user, 'SENT');
    expect(mailsTo(user)).toHaveLength(1);
  });

  it('waits for users to say where to send it', async () => {
    const user = server.newUser();
    server.users.status = 503;
    await server.placed(user);
    await emailOf(server, user, 'PENDING', 'ADDRESS_UNKNOWN');
    expect(mailsTo(user)).toEqual([]);
    server.users.status = 200;
    await emailOf(server, user, 'SENT');
    expect(mailsTo(user)).toHaveLength(1);
  });

  it('is not sent to whom it is not wanted by, who has no address, and who is not known', async () => {
    const [unwilling, closed, unknown] = [
      server.newUser(),
      server.newUser({ email: null, name: null }),
      server.newUser(),
    ];
    server.users.people.delete(unknown.userId);
    const changes = [{ category: 'ORDERS', channel: 'EMAIL', enabled: false }];
    await server.mutate('updateNotificationPreferences', { changes }, unwilling);
    for (const user of [unwilling, closed, unknown]) {
      await server.placed(user);
      expect(await emailOf(server, user, 'SKIPPED')).toMatchObject({ attempts: 1 });
      expect(mailsTo(user)).toEqual([]);
    }
    await server.hear('users.password.changed', { userId: unwilling.userId });
    await emailOf(server, unwilling, 'SENT');
  });

  it('is counted', async () => {
    const { values } = await server.metrics.get('notifications_total').get();
    const counted = (outcome: string) =>
      values.find(({ labels }) => labels.channel === 'email' && labels.outcome === outcome)?.value ?? 0;
    for (const outcome of ['sent', 'failed', 'skipped', 'retried'])
      expect(counted(outcome), outcome).toBeGreaterThan(0);
  });
});

describe('a mail server', () => {
  it('that is down for a while loses nothing', async () => {
    const first = await startSmtpServer();
    const { port } = first;
    await first[Symbol.asyncDispose]();
    const deliveries = { pollInterval: '20ms', firstRetryAfter: '50ms', maxAttempts: 8 };
    await using server = await startNotifications(undefined, { ...throughSmtp(port), deliveries });
    const users = [server.newUser(), server.newUser()];
    for (const user of users) await server.placed(user);
    for (const user of users) await emailOf(server, user, 'PENDING', 'UNREACHABLE');
    expect(await isUp(server)).toBe(0);
    await using back = await startSmtpServer(port);
    for (const user of users) await emailOf(server, user, 'SENT');
    expect(await isUp(server)).toBe(1);
    expect(back.received.map(({ to }) => to[0]).sort()).toEqual(
      users.map(({ userId }) => `${userId}@example.com`).sort(),
    );
  });

  it('learns who we are when it wants to', async () => {
    await using smtp = await startSmtpServer();
    await using server = await startNotifications(
      undefined,
      throughSmtp(smtp.port, { user: 'shop', password: 'pass' }),
    );
    const user = server.newUser();
    await server.placed(user);
    await emailOf(server, user, 'SENT');
    expect(smtp.credentials).toEqual(['\u0000shop\u0000pass']);
  });

  it('without TLS gets no mail unless the configuration says so', async () => {
    await using smtp = await startSmtpServer();
    await using server = await startNotifications(undefined, throughSmtp(smtp.port, { tls: 'starttls' }));
    const user = server.newUser();
    await server.placed(user);
    await until('an attempt to fail', async () => (await server.deliveriesOf(user)).find(({ failure }) => failure));
    expect(smtp.received).toEqual([]);
  });
});
