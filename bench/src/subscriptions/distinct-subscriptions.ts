import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger, createMetrics, natsBus } from '@tributary/service-kit';
import { ownNatsConfig, testEvent, until } from '@tributary/service-kit/testing';
import { startNats } from '../../../scripts/testing/nats-server.ts';
import { cpuTimeOf, peakMemoryOf, resetPeakMemory } from '../process-usage.ts';
import { quantile } from '../statistics.ts';
import { reportOf, startClients, untilSubscribed } from './client-processes.ts';
import { startEntitySubgraph, TICKED } from './event-subgraph.ts';
import { type Figures, residentOf } from './figures.ts';
import { startGatewayProcess } from './gateway-process.ts';

const PROCESSES = 2;
/** Of the chart's pod with 512 MiB. */
const HEAP_MIB = 256;
/** Half of what a core takes, so that what is measured is no line of events that waits. */
const EVENTS_PER_SECOND = 200;
const TURN_MS = 50;
/** For the last events to come. */
const WAIT_MS = 10_000;

/** Each connection follows an entity of its own, by events of NATS: what customers do who each watch their order. */
export async function benchDistinctSubscriptions(
  { connections, events, folder }: { connections: number; events: number; folder: string },
  figures: Figures,
): Promise<void> {
  const binary = process.env.NATS_SERVER;
  if (binary === undefined) throw new Error('NATS_SERVER does not say where a nats-server is');
  const nats = await startNats(binary);
  const subgraph = await startEntitySubgraph();
  const config = ownNatsConfig(nats.url);
  const log = createLogger({ service: 'bench', level: 'silent' });
  const bus = natsBus({ config, service: 'bench', log, metrics: createMetrics({ service: 'bench' }) });
  const children: ChildProcess[] = [];
  try {
    await bus.start?.();
    await until('the broker', () => bus.isUp());
    // The stream is made with the first event.
    await bus.publish(testEvent(TICKED, { data: { tickId: 'none' } }));
    const { servers, stream, subjectPrefix } = config;
    const gateway = await startGatewayProcess({
      folder,
      sdl: subgraph.sdl,
      url: subgraph.url,
      connections,
      heapMiB: HEAP_MIB,
      config: { events: { nats: { servers, stream, subjectPrefix } } },
    });
    const { pid, port } = gateway;
    const before = residentOf(pid);
    const each = Math.ceil(connections / PROCESSES);
    const query = 'subscription ($id: ID!) { ticked(id: $id) { at } }';
    const many = Array.from({ length: PROCESSES }, (_, index) => {
      const child = startClients({ port, count: each, firstAddress: 2 + 10 * index, query, firstId: index * each });
      children.push(child);
      return child;
    });
    const refused = new Set(await untilSubscribed(many, connections));
    const ids = Array.from({ length: connections }, (_, id) => String(id)).filter((id) => !refused.has(id));
    figures.print('connections, each with a subscription of its own', ids.length);
    figures.print('refused for want of memory', refused.size);
    await figures.idle(pid, before, ids.length);

    resetPeakMemory(pid);
    const cpu = cpuTimeOf(pid);
    const published: Promise<void>[] = [];
    for (const startMs = performance.now(); published.length < events; await delay(TURN_MS)) {
      const due = Math.min(events, ((performance.now() - startMs) * EVENTS_PER_SECOND) / 1000);
      while (published.length < due) {
        const tickId = ids[randomInt(ids.length)] ?? '';
        subgraph.change(tickId);
        published.push(bus.publish(testEvent(TICKED, { data: { tickId } })));
      }
    }
    await Promise.all(published);
    const latencies: number[] = [];
    for (const endMs = Date.now() + WAIT_MS; latencies.length < events && Date.now() < endMs; await delay(TURN_MS)) {
      for (const report of await Promise.all(many.map(reportOf))) latencies.push(...report.latencies);
    }
    const [p50, p99, most] = [0.5, 0.99, 1].map((share) => quantile(latencies, share).toFixed(0));
    figures.print(`${EVENTS_PER_SECOND} events a second: p50, p99, max (ms)`, `${p50}, ${p99}, ${most}`);
    figures.print('CPU of the gateway, each (ms)', ((cpuTimeOf(pid) - cpu) / events).toFixed(2));
    figures.print(`messages of ${events}`, latencies.length);
    figures.expect(latencies.length === events, 'messages were lost');
    figures.peakMemory('distinct', peakMemoryOf(pid));
    await gateway.stop();
  } finally {
    for (const child of children) child.kill();
    subgraph.close();
    await bus.stop?.();
    await nats.stop();
  }
}
