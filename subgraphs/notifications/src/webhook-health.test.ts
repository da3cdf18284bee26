import { anonymous, newId } from '@tributary/service-kit';
import { eachEngine, until } from '@tributary/service-kit/testing';
import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { deliveries, webhooks } from './tables.ts';
import { type HttpReceiver, startHttpReceiver } from './testing/http-receiver.ts';
import { startNotifications, type TestNotifications, type User } from './testing/start-notifications.ts';

const LIST = `{ webhooks { id status disabledAt disabledReason failuresInRow lastFailure
  lastDelivery { state attempts failure } } }`;
const WELL = { status: 'ENABLED', disabledAt: null, disabledReason: null, failuresInRow: 0, lastFailure: null };

eachEngine('a webhook that fails', (open) => {
  let server: TestNotifications;
  let receiver: HttpReceiver;
  beforeAll(async () => {
    const deliveriesConfig = { pollInterval: '20ms', firstRetryAfter: '20ms', maxAttempts: 1 };
    server = await startNotifications(await open(), { deliveries: deliveriesConfig });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    receiver = await startHttpReceiver();
  });
  afterEach(() => receiver[Symbol.asyncDispose]());

  const refuse = (status: number) => {
    receiver.answer = (response) => response.writeHead(status).end();
  };
  const accept = () => refuse(204);
  const register = async (user: User, kinds = ['ORDER_PLACED'], path = '/hook') =>
    (await server.mutate('registerWebhook', { url: `${receiver.url}${path}`, kinds }, user)).webhook.id as string;
  const listOf = async (user: User) => (await server.query(LIST, {}, user)).data.webhooks;
  const callsOf = async (user: User) =>
    (await server.deliveriesOf(user)).filter(({ channel }) => channel === 'WEBHOOK');
  const settled = (user: User, state: string, count: number) =>
    until(`${count} calls to be ${state}`, async () => {
      const all = await callsOf(user);
      return all.filter((call) => call.state === state).length === count;
    });
  const place = async (user: User, count: number) => {
    for (let index = 0; index < count; index++) await server.placed(user);
  };
  const toldOf = async (user: User) => (await server.recordsOf(user)).filter(({ kind }) => kind === 'WEBHOOK_DISABLED');

  it('ten times in a row is disabled, which its user is told once', async () => {
    const user = server.newUser();
    await register(user);
    refuse(500);
    await place(user, 9);
    await settled(user, 'FAILED', 9);
    expect((await listOf(user))[0]).toMatchObject({
      ...WELL,
      failuresInRow: 9,
      lastFailure: 'HTTP_500',
    });
    expect(await toldOf(user)).toEqual([]);
    await place(user, 1);
    await settled(user, 'FAILED', 10);
    expect((await listOf(user))[0]).toMatchObject({
      status: 'DISABLED',
      disabledAt: expect.any(String),
      disabledReason: 'FAILING',
      failuresInRow: 10,
      lastFailure: 'HTTP_500',
    });
    const told = await toldOf(user);
    expect(told).toMatchObject([{ facts: { host: new URL(receiver.url).host }, inInbox: true }]);
    const email = await until('the e-mail', async () => {
      const all = await server.deliveriesOf(user);
      return all.find(({ notificationId, state }) => notificationId === told[0]?.id && state === 'SENT');
    });
    expect(email.channel).toBe('EMAIL');
    await place(user, 3);
    expect(await callsOf(user)).toHaveLength(10);
    expect(receiver.received).toHaveLength(10);
  });

  it('is disabled and told of once, however many calls fail at the same time', async () => {
    const user = server.newUser();
    await register(user);
    await register(user, ['WEBHOOK_DISABLED'], '/alarm');
    receiver.answer = (response, { url }) => response.writeHead(url === '/hook' ? 503 : 204).end();
    await Promise.all(Array.from({ length: 30 }, () => server.placed(user)));
    await until('all of them to be settled', async () =>
      (await callsOf(user)).every(({ state }) => state !== 'PENDING'),
    );
    expect(await toldOf(user)).toHaveLength(1);
    expect(receiver.received.filter(({ url }) => url === '/alarm')).toHaveLength(1);
    const [first, alarm] = await listOf(user);
    expect([first.status, alarm.status]).toEqual(['DISABLED', 'ENABLED']);
    const skipped = (await callsOf(user)).filter(({ state }) => state === 'SKIPPED');
    for (const { failure } of skipped) expect(failure).toBe('WEBHOOK_DISABLED');
  });

  it('for five days is disabled, however seldom it is called', async () => {
    const user = server.newUser();
    const id = await register(user);
    refuse(500);
    await place(user, 1);
    await settled(user, 'FAILED', 1);
    const age = (hours: number) =>
      server.database.db
        .update(webhooks)
        .set({ failingSince: sql`now() - ${hours} * interval '1 hour'` })
        .where(eq(webhooks.id, id));
    await age(119);
    await place(user, 1);
    await settled(user, 'FAILED', 2);
    expect((await listOf(user))[0].status).toBe('ENABLED');
    await age(121);
    await place(user, 1);
    await settled(user, 'FAILED', 3);
    expect((await listOf(user))[0]).toMatchObject({ status: 'DISABLED', disabledReason: 'FAILING', failuresInRow: 3 });
    expect(await toldOf(user)).toHaveLength(1);
  });

  it('and then works is as good as new', async () => {
    const user = server.newUser();
    await register(user);
    refuse(500);
    await place(user, 9);
    await settled(user, 'FAILED', 9);
    accept();
    await place(user, 1);
    await settled(user, 'SENT', 1);
    expect((await listOf(user))[0]).toMatchObject(WELL);
    refuse(500);
    await place(user, 9);
    await settled(user, 'FAILED', 18);
    expect((await listOf(user))[0]).toMatchObject({ status: 'ENABLED', failuresInRow: 9 });
  });

  it('with 410 is disabled at once', async () => {
    const user = server.newUser();
    await register(user);
    refuse(410);
    await place(user, 1);
    await settled(user, 'FAILED', 1);
    expect((await listOf(user))[0]).toMatchObject({
      status: 'DISABLED',
      disabledReason: 'GONE',
      failuresInRow: 1,
      lastFailure: 'HTTP_410',
    });
    expect(await toldOf(user)).toHaveLength(1);
  });

  it('for a reason that is ours is not disabled', async () => {
    const user = server.newUser();
    const id = await register(user);
    await server.database.db.update(webhooks).set({ sealedSecret: 'nonsense' }).where(eq(webhooks.id, id));
    await place(user, 11);
    await settled(user, 'FAILED', 11);
    expect((await listOf(user))[0]).toMatchObject({ ...WELL, lastDelivery: { failure: 'SECRET_UNREADABLE' } });
  });

  it('because our workers died is not disabled', async () => {
    const user = server.newUser();
    const id = await register(user);
    await place(user, 1);
    await settled(user, 'SENT', 1);
    // As workers leave it that died in every attempt.
    const [{ id: call } = { id: '' }] = await callsOf(user);
    const left = { state: 'PENDING', settledAt: null, attempts: 1, dueAt: new Date() } as const;
    await server.database.db.update(deliveries).set(left).where(eq(deliveries.id, call));
    await settled(user, 'FAILED', 1);
    expect((await callsOf(user))[0]).toMatchObject({ failure: 'LOST', webhookId: id });
    expect((await listOf(user))[0]).toMatchObject(WELL);
  });

  it('gets nothing of what waits, and is put back by its user', async () => {
    const user = server.newUser();
    const id = await register(user);
    refuse(410);
    await place(user, 1);
    await settled(user, 'FAILED', 1);
    // As if it had been on its way before.
    const [delivery] = await callsOf(user);
    const waiting = { ...delivery, id: newId(), state: 'PENDING', attempts: 0, settledAt: null, dueAt: new Date() };
    await server.database.db.insert(deliveries).values(waiting as typeof deliveries.$inferInsert);
    await settled(user, 'SKIPPED', 1);
    expect((await listOf(user))[0].lastDelivery).toEqual({
      state: 'SKIPPED',
      attempts: 1,
      failure: 'WEBHOOK_DISABLED',
    });
    expect(receiver.received).toHaveLength(1);

    const enabled = { errors: [], webhook: { id, ...WELL } };
    accept();
    for (let turn = 0; turn < 2; turn++) expect(await server.mutate('enableWebhook', { id }, user)).toEqual(enabled);
    await place(user, 1);
    await settled(user, 'SENT', 1);
  });

  it('that was not disabled keeps its count when it is enabled', async () => {
    const user = server.newUser();
    const id = await register(user);
    refuse(500);
    await place(user, 2);
    await settled(user, 'FAILED', 2);
    const { webhook } = await server.mutate('enableWebhook', { id }, user);
    expect(webhook).toMatchObject({ status: 'ENABLED', failuresInRow: 2, lastFailure: 'HTTP_500' });
  });

  it('is put back by nobody else', async () => {
    const user = server.newUser();
    const id = await register(user);
    refuse(410);
    await place(user, 1);
    await settled(user, 'FAILED', 1);
    const refused = { webhook: null, errors: [{ __typename: 'NotFoundError', code: 'NOT_FOUND' }] };
    for (const identity of [server.newUser(), server.admin]) {
      expect(await server.mutate('enableWebhook', { id }, identity)).toEqual(refused);
    }
    for (const wrongId of [newId(), 'x', '']) {
      expect(await server.mutate('enableWebhook', { id: wrongId }, user)).toEqual(refused);
    }
    expect(await server.mutate('enableWebhook', { id }, anonymous)).toBe('UNAUTHENTICATED');
    expect((await listOf(user))[0].status).toBe('DISABLED');
  });

  it('while its account is closed leaves nothing behind', async () => {
    const users = Array.from({ length: 10 }, () => server.newUser());
    for (const user of users) await register(user);
    refuse(410);
    await Promise.all(
      users.flatMap((user) => [server.placed(user), server.hear('users.account.closed', { userId: user.userId })]),
    );
    await until('nothing to be on its way', async () => {
      const all = await Promise.all(users.map((user) => server.deliveriesOf(user)));
      return all.flat().length === 0;
    });
    for (const user of users) expect(await server.recordsOf(user)).toEqual([]);
  });
});
