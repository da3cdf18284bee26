import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { testEvent } from '../../testing/test-event.ts';
import { ownNatsConfig, type TestNatsBus, testNatsBus } from '../../testing/test-nats-bus.ts';
import { until } from '../../testing/until.ts';
import type { CloudEvent } from '../event.ts';
import type { EventSubscription } from '../event-bus.ts';
import type { NatsConfig } from './nats-config.ts';

const PLACED = 'orders.order.placed.v1';
const PAID = 'orders.order.paid.v1';

describe.skipIf(inject('natsUrl') === undefined)('the bus on NATS JetStream', () => {
  let config: NatsConfig;
  let nc: NatsConnection;
  let jsm: Awaited<ReturnType<typeof jetstreamManager>>;
  const opened: TestNatsBus[] = [];
  beforeAll(async () => {
    nc = await connect({ servers: inject('natsUrl') ?? '' });
    jsm = await jetstreamManager(nc);
  });
  beforeEach(() => {
    config = ownNatsConfig(inject('natsUrl') ?? '');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((bus) => bus.stop?.()));
    await jsm.streams.delete(config.stream);
  });
  afterAll(() => nc.close());

  /** Starts a bus, with a consumer where `over` says what it does; what the consumer got is in `received`. */
  async function open(over?: Partial<EventSubscription>, settings: Partial<NatsConfig> = {}) {
    const received: { id: string; attempt: number }[] = [];
    const bus = testNatsBus({ ...config, ...settings });
    if (over !== undefined) {
      bus.subscribe({
        consumer: 'reader',
        types: [PLACED],
        handle: async ({ id }, { attempt }) => void received.push({ id, attempt }),
        refuse: () => Promise.reject(new Error('not expected')),
        ...over,
      });
    }
    opened.push(bus);
    await bus.start?.();
    await until('the broker', () => bus.metrics.scrape().then((text) => text.includes('{service="nats"} 1')));
    return { bus, received, ids: () => received.map(({ id }) => id).sort() };
  }
  const consumerInfo = (name = 'reader') => jsm.consumers.info(config.stream, name).catch(() => undefined);
  const untilConsumer = () => until('the consumer', () => consumerInfo());
  const idsOf = (events: CloudEvent[]) => events.map(({ id }) => id).sort();
  const events = (count: number, type = PLACED) => Array.from({ length: count }, () => testEvent(type));
  const body = (text: string) => nc.publish(`${config.subjectPrefix}.${PLACED}`, text);

  test('keeps one event however often it is published within the window', async () => {
    const { bus, received } = await open({});
    const [event, next] = [testEvent(PLACED), testEvent(PLACED)];
    for (let time = 0; time < 3; time++) await bus.publish(event);
    await until('the event', () => received.length > 0);
    await bus.publish(event);
    await bus.publish(next);
    await until('the next', () => received.some(({ id }) => id === next.id));
    expect(received).toEqual([event, next].map(({ id }) => ({ id, attempt: 1 })));
  });

  test('writes structured CloudEvents, with the trace in a header too', async () => {
    const { bus } = await open();
    const event = testEvent(PLACED, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
    await bus.publish(event);
    const stored = await jsm.streams.getMessage(config.stream, { seq: 1 });
    expect(stored?.subject).toBe(`${config.subjectPrefix}.${PLACED}`);
    expect(stored?.json()).toEqual(event);
    const header = (name: string) => stored?.header.get(name);
    expect(header('Nats-Msg-Id')).toBe(event.id);
    expect(header('content-type')).toBe('application/cloudevents+json');
    expect(header('traceparent')).toBe(event.traceparent);
  });

  test('makes stream and consumer, several processes at the same moment', async () => {
    const buses = await Promise.all(Array.from({ length: 4 }, () => open({})));
    await untilConsumer();
    for (const { bus } of buses) await bus.publish(testEvent(PLACED));
    const { config: stream } = await jsm.streams.info(config.stream);
    expect(stream).toMatchObject({
      subjects: [`${config.subjectPrefix}.>`],
      storage: 'file',
      discard: 'new',
      max_age: 7 * 86_400e9,
      duplicate_window: 120e9,
      max_msg_size: 65_536,
      num_replicas: 1,
    });
    expect((await consumerInfo())?.config).toMatchObject({
      ack_policy: 'explicit',
      ack_wait: 15e9,
      deliver_policy: 'all',
      filter_subjects: [`${config.subjectPrefix}.orders.order.placed.*`],
      max_ack_pending: 10_000,
      max_deliver: -1,
    });
  });

  test('brings a consumer up to date that was made otherwise', async () => {
    const { bus } = await open({});
    await untilConsumer();
    await bus.stop?.();
    await jsm.consumers.update(config.stream, 'reader', { max_ack_pending: 256 });
    await open({});
    await until('the update', async () => (await consumerInfo())?.config.max_ack_pending === 10_000);
  });

  test('leaves a stream as somebody has set it, and adds its own subjects', async () => {
    const other = `${config.subjectPrefix}_other.>`;
    await jsm.streams.add({ name: config.stream, subjects: [other], max_age: 60e9, duplicate_window: 1e9 });
    const { bus } = await open();
    await bus.publish(testEvent(PLACED));
    const { config: stream } = await jsm.streams.info(config.stream);
    expect(stream.subjects).toEqual([other, `${config.subjectPrefix}.>`]);
    expect(stream.max_age).toBe(60e9);
  });

  test('shares the events of a consumer among its processes', async () => {
    const processes = await Promise.all(Array.from({ length: 2 }, () => open({}, { concurrency: 1 })));
    await untilConsumer();
    const published = events(60);
    for (const event of published) await processes[0]?.bus.publish(event);
    const received = () => processes.flatMap((process) => process.ids());
    await until('everything', () => received().length >= published.length);
    expect(received().sort()).toEqual(idsOf(published));
    for (const process of processes) expect(process.received.length).toBeGreaterThan(0);
  });

  test('keeps for a consumer what comes while none of its processes runs', async () => {
    const first = await open({});
    await first.bus.publish(testEvent(PLACED));
    await until('the event', () => first.received.length === 1);
    await first.bus.stop?.();
    const { bus: producer } = await open();
    const published = events(20);
    for (const event of published) await producer.publish(event);
    const second = await open({});
    await until('everything', () => second.received.length === published.length);
    expect(second.ids()).toEqual(idsOf(published));
    expect(first.received).toHaveLength(1);
  });

  test('gives a new version of a service the types that it asks for, and no others', async () => {
    const first = await open({});
    await untilConsumer();
    await first.bus.publish(testEvent(PLACED));
    await until('the event', () => first.received.length > 0);
    // One that the first gives back comes to the second, whatever it asks for.
    await until('no event pending', async () => (await consumerInfo())?.num_ack_pending === 0);
    await first.bus.stop?.();
    const second = await open({ types: [PAID] });
    await until('new filters', async () => (await consumerInfo())?.config.filter_subjects?.join().includes('.paid.'));
    const [placed, paid] = [testEvent(PLACED), testEvent(PAID)];
    for (const event of [placed, paid]) await second.bus.publish(event);
    await until('the event', () => second.received.length > 0);
    expect(second.ids()).toEqual([paid.id]);
  });

  test('makes no consumer for a service that hears nothing', async () => {
    const { bus } = await open({ types: [] });
    await bus.publish(testEvent(PLACED));
    expect(await jsm.consumers.list(config.stream).next()).toEqual([]);
  });

  test('hands over what is no event, keeps asking until it is kept, and goes on', async () => {
    const refused: string[] = [];
    const { bus, received } = await open({
      refuse: async (text) => {
        refused.push(text);
        if (refused.length === 1) throw new Error('the database is away');
      },
    });
    await untilConsumer();
    body('no JSON\0');
    await until('a second time', () => refused.length === 2);
    body(JSON.stringify({ ...testEvent(PLACED), id: 'no uuid' }));
    const event = testEvent(PLACED);
    await bus.publish(event);
    await until('the rest', () => received.length > 0 && refused.length === 3);
    expect(refused.slice(0, 2)).toEqual(['no JSON\0', 'no JSON\0']);
    expect(refused[2]).toContain('no uuid');
    expect(received[0]?.id).toBe(event.id);
    await until('no event pending', async () => (await consumerInfo())?.num_ack_pending === 0);
  });

  test('refuses an event of more than 64 KiB', async () => {
    const { bus } = await open();
    await bus.publish(testEvent(PLACED, { data: 'x'.repeat(60_000) }));
    await expect(bus.publish(testEvent(PLACED, { data: 'x'.repeat(66_000) }))).rejects.toThrow();
  });

  test('makes a stream that was deleted again, for producer and consumer', async () => {
    const { bus, received } = await open({});
    await until('the event', () => bus.publish(testEvent(PLACED)).then(() => received.length > 0));
    await jsm.streams.delete(config.stream);
    const event = testEvent(PLACED);
    await bus.publish(event);
    await until('the event', () => received.some(({ id }) => id === event.id), 15_000);
  });

  test('makes a consumer that was deleted again', async () => {
    const { bus, received } = await open({});
    await untilConsumer();
    await jsm.consumers.delete(config.stream, 'reader');
    const event = testEvent(PLACED);
    await bus.publish(event);
    await until('the event', () => received.some(({ id }) => id === event.id), 15_000);
  });

  test('delivers again what a process took and never acknowledged', async () => {
    const first = await open({});
    const consumer = await untilConsumer();
    await first.bus.stop?.();
    const { bus } = await open();
    const event = testEvent(PLACED);
    await bus.publish(event);
    await jsm.consumers.update(config.stream, 'reader', { ack_wait: 1e9 });
    const dying = await connect({ servers: inject('natsUrl') ?? '' });
    const { consumers } = (await jetstreamManager(dying)).jetstream();
    expect((await consumers.getConsumerFromInfo(consumer).next({ expires: 5000 }))?.json()).toEqual(event);
    await dying.close();
    const second = await open({}, { ackWait: 1000 });
    await until('the event', () => second.received.length > 0);
    expect(second.received).toEqual([{ id: event.id, attempt: 2 }]);
  });

  test('does not lose its hold on events that wait long for their turn', async () => {
    const attempts: number[] = [];
    const { bus } = await open(
      {
        handle: async (_, { attempt }) => {
          attempts.push(attempt);
          await delay(1000);
        },
      },
      { concurrency: 1, ackWait: 1500 },
    );
    for (const event of events(4)) await bus.publish(event);
    await until('everything', async () => attempts.length >= 4 && (await consumerInfo())?.num_ack_pending === 0);
    expect(attempts).toEqual([1, 1, 1, 1]);
  });

  test('finishes at its stop what has begun, and gives the rest to others at once', async () => {
    const { promise: stuck, resolve: release } = Promise.withResolvers<void>();
    const begun: string[] = [];
    const handle = async ({ id }: CloudEvent) => {
      begun.push(id);
      await stuck;
    };
    onTestFinished(() => release());
    const { bus } = await open({ handle }, { concurrency: 1 });
    const [first, ...rest] = events(4) as [CloudEvent, ...CloudEvent[]];
    for (const event of [first, ...rest]) await bus.publish(event);
    await until('all of them taken', async () => (await consumerInfo())?.num_ack_pending === 4);
    let stopped = false;
    const stopping = bus.stop?.()?.then(() => {
      stopped = true;
    });
    const other = await open({});
    await until('the rest', () => other.received.length === rest.length);
    expect(stopped).toBe(false);
    release();
    await stopping;
    expect(begun).toEqual([first.id]);
    expect(other.ids()).toEqual(idsOf(rest));
    await until('nothing pending', async () => (await consumerInfo())?.num_ack_pending === 0);
    await expect(bus.publish(testEvent(PLACED))).rejects.toThrow();
  });

  test('says how many events a consumer has before it, also those that it holds', async () => {
    const scrape = async ({ metrics }: TestNatsBus) =>
      /events_consumer_pending{consumer="reader".*} (\d+)/.exec(await metrics.scrape())?.[1];
    const { promise: stuck, resolve: release } = Promise.withResolvers<void>();
    onTestFinished(() => release());
    const { bus } = await open({ handle: () => stuck }, { concurrency: 1 });
    expect(await until('a figure', () => scrape(bus))).toBe('0');
    for (const event of events(40)) await bus.publish(event);
    // The broker counts what it has stored and what it has handed out one after the other.
    await until('all of them', async () => (await scrape(bus)) === '40');
    release();
    await until('none', async () => (await scrape(bus)) === '0');
  });
});
