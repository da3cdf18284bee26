import { createLogger, createMetrics, natsTail } from '@tributary/service-kit';
import { ownNatsConfig, testEvent, testNatsBus, until } from '@tributary/service-kit/testing';
import { describe, expect, inject, it } from 'vitest';
import { CHANGED, nextOf, startLiveGraph } from './testing/live-graph.ts';

const CHANGE = 'subscription ($id: ID!) { itemChanged(id: $id) { name stock } }';
const variables = { id: '1' };

describe.skipIf(inject('natsUrl') === undefined)('a subscription to events on NATS', () => {
  it('misses nothing while the gateway is restarted between two events', { timeout: 60_000 }, async () => {
    await using stack = new AsyncDisposableStack();
    const config = ownNatsConfig(inject('natsUrl') ?? '');
    const bus = testNatsBus(config);
    await bus.start?.();
    stack.defer(() => bus.stop?.());
    await until('the broker', () => bus.isUp());
    const changed = (itemId = '1') => bus.publish(testEvent(CHANGED, { data: { itemId } }));
    await changed();
    const log = createLogger({ service: 'gateway', level: 'silent' });
    /** A gateway as a process of its own has it. */
    const start = async () => {
      const metrics = createMetrics({ service: 'gateway', processMetrics: false });
      const tail = natsTail({ config, service: 'gateway', log, metrics });
      await tail.start?.();
      return { tail, graph: await startLiveGraph({ tail }) };
    };

    const first = await start();
    const live = await first.graph.subscribe(CHANGE, { variables });
    await changed();
    const { data, eventId } = await nextOf(live);
    expect(data).toEqual({ itemChanged: { name: 'a cup', stock: 7 } });
    await first.graph[Symbol.asyncDispose]();
    await first.tail.stop?.();
    // Nobody is there to hear these.
    await changed();
    await changed('2');
    await changed();

    const second = await start();
    stack.defer(() => second.tail.stop?.());
    stack.use(second.graph);
    const again = await second.graph.subscribe(CHANGE, { variables, ...(eventId && { lastEventId: eventId }) });
    await changed();
    const ids = [await nextOf(again), await nextOf(again), await nextOf(again)].map((next) => next.eventId);
    const [stream, sequence] = eventId?.split('-') ?? [];
    expect(ids).toEqual([1, 3, 4].map((later) => `${stream}-${Number(sequence) + later}`));
    // From another client, by what is kept now.
    const other = await second.graph.subscribe(CHANGE, { variables, lastEventId: ids[0] });
    expect((await nextOf(other)).eventId).toBe(ids[1]);
    const lost = second.graph.subscribe(CHANGE, { variables, lastEventId: `${stream}-999999` });
    const later = await lost;
    await changed();
    expect((await nextOf(again)).eventId).toBe(`${stream}-${Number(sequence) + 5}`);
    await later.return?.();
  });
});
