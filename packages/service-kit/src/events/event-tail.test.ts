import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { createLogger } from '../log/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { testEvent } from '../testing/test-event.ts';
import { ownNatsConfig, testNatsBus } from '../testing/test-nats-bus.ts';
import { until } from '../testing/until.ts';
import type { EventBus } from './event-bus.ts';
import type { EventTail, TailedEvent } from './event-tail.ts';
import { inProcessBus } from './in-process-bus.ts';
import { natsTail } from './nats/nats-tail.ts';

const PLACED = 'orders.order.placed.v1';
const PAID = 'orders.order.paid.v1';

interface Opened {
  bus: EventBus;
  tail: EventTail;
  /** Puts another log in the place of this one. */
  renew(): Promise<void>;
  /** Takes the log away, until the next event is published; undefined where that cannot be. */
  remove?(): Promise<unknown>;
  /** How long the broker keeps each consumer of the log that is not used; undefined where there is no broker. */
  consumers?(): Promise<number[]>;
}

const inOneProcess = async (): Promise<Opened> => {
  const bus = inProcessBus();
  return { bus, tail: bus.tail, renew: async () => {} };
};

const stops: (() => unknown)[] = [];

async function overNats(): Promise<Opened> {
  const config = ownNatsConfig(inject('natsUrl') ?? '');
  const log = createLogger({ service: 'test', level: 'silent' });
  const bus = testNatsBus(config);
  const tail = natsTail({
    config,
    service: 'tail',
    log,
    metrics: createMetrics({ service: 'test', processMetrics: false }),
  });
  const nc = await connect({ servers: config.servers });
  const jsm = await jetstreamManager(nc);
  stops.push(
    () => nc.close(),
    () => jsm.streams.delete(config.stream),
    () => bus.stop?.(),
    () => tail.stop?.(),
  );
  await bus.start?.();
  await tail.start?.();
  await until('the broker', () => bus.isUp());
  await bus.publish(testEvent(PLACED));
  await until('the tail', () =>
    tail.read({ types: [], after: { log: '', sequence: 0 }, upTo: 0, most: 1, mostBytes: 1 }).then(
      () => true,
      () => false,
    ),
  );
  return {
    ...{ bus, tail },
    renew: () => jsm.streams.delete(config.stream).then(() => bus.publish(testEvent(PLACED))),
    remove: () => jsm.streams.delete(config.stream),
    async consumers() {
      const found: number[] = [];
      for await (const { config: of } of jsm.consumers.list(config.stream))
        found.push((of.inactive_threshold ?? 0) / 1e9);
      return found;
    },
  };
}

