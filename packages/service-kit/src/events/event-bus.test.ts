import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { eachBus } from '../testing/each-bus.ts';
import { testEvent } from '../testing/test-event.ts';
import { until } from '../testing/until.ts';
import type { CloudEvent } from './event.ts';
import { backOffMs, type Delivery, type EventBus, type EventSubscription, withoutVersion } from './event-bus.ts';

const PLACED = 'orders.order.placed.v1';

eachBus('a bus', (openBus) => {
  /** A consumer in a process of its own; what it got is in `received`. */
  async function consumer(name: string, over: Partial<EventSubscription> = {}) {
    const received: { event: CloudEvent; delivery: Delivery }[] = [];
    const bus = openBus();
    bus.subscribe({
      consumer: name,
      types: [PLACED],
      handle: async (event, delivery) => void received.push({ event, delivery }),
      refuse: () => Promise.reject(new Error('not expected')),
      ...over,
    });
    return { bus, received };
  }

  /** As an outbox does it: again and again, until the bus has taken it. */
  const publish = (bus: EventBus, event: CloudEvent) =>
    until('the bus to take the event', () =>
      bus.publish(event).then(
        () => true,
        () => false,
      ),
    );

  test('delivers an event to each consumer of its type, as it was published', async () => {
    const orders = await consumer('orders');
    const payments = await consumer('payments', { types: ['orders.order.placed.v1', 'orders.order.paid.v1'] });
    const users = await consumer('users', { types: ['orders.order.paid.v1'] });
    for (const { bus } of [orders, payments, users]) await bus.start?.();
    const event = testEvent(PLACED, {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      data: { amountMinor: 26290, text: 'ü\u0001"' },
    });
    await publish(orders.bus, event);
    await until('both', () => orders.received.length > 0 && payments.received.length > 0);
    for (const { received } of [orders, payments]) expect(received).toEqual([{ event, delivery: { attempt: 1 } }]);
    expect(users.received).toEqual([]);
  });

  test('delivers an event again after each failure, and says which attempt it is', async () => {
    const attempts: number[] = [];
    const { bus } = await consumer('orders', {
      handle: async (_, { attempt }) => {
        attempts.push(attempt);
        if (attempts.length < 4) throw new Error('no luck');
      },
    });
    await bus.start?.();
    await publish(bus, testEvent(PLACED));
    await until('success', () => attempts.length === 4);
    expect(attempts).toEqual([1, 2, 3, 4]);
  });

  test('goes on with other events while one fails', async () => {
    const bad = testEvent(PLACED);
    let failures = 0;
    const handled: string[] = [];
    const { bus } = await consumer('orders', {
      handle: async ({ id }) => {
        if (id === bad.id && ++failures > 0) throw new Error('no luck');
        handled.push(id);
      },
    });
    await bus.start?.();
    await until('a failure', async () => {
      await bus.publish(bad).catch(() => {});
      return failures > 0;
    });
    const good = testEvent(PLACED, { subject: bad.subject });
    await publish(bus, good);
    await until('the good one', () => handled.length === 1);
    expect(handled).toEqual([good.id]);
  });

  test('keeps the order of each subject, and lets subjects pass each other', async () => {
    const numbers: Record<string, unknown[]> = {};
    const running = new Set<string>();
    let widest = 0;
    const { bus } = await consumer('orders', {
      handle: async ({ subject, data }) => {
        expect(running.has(subject)).toBe(false);
        running.add(subject);
        widest = Math.max(widest, running.size);
        // Of different length, so that what does not wait for its turn would overtake.
        await delay(Math.random() * 8);
        running.delete(subject);
        numbers[subject] = [...(numbers[subject] ?? []), data];
      },
    });
    await bus.start?.();
    const expected = Array.from({ length: 15 }, (_, number) => number);
    const write = async (subject: string) => {
      for (const data of expected) await publish(bus, testEvent(PLACED, { subject, data }));
    };
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(write));
    await until('everything', () => Object.values(numbers).flat().length === 75);
    for (const subject of ['a', 'b', 'c', 'd', 'e']) expect(numbers[subject]).toEqual(expected);
    expect(widest).toBeGreaterThan(1);
  });

  test('delivers a version that the consumer does not know: it is the consumer that decides', async () => {
    const { bus, received } = await consumer('orders');
    await bus.start?.();
    await publish(bus, testEvent('orders.order.placed.v7'));
    await until('the event', () => received.length === 1);
    expect(received[0]?.event.type).toBe('orders.order.placed.v7');
  });
});

describe('a type of event', () => {
  test.each([
    ['orders.order.placed.v1', 'orders.order.placed'],
    ['orders.order.placed.v12', 'orders.order.placed'],
    ['orders.v1.placed', 'orders.v1.placed'],
  ])('%s is %s without its version', (type, expected) => {
    expect(withoutVersion(type)).toBe(expected);
  });
});

test('the back-off doubles from 100 ms to 5 s', () => {
  expect([1, 2, 3, 6, 7, 100].map(backOffMs)).toEqual([100, 200, 400, 3200, 5000, 5000]);
});
