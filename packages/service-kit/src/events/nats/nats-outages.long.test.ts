import { once } from 'node:events';
import { createServer } from 'node:net';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { type NatsServer, startNats } from '../../../../../scripts/testing/nats-server.ts';
import { Secret } from '../../config/secret.ts';
import { testEvent } from '../../testing/test-event.ts';
import { ownNatsConfig, type TestNatsBus, testNatsBus } from '../../testing/test-nats-bus.ts';
import { until } from '../../testing/until.ts';
import type { CloudEvent } from '../event.ts';
import type { EventSubscription } from '../event-bus.ts';
import type { NatsConfig } from './nats-config.ts';

const PLACED = 'orders.order.placed.v1';

/** Each test stops, kills or pauses a broker of its own. */
describe.skipIf(inject('natsServer') === undefined)('the bus, when NATS', () => {
  const servers: NatsServer[] = [];
  const opened: TestNatsBus[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((bus) => bus.stop?.()));
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  async function broker(...args: string[]): Promise<NatsServer> {
    const server = await startNats(inject('natsServer') ?? '', args);
    servers.push(server);
    return server;
  }

  /** Starts a bus with a consumer, and does not wait for the broker. */
  async function open(config: NatsConfig, over: Partial<EventSubscription> = {}) {
    const received: string[] = [];
    const bus = testNatsBus(config);
    opened.push(bus);
    bus.subscribe({
      consumer: 'reader',
      types: [PLACED],
      handle: async ({ id }) => void received.push(id),
      refuse: () => Promise.reject(new Error('not expected')),
      ...over,
    });
    await bus.start?.();
    return { bus, received };
  }
  const isUp = (bus: TestNatsBus) => bus.metrics.scrape().then((text) => text.includes('{service="nats"} 1'));
  const untilUp = (bus: TestNatsBus) => until('the broker', () => isUp(bus));
  const untilDown = (bus: TestNatsBus) => until('no broker', async () => !(await isUp(bus)));
  const messagesOf = (bus: TestNatsBus) => bus.logLines.map((line) => JSON.parse(line).message);

  /** As an outbox does it: until the bus has taken it. */
  async function publish(bus: TestNatsBus, event: CloudEvent): Promise<void> {
    const taken = () =>
      bus.publish(event).then(
        () => true,
        () => false,
      );
    await until('the bus to take the event', taken, 20_000);
  }

  /** Stands in for a broker that is away, until somebody has tried to connect so many times. */
  async function untilRefused({ url }: NatsServer, times: number): Promise<void> {
    let refused = 0;
    const door = createServer((socket) => {
      refused++;
      socket.destroy();
    });
    await once(door.listen(Number(new URL(url).port), '127.0.0.1'), 'listening');
    await until('attempts', () => refused >= times);
    await new Promise((resolve) => door.close(resolve));
  }

  test('is away at the start, comes later', async () => {
    const server = await broker();
    await server.kill('SIGKILL');
    const { bus, received } = await open(ownNatsConfig(server.url));
    const startedMs = performance.now();
    await expect(bus.publish(testEvent(PLACED))).rejects.toThrow('no connection to NATS');
    // Long before the time-out of a publication.
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect(await bus.metrics.scrape()).toContain('external_service_up{service="nats"} 0');
    await untilRefused(server, 3);
    await server.restart();
    await untilUp(bus);
    const event = testEvent(PLACED);
    await bus.publish(event);
    await until('the event', () => received.length > 0);
    expect(received).toEqual([event.id]);
    expect(messagesOf(bus)).toEqual(['no connection to NATS; trying on', 'connected to NATS']);
  });

  test('never comes: the bus still stops', async () => {
    const server = await broker();
    await server.kill('SIGKILL');
    const { bus } = await open(ownNatsConfig(server.url));
    await until('a log line', () => bus.logLines.length > 0);
    const startedMs = performance.now();
    await bus.stop?.();
    expect(performance.now() - startedMs).toBeLessThan(500);
  });

  test('is killed again and again while events are published and consumed: all of them arrive', async () => {
    const server = await broker();
    const config = ownNatsConfig(server.url, { ackWait: 2000 });
    const consumers = await Promise.all([open(config), open(config)]);
    const { bus } = await open(config, { consumer: 'other' });
    const published = Array.from({ length: 400 }, (_, n) => testEvent(PLACED, { subject: `s${n % 20}` }));
    const queue = [...published];
    const work = async () => {
      for (let event = queue.shift(); event !== undefined; event = queue.shift()) await publish(bus, event);
    };
    const outages = async () => {
      for (const left of [300, 200, 100]) {
        await until('its moment', () => queue.length <= left, 20_000);
        await server.kill('SIGKILL');
        await untilDown(bus);
        await server.restart();
        await untilUp(bus);
      }
    };
    await Promise.all([outages(), work(), work(), work(), work()]);
    const ids = new Set(published.map(({ id }) => id));
    const arrived = () => new Set(consumers.flatMap(({ received }) => received));
    await until('everything', () => arrived().size === ids.size, 20_000);
    expect(arrived()).toEqual(ids);
    expect(messagesOf(bus).filter((message) => message === 'connected to NATS')).toHaveLength(4);
    expect(messagesOf(bus).filter((message) => message.startsWith('no connection'))).toHaveLength(3);
  });

  test('loses all its data: stream and consumer are made again', async () => {
    const server = await broker();
    const { bus, received } = await open(ownNatsConfig(server.url));
    await publish(bus, testEvent(PLACED));
    await until('the event', () => received.length === 1);
    await server.kill('SIGKILL');
    await untilDown(bus);
    await server.restart({ empty: true });
    const event = testEvent(PLACED);
    await publish(bus, event);
    await until('the event', () => received.includes(event.id));
  });

  test('is away when a handler ends: the acknowledgement waits for it, and nothing comes twice', async () => {
    const server = await broker();
    const config = ownNatsConfig(server.url);
    const { promise: stuck, resolve: release } = Promise.withResolvers<void>();
    onTestFinished(() => release());
    let handled = 0;
    const { bus } = await open(config, {
      handle: async () => {
        handled++;
        await stuck;
      },
    });
    await publish(bus, testEvent(PLACED));
    await until('the handler', () => handled === 1);
    await server.kill('SIGTERM');
    await untilDown(bus);
    release();
    await server.restart();
    await using nc = await connect({ servers: server.url });
    const { consumers } = await jetstreamManager(nc);
    // Long before the 15 s after which it would come again.
    const info = () => consumers.info(config.stream, 'reader').catch(() => undefined);
    await until('the acknowledgement', async () => (await info())?.num_ack_pending === 0);
    expect(handled).toBe(1);
  });

  /** A signal takes its time: stopped is a broker that no longer answers. Says how long the publication took that failed. */
  async function hang(server: NatsServer, bus: TestNatsBus): Promise<number> {
    await server.kill('SIGSTOP');
    return until('a publication that fails', async () => {
      const startedMs = performance.now();
      const failed = await bus.publish(testEvent(PLACED)).then(
        () => false,
        () => true,
      );
      return failed ? performance.now() - startedMs : undefined;
    });
  }

  test('hangs: publishing ends at its time-out, and goes on later', async () => {
    const server = await broker();
    const { bus, received } = await open(ownNatsConfig(server.url, { publishTimeout: 300 }));
    await publish(bus, testEvent(PLACED));
    const tookMs = await hang(server, bus);
    await server.kill('SIGCONT');
    expect(tookMs).toBeGreaterThan(290);
    expect(tookMs).toBeLessThan(2000);
    const event = testEvent(PLACED);
    await publish(bus, event);
    await until('the event', () => received.includes(event.id));
  });

  test('hangs: the bus still stops', async () => {
    const server = await broker();
    const { bus } = await open(ownNatsConfig(server.url, { publishTimeout: 300 }));
    await publish(bus, testEvent(PLACED));
    await hang(server, bus);
    const startedMs = performance.now();
    await bus.stop?.();
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });

  test('dies: a publication that is under way ends at once', async () => {
    const server = await broker();
    const config = ownNatsConfig(server.url, { publishTimeout: 60_000 });
    const { bus } = await open(config);
    const { bus: impatient } = await open({ ...config, publishTimeout: 300 });
    for (const each of [bus, impatient]) await publish(each, testEvent(PLACED));
    await hang(server, impatient);
    const publishing = expect(bus.publish(testEvent(PLACED))).rejects.toThrow('the connection to NATS was lost');
    await server.kill('SIGKILL');
    await publishing;
  });

  test.each([
    ['a user', ['--user', 'shop', '--pass', 'canary-1'], (s: string) => ({ user: 'shop', password: new Secret(s) })],
    ['a token', ['--auth', 'canary-1'], (s: string) => ({ token: new Secret(s) })],
  ])('wants %s, and the credentials are wrong, then right', async (_, args, auth) => {
    const server = await broker(...args);
    const config = ownNatsConfig(server.url);
    const { bus } = await open({ ...config, auth: auth('canary-2') });
    await until('a refusal', () => bus.logLines.length > 0);
    expect(await isUp(bus)).toBe(false);
    const { bus: right, received } = await open({ ...config, auth: auth('canary-1') });
    await publish(right, testEvent(PLACED));
    await until('the event', () => received.length === 1);
    expect([...bus.logLines, ...right.logLines].join()).not.toContain('canary');
  });
});