describe.each([
  ['in one process', inOneProcess, false],
  ['on NATS', overNats, true],
] as const)('the tail of the events %s', (_where, open, isNats) => {
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });
  const run = isNats && inject('natsUrl') === undefined ? it.skip : it;

  run('hears what is published from then on, in order, of the types that are asked for', async () => {
    const { bus, tail } = await open();
    await bus.publish(testEvent(PLACED));
    const heard: TailedEvent[] = [];
    const follower = tail.follow([PLACED], (one) => heard.push(one));
    await follower.from;
    const events = [PLACED, PAID, PLACED, PLACED].map((type) => testEvent(type));
    for (const event of events) await bus.publish(event);
    const ids = events.filter(({ type }) => type === PLACED).map(({ id }) => id);
    await until('the events', () => heard.length >= 3);
    expect(heard.map(({ event }) => event.id)).toEqual(ids);
    follower.stop();
    await bus.publish(testEvent(PLACED));

    const [first, second] = heard as [TailedEvent, TailedEvent];
    const rest: string[] = [];
    const later = tail.follow([PLACED], ({ event }) => rest.push(event.id), first);
    await until('those behind the first', () => rest.length === 3);
    later.stop();
    expect(rest.slice(0, 2)).toEqual(ids.slice(1));
    expect(heard).toHaveLength(3);

    const upTo = heard[2]?.sequence as number;
    const read = (after: { log: string; sequence: number }, types = [PLACED], most = 10) =>
      tail.read({ types, after, upTo, most, mostBytes: 2 ** 20 }).then((part) => part?.events);
    expect((await read(second))?.map(({ event }) => event.id)).toEqual(ids.slice(2));
    expect(await read(first, [PAID])).toHaveLength(1);
    expect(await read(first, ['orders.order.other.v1'])).toEqual([]);
    expect(await read(first, [PLACED], 1)).toBeUndefined();
    expect(await read({ log: 'other', sequence: 1 })).toBeUndefined();
    expect(await read({ ...first, sequence: 10_000 })).toBeUndefined();
  });

  run('is read in parts that are no larger than is asked for', async () => {
    const { bus, tail } = await open();
    const heard: TailedEvent[] = [];
    const follower = tail.follow([PLACED, PAID], (one) => heard.push(one));
    const start = await follower.from;
    const data = { text: 'x'.repeat(10_000) };
    for (let count = 0; count < 7; count++) await bus.publish(testEvent(count === 6 ? PAID : PLACED, { data }));
    await until('the events', () => heard.length === 7);
    follower.stop();
    const upTo = heard[5]?.sequence as number;
    const parts: (number | undefined)[][] = [];
    for (let after = start; after.sequence < upTo; ) {
      const part = await tail.read({ types: [PLACED], after, upTo, most: 10, mostBytes: 25_000 });
      if (part === undefined) throw new Error('they are not there');
      parts.push(part.events.map(({ event }) => heard.findIndex((one) => one.event.id === event.id)));
      after = { ...after, sequence: part.upTo };
    }
    expect(parts).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });

  run('leaves nothing at the broker', async () => {
    const { bus, tail, consumers } = await open();
    const heard: TailedEvent[] = [];
    const follower = tail.follow([PLACED], (one) => heard.push(one));
    const after = await follower.from;
    for (let count = 0; count < 3; count++) await bus.publish(testEvent(PLACED));
    await until('the events', () => heard.length === 3);
    const upTo = heard[1]?.sequence as number;
    const read = (types: string[], most: number) =>
      tail.read({ types, after, upTo, most, mostBytes: 2 ** 20 }).then((part) => part?.events);
    expect(await read([PLACED], 3)).toHaveLength(2);
    expect(await read([PLACED], 2)).toBeUndefined();
    expect(await read([PAID], 2)).toEqual([]);
    // That of the follower alone, and when that has gone, too, not for long.
    if (consumers !== undefined) await until('the others to go', async () => String(await consumers()) === '10');
    follower.stop();
  });

  run('begins anew with a log that takes the place of the one that it heard', async () => {
    const { bus, tail, renew } = await open();
    const heard: TailedEvent[] = [];
    const follower = tail.follow([PLACED, PAID], (one) => heard.push(one));
    await follower.from;
    await bus.publish(testEvent(PAID));
    await until('the first', () => heard.length === 1);
    await renew();
    const last = testEvent(PAID);
    await bus.publish(last);
    await until('the last', () => heard.some(({ event }) => event.id === last.id), 20_000);
    if (isNats) expect(new Set(heard.map(({ log }) => log)).size).toBe(2);
    follower.stop();
  });

  run('knows whether it hears anything', async () => {
    const { bus, tail, remove } = await open();
    const heard: TailedEvent[] = [];
    const follower = tail.follow([PLACED], (one) => heard.push(one));
    await follower.from;
    await bus.publish(testEvent(PLACED));
    await until('the event', () => heard.length === 1);
    expect(follower.isHearing).toBe(true);
    if (remove === undefined) return;
    await remove();
    await until('the loss to be seen', () => !follower.isHearing);
    await bus.publish(testEvent(PLACED));
    await until('the next event', () => heard.length === 2, 20_000);
    expect(follower.isHearing).toBe(true);
    follower.stop();
  });
});
