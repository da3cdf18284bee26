import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuTimeOf, peakMemoryOf, resetPeakMemory } from '../process-usage.ts';
import { median, quantile } from '../statistics.ts';
import { reportOf, startClients, untilSubscribed } from './client-processes.ts';
import type { ToClients } from './clients.ts';
import { type EventSubgraph, startEventSubgraph } from './event-subgraph.ts';
import { type Figures, residentOf } from './figures.ts';
import { startGatewayProcess } from './gateway-process.ts';

const PROCESSES = 2;
/** Of the chart's pods, which have 512 MiB. */
const HEAP_MIB = 256;
const BETWEEN_LOOKS_MS = 100;
/** For an event to come to all. */
const WAIT_MS = 30_000;
/** For a client that reads again to see that it was ended. */
const END_MS = 10_000;
const NOT_ENDED = 'nothing: it lives';
/**
 * Between the small events: 60 MB, so that what waits for a client that reads none of them fills the kernel's buffers
 * (10 MB), and then ours (`bufferedEvents`).
 */
const LARGE_EVENTS = 300;
const LARGE_BYTES = 200_000;
/** So that nobody who reads is slow for it. */
const BETWEEN_LARGE_MS = 5;
/** With nobody slow and with somebody, one after the other: of a single one, runs that are alike gave 0.67 to 1.52. */
const ROUNDS = 5;
/** How much longer a slow consumer may make an event take to all others, the median of the rounds. */
const MOST_HARM = 1.5;

/** All connections have the same subscription, which the gateway asks the subgraph for once. */
export async function benchSharedSubscription(
  { connections, events, folder }: { connections: number; events: number; folder: string },
  figures: Figures,
): Promise<void> {
  const subgraph = await startEventSubgraph();
  const children: ChildProcess[] = [];
  try {
    const { sdl, url } = subgraph;
    const config = { subgraphs: { events: { subscriptions: { protocol: 'sse', url } } } };
    // And two that are fast and slow.
    const gateway = await startGatewayProcess({
      ...{ folder, sdl, url, config, heapMiB: HEAP_MIB },
      connections: connections + 2,
    });
    const { pid, port } = gateway;
    const clients = (count: number, firstAddress: number, field: string) => {
      const child = startClients({ port, count, firstAddress, query: `subscription { ${field} { at } }` });
      children.push(child);
      return child;
    };
    const before = residentOf(pid);
    const each = Math.ceil(connections / PROCESSES);
    const many = Array.from({ length: PROCESSES }, (_, index) => clients(each, 2 + 10 * index, 'ticked'));
    const refused = await untilSubscribed(many, connections);
    figures.expect(refused.length === 0, `${refused.length} were refused`);
    figures.print('connections, each with the same subscription', connections);
    await figures.idle(pid, before, connections);

    const load = { pid, clients: many, connections, subgraph, events };
    print('an event to all', [await fanOut(load, false)], connections, figures);
    const reader = clients(1, 60, 'filled');
    await untilSubscribed([reader], 1);
    const alone: FanOut[] = [];
    const harmed: FanOut[] = [];
    const ends: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const slow = clients(1, 50, 'filled');
      await untilSubscribed([slow], 1);
      alone.push(await fanOut(load, true));
      slow.send('pause' satisfies ToClients);
      harmed.push(await fanOut(load, true));
      slow.send('resume' satisfies ToClients);
      ends.push(await untilEnded(slow));
      slow.kill();
    }
    figures.print('a slow consumer was ended, by', ends.join(', '));
    figures.expect(!ends.includes(NOT_ENDED), 'a consumer that reads nothing was not ended');
    print('the same, beside large events for two', alone, connections, figures);
    print('the same, one of them slow', harmed, connections, figures);
    const read = (await reportOf(reader)).latencies.length;
    const large = 2 * ROUNDS * events * largeBeside(events);
    figures.print(`of ${large} large events its neighbour got`, read);
    figures.expect(read === large, 'the neighbour of the slow consumer missed events');
    const harm = median(harmed.map(({ slowestMs }, round) => slowestMs / (alone[round]?.slowestMs ?? 0)));
    figures.print(`an event to all others with it, to without it (median of ${ROUNDS})`, harm.toFixed(2));
    figures.expect(harm <= MOST_HARM, `the slow consumer made others ${harm.toFixed(2)} times slower`);
    await gateway.stop();
  } finally {
    for (const child of children) child.kill();
    subgraph.close();
  }
}

/** By which close code it was, where it has read nothing and reads again. */
async function untilEnded(slow: ChildProcess): Promise<string> {
  for (const endMs = Date.now() + END_MS; Date.now() < endMs; await delay(BETWEEN_LOOKS_MS)) {
    const { ended, closeCodes } = await reportOf(slow);
    if (ended === 1) return String(closeCodes[0] ?? 'the end of its connection');
  }
  return NOT_ENDED;
}

/** Of each small one. */
const largeBeside = (events: number) => Math.ceil(LARGE_EVENTS / events);

interface Load {
  readonly pid: number;
  readonly clients: readonly ChildProcess[];
  readonly connections: number;
  readonly subgraph: EventSubgraph;
  readonly events: number;
}

interface FanOut {
  /** Of each event to each connection, in ms. */
  readonly latencies: readonly number[];
  /** How long an event took to the last one, the median. */
  readonly slowestMs: number;
  /** Of the gateway, for each event. */
  readonly cpuMs: number;
  readonly peakMiB: number;
  readonly events: number;
}

/** One event after the other, each when all have had the one before. */
async function fanOut(load: Load, besideLarge: boolean): Promise<FanOut> {
  const { pid, clients, connections, subgraph, events } = load;
  resetPeakMemory(pid);
  const cpu = cpuTimeOf(pid);
  const latencies: number[] = [];
  const slowest: number[] = [];
  for (let event = 1; event <= events; event++) {
    const before = latencies.length;
    for (let large = 0; besideLarge && large < largeBeside(events); large++) {
      subgraph.emit('filled', LARGE_BYTES);
      await delay(BETWEEN_LARGE_MS);
    }
    subgraph.emit('ticked', 0);
    for (const endMs = Date.now() + WAIT_MS; latencies.length < event * connections && Date.now() < endMs; ) {
      await delay(BETWEEN_LOOKS_MS);
      for (const report of await Promise.all(clients.map(reportOf))) latencies.push(...report.latencies);
    }
    slowest.push(latencies.slice(before).reduce((most, ms) => Math.max(most, ms), 0));
  }
  const cpuMs = (cpuTimeOf(pid) - cpu) / events;
  return { latencies, slowestMs: median(slowest), cpuMs, peakMiB: peakMemoryOf(pid), events };
}

/** What rounds of the same measured. */
function print(what: string, rounds: readonly FanOut[], connections: number, figures: Figures): void {
  const latencies = rounds.flatMap((round) => round.latencies);
  const sent = rounds.reduce((sum, { events }) => sum + events * connections, 0);
  const [p50, p99, most] = [0.5, 0.99, 1].map((share) => quantile(latencies, share)) as [number, number, number];
  figures.print(`${what}: p50, p99, max (ms)`, [p50, p99, most].map((ms) => ms.toFixed(0)).join(', '));
  const cpuMs = median(rounds.map((round) => round.cpuMs));
  figures.print(`${what}: CPU of the gateway, each (ms)`, cpuMs.toFixed(0));
  figures.print(`${what}: messages of ${sent}`, latencies.length);
  figures.expect(latencies.length === sent, `${what}: messages were lost`);
  figures.peakMemory(what, Math.max(...rounds.map((round) => round.peakMiB)));
}
