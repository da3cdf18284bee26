import { anonymous, type Identity, newId } from '@tributary/service-kit';
import { eachEngine, until } from '@tributary/service-kit/testing';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { quietUntil } from './domain/quiet-hours.ts';
import { deliveries, quietHours } from './tables.ts';
import { type HttpReceiver, startHttpReceiver } from './testing/http-receiver.ts';
import { quietNow } from './testing/quiet-now.ts';
import { orderOf, startNotifications, type TestNotifications, type User } from './testing/start-notifications.ts';

const QUERY = '{ quietHours { start end timeZone } }';
const NIGHT = { start: '22:00', end: '07:00', timeZone: 'Europe/Berlin' };

eachEngine('quiet hours', (open) => {
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

  const read = async (identity: Identity) => (await server.query(QUERY, {}, identity)).data.quietHours;
  const set = (identity: Identity, hours: object | null) =>
    server.mutate('setQuietHours', { quietHours: hours }, identity);
  const clock = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  const beQuietNow = async (user: User) => {
    const hours = quietNow();
    const { startMinute, endMinute, timeZone } = hours;
    const { errors } = await set(user, { start: clock(startMinute), end: clock(endMinute), timeZone });
    expect(errors).toEqual([]);
    return hours;
  };
  const statesOf = async (user: User) =>
    Object.fromEntries((await server.deliveriesOf(user)).map((each) => [each.channel, each.state]));

  it('are set, read, changed and ended by their user', async () => {
    const [user, other] = [server.newUser(), server.newUser()];
    expect(await read(user)).toBeNull();
    for (const hours of [NIGHT, { start: '00:00', end: '23:59', timeZone: 'America/Argentina/Buenos_Aires' }]) {
      expect(await set(user, hours)).toEqual({ quietHours: hours, errors: [] });
      expect(await read(user)).toEqual(hours);
    }
    expect(await read(other)).toBeNull();
    for (let turn = 0; turn < 2; turn++) expect(await set(user, null)).toEqual({ quietHours: null, errors: [] });
    expect(await read(user)).toBeNull();
    expect(await server.mutate('setQuietHours', {}, user)).toEqual({ quietHours: null, errors: [] });
  });

  it.each([
    ['start', ['', '24:00', '7:00', '07:60', '07:00:00', '07.00', ' 07:00', '٠٧:٠٠', 'x'.repeat(5000)]],
    ['end', ['', '-1:00', '99:99', '22:00', '7']],
    [
      'timeZone',
      ['', 'Mars/Olympus', '+01:00', '-0500', 'GMT+1', '../../etc', 'Europe/Berlin\u0000', 'A'.repeat(5000)],
    ],
  ])('are refused for a wrong %s', async (field, values) => {
    const user = server.newUser();
    for (const value of values) {
      const { quietHours: now, errors } = await set(user, { ...NIGHT, [field]: value });
      const expected = [{ __typename: 'InvalidInputError', code: 'INVALID_INPUT', field: `quietHours.${field}` }];
      expect([now, errors], value.slice(0, 40)).toEqual([null, expected]);
    }
    expect(await read(user)).toBeNull();
  });

  it('are nobody’s without a sign-in', async () => {
    for (const identity of [anonymous, { kind: 'service', service: 'orders' } as const]) {
      expect(await set(identity, NIGHT)).toBe('UNAUTHENTICATED');
      const { data, errors } = await server.query(QUERY, {}, identity);
      expect([data.quietHours, errors?.[0]?.extensions.code]).toEqual([null, 'UNAUTHENTICATED']);
    }
  });

  it('let e-mails and webhooks wait for their end, and nothing else', async () => {
    const user = server.newUser();
    const url = `${receiver.url}/hook`;
    await server.mutate('registerWebhook', { url, kinds: ['ORDER_PLACED', 'PASSWORD_CHANGED'] }, user);
    const hours = await beQuietNow(user);
    await server.placed(user);
    const end = quietUntil(hours, new Date());
    const held = await until('both to be held', async () => {
      const all = await server.deliveriesOf(user);
      return all.length === 2 && all.every(({ dueAt }) => dueAt.getTime() === end?.getTime()) ? all : undefined;
    });
    for (const delivery of held) expect(delivery).toMatchObject({ state: 'PENDING', attempts: 0, failure: null });
    expect(await server.recordsOf(user)).toMatchObject([{ kind: 'ORDER_PLACED', inInbox: true }]);

    await server.hear('users.password.changed', { userId: user.userId });
    await until('what concerns security to be sent', async () => (await sentTo(user)) === 2);
    expect(receiver.received.map(({ body }) => JSON.parse(body).type)).toEqual(['PASSWORD_CHANGED']);
  });

  it('do not hold the bank’s question, which waits for minutes only', async () => {
    const user = server.newUser();
    await beQuietNow(user);
    const { total: _total, ...order } = orderOf(user);
    await server.hear('payments.payment.challenged', { ...order, paymentId: newId() });
    await until('it to be sent', async () => (await sentTo(user)) === 1);
  });

  it('are over for what waits when it is due', async () => {
    const user = server.newUser();
    await beQuietNow(user);
    await server.placed(user);
    await until('it to be held', async () => (await server.deliveriesOf(user)).some(({ dueAt }) => dueAt > soon()));
    // As if the time had come: then they are in the past of the same day.
    const { startMinute } = quietNow();
    const past = { startMinute: (startMinute + 1440 - 180) % 1440, endMinute: startMinute };
    await server.database.db.update(quietHours).set(past).where(eq(quietHours.userId, user.userId));
    const [{ id } = { id: '' }] = await server.deliveriesOf(user);
    await server.database.db.update(deliveries).set({ dueAt: new Date() }).where(eq(deliveries.id, id));
    await until('it to be sent', async () => (await statesOf(user)).EMAIL === 'SENT');
    expect(await server.deliveriesOf(user)).toMatchObject([{ attempts: 1, failure: null }]);
  });

  it('are erased with the account', async () => {
    const user = server.newUser();
    await set(user, NIGHT);
    await server.hear('users.account.closed', { userId: user.userId });
    const rows = await server.database.db.select().from(quietHours).where(eq(quietHours.userId, user.userId));
    expect(rows).toEqual([]);
    expect(await set(user, NIGHT)).toBe('UNAUTHENTICATED');
  });

  it('are counted', async () => {
    const { values } = await server.metrics.get('notifications_total').get();
    for (const channel of ['email', 'webhook']) {
      const held = values.find(({ labels }) => labels.channel === channel && labels.outcome === 'held');
      expect(held?.value, channel).toBeGreaterThan(0);
    }
  });

  const sentTo = async (user: User) => (await server.deliveriesOf(user)).filter(({ state }) => state === 'SENT').length;
  const soon = () => new Date(Date.now() + 90 * 60_000);
});
