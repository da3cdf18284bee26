import { newId } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMailbox } from './domain/mailbox.ts';
import { startSmtpServer } from './testing/smtp-server.ts';
import { startNotifications, type TestNotifications } from './testing/start-notifications.ts';

interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
}

describe('the mailbox', () => {
  let server: TestNotifications;
  beforeAll(async () => {
    server = await startNotifications();
  });
  afterAll(() => server.stop());

  const get = (path: string) => fetch(`${server.url}${path}`);
  const mailTo = (address: string) =>
    until(`a mail to ${address}`, async () => {
      const { mails } = (await (await get('/mailbox.json')).json()) as { mails: Mail[] };
      return mails.find(({ to }) => to === address);
    });

  it('says that it is empty', async () => {
    const answer = await get('/mailbox');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('No mail has been sent yet.');
  });

  it('shows mails in a list, and each in both forms, harmless whatever is in it', async () => {
    const name = '</iframe><script>alert("1")</script>';
    const user = server.newUser({ name, email: '"a<b>"@example.com' });
    await server.placed(user);
    const mail = await mailTo('"a<b>"@example.com');
    expect(mail.subject).toBe('We have received your order T-2026-000123');

    const list = await (await get('/mailbox')).text();
    expect(list).toContain(`<a href="/mailbox/${mail.id}">We have received your order T-2026-000123</a>`);
    expect(list).toContain('&quot;a&lt;b&gt;&quot;@example.com');

    const answer = await get(`/mailbox/${mail.id}`);
    const html = await answer.text();
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(html).not.toContain('<script');
    expect(html.match(/<\/?iframe/g)).toEqual(['<iframe', '</iframe']);
    expect(html).toContain('<iframe sandbox title=');
    // Escaped once by the mail and once more by the attribute that holds it.
    expect(html).toContain('Hello &amp;lt;/iframe&amp;gt;');
    expect(html).toContain('<dt>List-Unsubscribe</dt><dd>&lt;<a href="https://shop.example/unsubscribe?token=');
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\/(?!shop\.example)/);
  });

  it('knows nothing of other mails', async () => {
    for (const id of [newId(), 'x', '%27%20or%201=1']) expect((await get(`/mailbox/${id}`)).status).toBe(404);
  });

  it('keeps the newest 200, and a mail that is sent again once', async () => {
    const user = server.newUser();
    await server.placed(user);
    const { id } = await mailTo(`${user.userId}@example.com`);
    const [record] = await server.recordsOf(user);
    const mailbox = createMailbox(server);
    const mail = {
      notificationId: record?.id ?? '',
      to: 'x@example.com',
      subject: 's',
      text: 't',
      html: 'h',
      headers: {},
    };
    const ids = Array.from({ length: 201 }, () => newId());
    for (const each of ids) await mailbox.keep({ ...mail, id: each });
    for (const each of ids.slice(-2)) await mailbox.keep({ ...mail, id: each });
    const kept = await mailbox.list();
    expect(kept).toHaveLength(200);
    expect(kept.map((each) => each.id)).not.toContain(id);
  });

  it('drops a mail whose notification is erased, and loses those that it has', async () => {
    const user = server.newUser();
    await server.placed(user);
    await mailTo(`${user.userId}@example.com`);
    const [record] = await server.recordsOf(user);
    await server.hear('users.account.closed', { userId: user.userId });
    const mailbox = createMailbox(server);
    const late = { id: newId(), notificationId: record?.id ?? '', subject: 's', text: 't', html: 'h', headers: {} };
    await mailbox.keep({ ...late, to: `${user.userId}@example.com` });
    expect((await mailbox.list()).filter(({ to }) => to.startsWith(user.userId))).toEqual([]);
  });
});

describe('without the transport mailbox', () => {
  it('there is no mailbox', async () => {
    await using smtp = await startSmtpServer();
    const email = { transport: 'smtp' as const, smtp: { host: '127.0.0.1', port: smtp.port, tls: 'none' as const } };
    await using server = await startNotifications(undefined, { email });
    for (const path of ['/mailbox', '/mailbox.json', `/mailbox/${newId()}`]) {
      expect((await fetch(`${server.url}${path}`)).status).toBe(404);
    }
  });
});
