import { afterEach, describe, inject } from 'vitest';
import type { EventBus } from '../events/event-bus.ts';
import { inProcessBus } from '../events/in-process-bus.ts';
import { ownNatsConfig, testNatsBus } from './test-nats-bus.ts';

/**
 * Describes the same behaviour on the in-process bus and on NATS JetStream; without a nats-server on this machine that
 * half is skipped (and `npm test` says so). `openBus` gives a bus to subscribe on and then to start, as each process
 * has one: those of one test share a stream of its own, or, in one process, are one and the same. They end with the test.
 */
export function eachBus(name: string, tests: (openBus: () => EventBus) => void): void {
  const on = (openNetwork: () => () => EventBus) => () => {
    let network: (() => EventBus) | undefined;
    const opened = new Set<EventBus>();
    afterEach(async () => {
      await Promise.all(Array.from(opened, (bus) => bus.stop?.()));
      opened.clear();
      network = undefined;
    });
    tests(() => {
      network ??= openNetwork();
      const bus = network();
      opened.add(bus);
      return bus;
    });
  };
  const inOneProcess = () => {
    const bus = inProcessBus();
    return () => bus;
  };
  const overNats = () => {
    const config = ownNatsConfig(inject('natsUrl') ?? '');
    return () => testNatsBus(config);
  };
  describe(`${name} in one process`, on(inOneProcess));
  describe.skipIf(inject('natsUrl') === undefined)(`${name} on NATS`, on(overNats));
}
