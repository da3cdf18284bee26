import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { type NatsServer, startNats } from '../../../../../scripts/testing/nats-server.ts';
import { createLogger } from '../../log/logger.ts';
import { createMetrics } from '../../metrics/metrics.ts';
import { testEvent } from '../../testing/test-event.ts';
import { ownNatsConfig, testNatsBus } from '../../testing/test-nats-bus.ts';
import { until } from '../../testing/until.ts';
import { type NatsConfig, natsConfig } from './nats-config.ts';
import { natsTail } from './nats-tail.ts';

const PLACED = 'orders.order.placed.v1';

describe.skipIf(inject('natsServer') === undefined)('the tail of the events, when NATS', () => {
  const stops: (() => unknown)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  /** Over a log with one event, behind that. `write` gets the lines of what goes wrong. */
  async function follow(configs: { ofBus: NatsConfig; ofTail: NatsConfig }, write: (line: string) => void) {
    const bus = testNatsBus(configs.ofBus);
    const log = createLogger({ service: 'tail', level: 'warn', destination: { write } });
    const metrics = createMetrics({ service: 'tail', processMetrics: false });
    const tail = natsTail({ config: configs.ofTail, service: 'tail', log, metrics });
    stops.push(
      () => bus.stop?.(),
      () => tail.stop?.(),
    );
    await bus.start?.();
    await until('the bus', () => bus.isUp());
    await bus.publish(testEvent(PLACED));
    await tail.start?.();
    const follower = tail.follow([PLACED], () => {});
    await follower.from;
    return follower;
  }

  test('has nothing to tell, knows that it would hear it, and that it does not once it is gone', {
    timeout: 60_000,
  }, async () => {
    const server = await startNats(inject('natsServer') ?? '');
    stops.push(() => server.stop());
    const own = ownNatsConfig(server.url);
    const follower = await follow({ ofBus: own, ofTail: own }, () => {});
    await until('a heartbeat', () => follower.isHearing, 30_000);
    await server.stop();
    await until('it to be missed', () => !follower.isHearing, 30_000);
  });

  test('is killed and comes back, hears everything once, in order', { timeout: 60_000 }, async () => {
    const server: NatsServer = await startNats(inject('natsServer') ?? '', []);
    stops.push(() => server.stop());
    const config = ownNatsConfig(server.url);
    const bus = testNatsBus(config);
    const log = createLogger({ service: 'tail', level: 'silent' });
    const metrics = createMetrics({ service: 'tail', processMetrics: false });
    const tail = natsTail({ config, service: 'tail', log, metrics });
    stops.push(
      () => bus.stop?.(),
      () => tail.stop?.(),
    );
    await bus.start?.();
    await tail.start?.();
    const published: string[] = [];
    const publish = async () => {
      const event = testEvent(PLACED);
      const taken = () =>
        bus
          .publish(event)
          .then(() => true)
          .catch(() => false);
      await until('the bus to take it', taken, 20_000);
      published.push(event.id);
    };
    await publish();
    const heard: string[] = [];
    const follower = tail.follow([PLACED], ({ event }) => heard.push(event.id));
    await follower.from;
    await publish();
    for (let time = 0; time < 3; time++) {
      await server.kill('SIGKILL');
      await server.restart();
      for (let count = 0; count < 5; count++) await publish();
    }
    await until('all events', () => heard.length >= published.length - 1, 20_000);
    expect(heard).toEqual(published.slice(1));
  });

  test('lets it make a consumer and not ask for its messages, knows that it hears nothing', {
    timeout: 60_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tributary-tail-'));
    stops.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'nats.conf');
    const permissions = 'permissions: { publish: { deny: "$JS.API.CONSUMER.MSG.NEXT.>" }, subscribe: ">" }';
    writeFileSync(
      file,
      `authorization { users = [{ user: bus, password: b }, { user: tail, password: t, ${permissions} }] }`,
    );
    const server: NatsServer = await startNats(inject('natsServer') ?? '', ['-c', file]);
    stops.push(() => server.stop());
    const own = ownNatsConfig(server.url);
    const as = (user: string, password: string) => {
      const { auth } = natsConfig.parse({ servers: [server.url], auth: { user, password } });
      return { ...own, auth };
    };
    const lines: string[] = [];
    const follower = await follow({ ofBus: as('bus', 'b'), ofTail: as('tail', 't') }, (line) => lines.push(line));
    let hasHeard = false;
    await until(
      'it to be told of',
      () => {
        hasHeard ||= follower.isHearing;
        return lines.some((line) => line.includes('events cannot be followed'));
      },
      50_000,
    );
    expect(hasHeard).toBe(false);
  });
});
