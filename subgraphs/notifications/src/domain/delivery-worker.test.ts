import { createLogger, createMetrics, type Database, newId } from '@tributary/service-kit';
import { eachEngine, recordSpans, type TestDatabase } from '@tributary/service-kit/testing';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { notificationsConfig } from '../config.ts';
import { insertDeliveries } from '../store/delivery-store.ts';
import { insertNotification } from '../store/notification-store.ts';
import { saveQuietHours } from '../store/quiet-hours-store.ts';
import { deliveries, notifications } from '../tables.ts';
import { quietNow } from '../testing/quiet-now.ts';
import { testConfig } from '../testing/start-notifications.ts';
import { DeliveryFailedError } from './delivery-failed-error.ts';
import { createDeliveryWorker, type Send } from './delivery-worker.ts';
import { quietUntil } from './quiet-hours.ts';

eachEngine('a delivery', (open) => {
  let testDatabase: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    testDatabase = await open();
    database = await testDatabase.open('notifications', new URL('../..', import.meta.url));
  });
  afterAll(() => testDatabase.close());
  beforeEach(() => database.db.delete(notifications));

  const log = createLogger({ service: 'notifications', level: 'silent' });
  const metrics = createMetrics({ service: 'notifications', processMetrics: false });
  const { tracer } = recordSpans();
  const deliveriesConfig = { firstRetryAfter: '30s', maxAttempts: 8 };
  const config = notificationsConfig.parse({ ...testConfig('http://127.0.0.1:1'), deliveries: deliveriesConfig });
  const workerOf = (send: Send) => createDeliveryWorker({ database, config, log, metrics, tracer }, 'EMAIL', send);

  async function add(count: number): Promise<void> {
    const notificationId = newId();
    const row = { id: notificationId, eventId: newId(), userId: newId(), kind: 'WELCOME' as const, facts: {} };
    await insertNotification(database.db, { ...row, inInbox: true });
    const rows = Array.from({ length: count }, () => ({ id: newId(), notificationId, channel: 'EMAIL' as const }));
    await insertDeliveries(
      database.db,
      rows.map((each) => ({ ...each, state: 'PENDING', dueAt: new Date() })),
    );
  }
  const all = () => database.db.select().from(deliveries);
  /** As if that much time had gone by. */
  const pass = (seconds: number) =>
    database.db.update(deliveries).set({ dueAt: sql`due_at - ${seconds} * interval '1 second'` });

  it('is made by one worker, however many there are', async () => {
    await add(50);
    const sent: string[] = [];
    const worker = workerOf(async ({ id }) => {
      sent.push(id);
      return 'SENT';
    });
    for (let turn = 0; turn < 3; turn++) await Promise.all(Array.from({ length: 5 }, worker));
    expect(new Set(sent).size).toBe(50);
    expect(sent).toHaveLength(50);
    expect((await all()).every(({ state, settledAt }) => state === 'SENT' && settledAt !== null)).toBe(true);
  });

  it('runs outside of any transaction', async () => {
    await add(1);
    await workerOf(async () => {
      await database.transaction(async () => {});
      return 'SENT';
    })();
    expect(await all()).toMatchObject([{ state: 'SENT' }]);
  });

  it('is tried after longer and longer waits, and then given up', async () => {
    await add(1);
    const worker = workerOf(async () => {
      throw new DeliveryFailedError('UNREACHABLE');
    });
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt++) {
      await worker();
      const [row] = await all();
      expect(row).toMatchObject({
        attempts: attempt,
        failure: 'UNREACHABLE',
        state: attempt < 8 ? 'PENDING' : 'FAILED',
      });
      waits.push(Math.round(((row?.dueAt.getTime() ?? 0) - Date.now()) / 1000));
      await worker();
      expect((await all())[0]?.attempts).toBe(attempt);
      await pass(7 * 60 * 60);
    }
    const expected = [30, 120, 480, 1920, 7680, 21_600, 21_600];
    for (const [index, seconds] of expected.entries()) {
      expect(Math.abs((waits[index] ?? 0) - seconds), `wait ${index}`).toBeLessThan(10);
    }
    await worker();
    expect((await all())[0]?.attempts).toBe(8);
  });

  it('of a worker that died is made by another one, later', async () => {
    await add(1);
    const { promise: death, resolve: revive } = Promise.withResolvers<'SENT'>();
    const dying = workerOf(() => death)();
    const sent: number[] = [];
    const other = workerOf(async ({ attempts }) => {
      sent.push(attempts);
      return 'SENT';
    });
    while ((await all())[0]?.attempts !== 1) await pass(0);
    await other();
    expect(sent).toEqual([]);
    await pass(61);
    await other();
    expect(sent).toEqual([2]);
    // The one that was thought dead comes back: it may say nothing any more.
    const [before] = await all();
    revive('SENT');
    await dying;
    expect(await all()).toEqual([before]);
  });

  it('of which nothing is ever learned is given up all the same', async () => {
    await add(1);
    const sent: number[] = [];
    const dying = createDeliveryWorker(
      { database, config, log, metrics, tracer },
      'EMAIL',
      async ({ attempts }) => {
        sent.push(attempts);
        return 'SENT';
      },
      async () => {
        throw new Error('the worker died');
      },
    );
    for (let turn = 1; turn <= 8; turn++) {
      await expect(dying()).rejects.toThrow('died');
      await pass(61);
    }
    await workerOf(async () => 'SENT')();
    expect(sent).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await all()).toMatchObject([{ state: 'FAILED', failure: 'LOST' }]);
  });

  it('waits for quiet hours to end, which is no attempt, unless it concerns security', async () => {
    await add(1);
    const [{ userId } = { userId: '' }] = await database.db.select().from(notifications);
    const [failing, working] = [
      workerOf(async () => {
        throw new DeliveryFailedError('UNREACHABLE');
      }),
      workerOf(async () => 'SENT'),
    ];
    await failing();
    await pass(60);
    const quiet = quietNow();
    await saveQuietHours(database.db, { userId, ...quiet });
    await working();
    const [held] = await all();
    expect(held).toMatchObject({ state: 'PENDING', attempts: 1, failure: 'UNREACHABLE', settledAt: null });
    expect(held?.dueAt).toEqual(quietUntil(quiet, new Date()));
    await database.db.update(notifications).set({ kind: 'PASSWORD_CHANGED' });
    await pass(3 * 60 * 60);
    await working();
    expect(await all()).toMatchObject([{ state: 'SENT', attempts: 2 }]);
  });

  it('that was put off meanwhile is not settled by a worker that was thought dead', async () => {
    await add(1);
    const [{ userId } = { userId: '' }] = await database.db.select().from(notifications);
    const { promise: death, resolve: revive } = Promise.withResolvers<'SENT'>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const dying = workerOf(() => {
      begin();
      return death;
    })();
    await begun;
    await saveQuietHours(database.db, { userId, ...quietNow() });
    await pass(61);
    await workerOf(async () => 'SENT')();
    const held = await all();
    expect(held).toMatchObject([{ state: 'PENDING', attempts: 1 }]);
    revive('SENT');
    await dying;
    expect(await all()).toEqual(held);
  });

  it('that meets something unforeseen is tried again', async () => {
    await add(2);
    let calls = 0;
    await workerOf(async () => {
      calls += 1;
      if (calls === 1) throw new TypeError('a bug');
      return 'SENT';
    })();
    const states = (await all()).map(({ state, failure }) => [state, failure]);
    expect(states).toContainEqual(['PENDING', 'INTERNAL']);
    expect(states).toContainEqual(['SENT', null]);
  });

  it('that cannot be written down is made again, and the others with it are not', async () => {
    await add(3);
    let writes = 0;
    const db = new Proxy(database.db, {
      get(target, property, receiver) {
        // The first update is the lease; the second is the first outcome.
        if (property === 'update' && ++writes === 2) throw new Error('the database is away');
        return Reflect.get(target, property, receiver);
      },
    });
    const sent: string[] = [];
    const send: Send = async ({ id }) => {
      sent.push(id);
      return 'SENT';
    };
    const turn = createDeliveryWorker({ database: { ...database, db }, config, log, metrics, tracer }, 'EMAIL', send);
    await expect(turn()).rejects.toThrow('away');
    expect((await all()).filter(({ state }) => state === 'SENT')).toHaveLength(2);
    await pass(61);
    await workerOf(send)();
    expect((await all()).every(({ state }) => state === 'SENT')).toBe(true);
    expect(sent).toHaveLength(4);
  });

  it('that was erased meanwhile leaves nothing', async () => {
    await add(1);
    await workerOf(async ({ notification }) => {
      await database.db.delete(notifications).where(eq(notifications.id, notification.id));
      return 'SENT';
    })();
    expect(await all()).toEqual([]);
  });
});
