import { newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { eq, inArray } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deadLetters, inbox, mails, preferences, webhooks } from './tables.ts';
import { orderOf, startNotifications, type TestNotifications, type User } from './testing/start-notifications.ts';

const amount = { amountMinor: 990, currency: 'EUR' };
const PAYMENT = { paymentId: newId() };

/** Every event that is about the user, in the order in which they would happen. */
const story = (user: User) => {
  const { userId } = user;
  const { total, ...order } = orderOf(user);
  return [
    { type: 'users.account.registered', data: { userId } },
    { type: 'orders.order.placed', data: { ...order, total } },
    { type: 'payments.payment.challenged', data: { ...order, ...PAYMENT } },
    { type: 'orders.order.confirmed', data: { ...order, total } },
    { type: 'orders.return.requested', data: { ...order, amount, lines: [{ productId: newId(), quantity: 1 }] } },
    {
      type: 'payments.payment.refunded',
      data: { ...order, ...PAYMENT, refundId: newId(), amount, fullyRefunded: false },
    },
    { type: 'orders.order.cancelled', data: { ...order, reason: 'PAYMENT_DECLINED' } },
    { type: 'users.password.changed', data: { userId } },
  ].map((event) => ({ ...event, id: newId() }));
};

const customerOf = (data: { userId?: string; customerId?: string }) => data.userId ?? data.customerId;

