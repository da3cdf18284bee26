import { eachEngine, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startNotifications, type TestNotifications, type User } from './testing/start-notifications.ts';

const PREFERENCES = '{ notificationPreferences { category channel enabled } }';

eachEngine('the link in an e-mail', (open) => {
  let server: TestNotifications;
  beforeAll(async () => {
    server = await startNotifications(await open());
  });
  afterAll(() => server.stop());

  /** Of an e-mail about an order. */
  async function linkTo(user: User): Promise<string> {
    await server.placed(user);
    const mail = await until('the e-mail', async () => {
      const { mails } = (await (await fetch(`${server.url}/mailbox.json`)).json()) as {
        mails: { to: string; headers: Record<string, string> }[];
      };
      return mails.find(({ to }) => to === `${user.userId}@example.com`);
    });
    const link = new URL(/<(.*)>/.exec(mail.headers['List-Unsubscribe'] ?? '')?.[1] ?? '');
    expect(link.origin).toBe('https://shop.example');
    return `${server.url}${link.pathname}${link.search}`;
  }

  const disabledOf = async (user: User) => {
    const { data } = await server.query(PREFERENCES, {}, user);
    const disabled = data.notificationPreferences.filter(({ enabled }: { enabled: boolean }) => !enabled);
    return disabled.map(({ category, channel }: Record<string, string>) => `${category} ${channel}`);
  };

  it('asks first, in the reader’s language, and changes nothing by that', async () => {
    const user = server.newUser();
    const link = await linkTo(user);
    const english = await fetch(link);
    expect(english.status).toBe(200);
    expect(english.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(english.headers.get('referrer-policy')).toBe('no-referrer');
    const page = await english.text();
    expect(page).toContain('<html lang="en-GB">');
    expect(page).toContain('No more e-mails about your orders, payments and returns?');
    expect(page).toContain('<form method="post"><button>');
    const german = await fetch(link, { headers: { 'accept-language': 'de-AT,de;q=0.9' } });
    expect(await german.text()).toContain('Keine E-Mails mehr zu Ihren Bestellungen');
    expect(await disabledOf(user)).toEqual([]);
    expect(link).not.toContain('example.com');
  });

  it.each([
    ['a mail program', 'application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
    ['another mail program', 'multipart/form-data; boundary=x', '--x--'],
    ['the page’s form', 'application/x-www-form-urlencoded', ''],
    ['a script', undefined, undefined],
    ['a careless script', 'application/json', '{broken'],
  ])('ends the e-mails when %s posts to it, as often as it likes', async (_who, type, body) => {
    const user = server.newUser();
    const link = await linkTo(user);
    for (let turn = 0; turn < 2; turn++) {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      const answer = await fetch(link, { method: 'POST', headers, ...(body === undefined ? {} : { body }) });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('Done');
      expect(await disabledOf(user)).toEqual(['ORDERS EMAIL']);
    }
    await server.placed(user);
    const outcome = async () => (await server.deliveriesOf(user)).find(({ state }) => state === 'SKIPPED');
    await until('the next e-mail to be skipped', outcome);
  });

  it('is refused without a word when it is not one of ours', async () => {
    const user = server.newUser();
    const other = server.newUser();
    const token = new URL(await linkTo(user)).searchParams.get('token') ?? '';
    const [id, category, signature = ''] = token.split('.');
    const changed = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
    for (const bad of [
      '',
      'x',
      '..',
      `${id}.${category}`,
      `${id}.${category}.`,
      `${id}.${category}.${changed}`,
      `${id}.ACCOUNT.${signature}`,
      `${id}.SECURITY.${signature}`,
      `${other.userId}.${category}.${signature}`,
      `${token}.x`,
      `${token}&token=${token}`,
    ]) {
      for (const method of ['GET', 'POST']) {
        const answer = await fetch(`${server.url}/unsubscribe?token=${bad}`, { method });
        expect(answer.status, `${method} ${bad}`).toBe(400);
        expect(await answer.text()).toContain('This link is not valid.');
      }
    }
    for (const method of ['GET', 'POST'])
      expect((await fetch(`${server.url}/unsubscribe`, { method })).status).toBe(400);
    expect(await disabledOf(user)).toEqual([]);
    expect(await disabledOf(other)).toEqual([]);
  });

  it('keeps nothing of an account that is closed', async () => {
    const user = server.newUser();
    const link = await linkTo(user);
    await server.hear('users.account.closed', { userId: user.userId });
    expect((await fetch(link, { method: 'POST' })).status).toBe(200);
    expect(await disabledOf(user)).toEqual([]);
  });

  it('takes a small body, and leaves the rest of the server as strict as it was', async () => {
    const link = await linkTo(server.newUser());
    const large = await fetch(link, { method: 'POST', body: 'x'.repeat(5000) });
    expect(large.status).toBe(413);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const graphql = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: 'query=%7B__typename%7D' });
    expect([401, 415]).toContain(graphql.status);
  });
});