eachEngine('what happens', (open, engine) => {
  let server: TestNotifications;
  beforeAll(async () => {
    server = await startNotifications(await open());
  });
  afterAll(() => server.stop());

  const hearAll = async (events: ReturnType<typeof story>) => {
    for (const { type, data, id } of events) await server.hear(type, data, id);
  };

  it('is told once an event, with what the event says and nothing else', async () => {
    const user = server.newUser();
    const events = story(user);
    await hearAll(events);
    const number = 'T-2026-000123';
    const total = { amountMinor: 123_450, currency: 'EUR' };
    const factsOfKinds = {
      WELCOME: {},
      ORDER_PLACED: { number, amount: total },
      PAYMENT_CHALLENGED: {},
      ORDER_CONFIRMED: { number, amount: total },
      RETURN_REQUESTED: { number, amount },
      REFUND_MADE: { amount },
      ORDER_CANCELLED: { number, reason: 'PAYMENT_DECLINED' },
      PASSWORD_CHANGED: {},
    };
    const records = await server.recordsOf(user);
    const recordOf = ({ id }: { id: string }) => records.find(({ eventId }) => eventId === id);
    expect(records).toHaveLength(events.length);
    for (const [index, [kind, facts]] of Object.entries(factsOfKinds).entries()) {
      const event = events[index] ?? { id: '', data: {} };
      const orderId = 'orderId' in event.data ? event.data.orderId : null;
      expect(recordOf(event)).toMatchObject({ kind, facts, orderId, userId: user.userId, readAt: null });
    }
  });

  it('gives the same records when events come three times, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), fc.boolean(), async (random, closes) => {
        const user = server.newUser();
        const events = story(user);
        if (closes) events.push({ type: 'users.account.closed', data: { userId: user.userId }, id: newId() });
        const tripled = [...events, ...events, ...events]
          .map((event) => ({ event, rank: random.next().value ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ event }) => event);
        await hearAll(tripled);
        const records = await server.recordsOf(user);
        expect(records.map(({ eventId }) => eventId).sort()).toEqual(closes ? [] : events.map(({ id }) => id).sort());
        expect(await server.deliveriesOf(user)).toHaveLength(closes ? 0 : events.length);
      }),
      { numRuns: engine === 'PGlite' ? 10 : 5 },
    );
  });

  it('is told once, by however many instances, in whatever order each hears of it', async () => {
    await using database = await open();
    const instances = await Promise.all(Array.from({ length: 4 }, () => startNotifications(database)));
    const [first] = instances;
    if (first === undefined) throw new Error('expected four instances');
    const users = Array.from({ length: 10 }, () => first.newUser());
    const events = users.flatMap(story);
    try {
      const random = fc.sample(fc.nat(), { seed: 4, numRuns: instances.length * events.length * 3 });
      // Each instance hears of each event three times, in an order of its own.
      const streams = instances.map((instance) =>
        [...events, ...events, ...events]
          .map((event) => ({ event, rank: random.pop() ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ event: { type, data, id } }) => ({ instance, type, data, id })),
      );
      const hearStream = async (stream: (typeof streams)[number]) => {
        for (const { instance, type, data, id } of stream) await instance.hear(type, data, id);
      };
      await Promise.all(streams.map(hearStream));
      for (const user of users) {
        const records = await first.recordsOf(user);
        const ids = events.filter((event) => customerOf(event.data) === user.userId).map(({ id }) => id);
        expect(records.map(({ eventId }) => eventId).sort()).toEqual(ids.sort());
        expect(await first.deliveriesOf(user)).toHaveLength(ids.length);
      }
    } finally {
      for (const instance of instances) await instance.stop();
    }
  });

  it('is told once even when the inbox of events has forgotten it', async () => {
    const user = server.newUser();
    const data = orderOf(user);
    const id = await server.hear('orders.order.placed', data);
    await server.database.db.delete(inbox).where(eq(inbox.eventId, id));
    await server.hear('orders.order.placed', data, id);
    expect(await server.recordsOf(user)).toHaveLength(1);
    expect(await server.deliveriesOf(user)).toHaveLength(1);
  });

  it('is kept out of an inbox that does not want it, and still told in other ways', async () => {
    const user = server.newUser();
    const changes = [{ category: 'ORDERS', channel: 'INBOX', enabled: false }];
    await server.mutate('updateNotificationPreferences', { changes }, user);
    await server.placed(user);
    await server.hear('users.password.changed', { userId: user.userId });
    const records = await server.recordsOf(user);
    const isInInbox = Object.fromEntries(records.map(({ kind, inInbox }) => [kind, inInbox]));
    expect(isInInbox).toEqual({ ORDER_PLACED: false, PASSWORD_CHANGED: true });
    const hiddenId = records.find(({ inInbox }) => !inInbox)?.id;
    expect(await server.deliveriesOf(user)).toHaveLength(2);
    const { data } = await server.query('query ($id: ID!) { notification(id: $id) { id } }', { id: hiddenId }, user);
    expect(data.notification).toBeNull();
    const hidden = await server.mutate('markNotificationRead', { id: hiddenId }, user);
    expect(hidden.errors[0].code).toBe('NOT_FOUND');
  });

  it('is not told when an event is not as agreed: that is a dead letter', async () => {
    const user = server.newUser();
    const ids: string[] = [];
    for (const total of [
      { amountMinor: -1, currency: 'EUR' },
      { amountMinor: 2 ** 31, currency: 'EUR' },
      { amountMinor: 1, currency: 'euro' },
    ]) {
      ids.push(await server.placed(user, { total }));
    }
    expect(await server.recordsOf(user)).toEqual([]);
    const letters = await server.database.db.select().from(deadLetters).where(inArray(deadLetters.eventId, ids));
    expect(letters.map(({ reason, state }) => [reason, state])).toEqual(ids.map(() => ['INVALID_DATA', 'DEAD']));
  });

  it('is counted by channel and outcome', async () => {
    const user = server.newUser();
    const counted = async () => {
      const { values } = await server.metrics.get('notifications_total').get();
      return values.find(({ labels }) => labels.channel === 'inbox' && labels.outcome === 'sent')?.value ?? 0;
    };
    const before = await counted();
    const event = orderOf(user);
    const id = await server.hear('orders.order.placed', event);
    await server.hear('orders.order.placed', event, id);
    expect(await counted()).toBe(before + 1);
  });

  it('is erased with the account, and nothing is told or kept of it afterwards', async () => {
    const [user, bystander] = [server.newUser(), server.newUser()];
    for (const each of [user, bystander]) {
      await server.mutate('registerWebhook', { url: 'https://example.com/', kinds: ['ORDER_CANCELLED'] }, each);
      const changes = [{ category: 'ORDERS', channel: 'WEBHOOK', enabled: false }];
      await server.mutate('updateNotificationPreferences', { changes }, each);
      await hearAll(story(each));
    }
    const closed = { userId: user.userId };
    for (let turn = 0; turn < 2; turn++) await server.hear('users.account.closed', closed);
    await hearAll(story(user));

    const { db } = server.database;
    expect(await server.recordsOf(user)).toEqual([]);
    expect(await server.deliveriesOf(user)).toEqual([]);
    expect(await db.select().from(preferences).where(eq(preferences.userId, user.userId))).toEqual([]);
    expect(await db.select().from(webhooks).where(eq(webhooks.userId, user.userId))).toEqual([]);
    expect(
      await db
        .select()
        .from(mails)
        .where(eq(mails.to, `${user.userId}@example.com`)),
    ).toEqual([]);
    expect(await server.recordsOf(bystander)).toHaveLength(8);

    const changes = [{ category: 'ORDERS', channel: 'EMAIL', enabled: false }];
    expect(await server.mutate('updateNotificationPreferences', { changes }, user)).toBe('UNAUTHENTICATED');
    const webhook = { url: 'https://example.com/', kinds: ['WELCOME'] };
    expect(await server.mutate('registerWebhook', webhook, user)).toBe('UNAUTHENTICATED');
  });

  it('is never left behind by an account that closes at the same moment', async () => {
    const users = Array.from({ length: 20 }, () => server.newUser());
    await Promise.all(
      users.flatMap((user) => [server.placed(user), server.hear('users.account.closed', { userId: user.userId })]),
    );
    for (const user of users) expect(await server.recordsOf(user)).toEqual([]);
  });
});
