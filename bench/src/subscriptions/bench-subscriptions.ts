import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { startProcess } from '../gateways/start-process.ts';
import { quantile } from '../gateways/statistics.ts';
import { cpuTimeOf, peakMemoryOf, resetPeakMemory } from '../process-usage.ts';
import type { ClientReport, ToClients } from './clients.ts';
import { type EventSubgraph, startEventSubgraph } from './event-subgraph.ts';

/** Files that a process has open beside its connections. */
const OTHER_FILES = 200;
const PROCESSES = 2;
const IDLE_MS = 20_000;
const BETWEEN_LOOKS_MS = 100;
/** For an event to come to all. */
const WAIT_MS = 30_000;
const PADDING_BYTES = 100_000;
/** For a client that reads again to see that it was ended. */
const END_MS = 3000;
/** With each small one: what waits for a client that does not read them fills the kernel's buffers, and then ours. */
const LARGE_EVENTS = 5;

/** Many idle subscriptions on one gateway: what they take, and how long an event takes to all of them. */
export async function benchSubscriptions(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { connections: { type: 'string', default: '10000' }, events: { type: 'string', default: '40' } },
  });
  const [connections, events] = [Number(values.connections), Number(values.events)];
  checkOpenFiles(connections);
  const folder = mkdtempSync(join(tmpdir(), 'bench-subscriptions-'));
  const subgraph = await startEventSubgraph();
  const children: ChildProcess[] = [];
  try {
    const { pid, port, stop } = await startGateway(folder, connections, subgraph);
    const clients = (count: number, firstAddress: number, field: string) => {
      const child = startClients({ port, count, firstAddress, field });
      children.push(child);
      return child;
    };
    const before = residentOf(pid);
    const each = Math.ceil(connections / PROCESSES);
    const many = Array.from({ length: PROCESSES }, (_, index) => clients(each, 2 + 10 * index, 'ticked'));
    await untilSubscribed(many, connections);
    print('connections, each with a subscription', String(connections));
    await delay(2000);
    const idleCpu = cpuTimeOf(pid);
    await delay(IDLE_MS);
    const idle = residentOf(pid);
    print('resident without, with (MiB)', `${before.toFixed(0)}, ${idle.toFixed(0)}`);
    print('of each connection, both (KiB)', (((idle - before) * 1024) / connections).toFixed(1));
    print('CPU while idle', `${((100 * (cpuTimeOf(pid) - idleCpu)) / IDLE_MS).toFixed(1)} % of a core`);

    const load = { pid, clients: many, connections, subgraph, events };
    await fanOut('an event to all', load);
    const slow = clients(1, 50, 'filled');
    const reader = clients(1, 60, 'filled');
    await untilSubscribed([slow, reader], 2);
    await fanOut('the same, beside large events for two', load, PADDING_BYTES);
    await reportOf(reader);
    slow.send('pause' satisfies ToClients);
    await fanOut('the same, one of them slow', load, PADDING_BYTES);
    slow.send('resume' satisfies ToClients);
    await delay(END_MS);
    const [slowReport, readerReport] = [await reportOf(slow), await reportOf(reader)];
    print('the slow consumer', slowReport.ended === 1 ? 'was ended' : 'was not ended: it had too little to read');
    print(`of ${events * LARGE_EVENTS} large events its neighbour got`, `${readerReport.latencies.length}`);
    await stop();
  } finally {
    for (const child of children) child.kill();
    subgraph.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws Error where this machine does not let a process have so many connections */
function checkOpenFiles(connections: number): void {
  const most = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  console.log(`ulimit -n: ${most}`);
  if (most === 'unlimited' || Number(most) >= connections + OTHER_FILES) return;
  throw new Error(
    `A process may have ${most} files open here, and the gateway needs ${connections + OTHER_FILES}: ` +
      'raise it (ulimit -n), or pass --connections N.',
  );
}

async function startGateway(folder: string, connections: number, { sdl, url }: EventSubgraph) {
  const { supergraphSdl, errors } = composeServices([{ name: 'events', url, typeDefs: parse(sdl) }]);
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? []);
  const files = { supergraph: join(folder, 'supergraph.graphql'), config: join(folder, 'gateway.yaml') };
  writeFileSync(files.supergraph, supergraphSdl);
  const config = {
    supergraph: files.supergraph,
    server: { host: '127.0.0.1', port: 0 },
    admin: { host: '127.0.0.1', port: 0 },
    log: { level: 'warn' },
    rateLimit: { limits: [{ key: 'ip', rate: 10_000, burst: 50_000 }] },
    // And two that are fast and slow.
    subscriptions: { connections: { perNode: connections + 2 } },
    subgraphs: { events: { subscriptions: { protocol: 'sse', url } } },
  };
  writeFileSync(files.config, JSON.stringify(config));
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const main = ['--import', join(root, 'packages/service-kit/register.mjs'), join(root, 'gateway/src/main.ts')];
  const logFile = join(folder, 'gateway.log');
  const { pid, child, assertRuns } = startProcess(
    'the gateway',
    // As in the chart, whose pods have 512 MiB: Node gives half of it to the heap.
    { args: ['--max-semi-space-size=16', '--max-old-space-size=256', ...main, '--config', files.config] },
    logFile,
  );
  for (;;) {
    assertRuns();
    const port = /^Gateway is ready: http:\/\/[^:]+:(\d+)/m.exec(readFileSync(logFile, 'utf8'))?.[1];
    if (port !== undefined) {
      const stop = async () => {
        const ended = once(child, 'exit');
        child.kill();
        await ended;
      };
      return { pid, port: Number(port), stop };
    }
    await delay(20);
  }
}

function startClients(whom: Exclude<ToClients, string>): ChildProcess {
  const child = fork(fileURLToPath(new URL('clients.ts', import.meta.url)), {
    execArgv: ['--import', fileURLToPath(new URL('../../../packages/service-kit/register.mjs', import.meta.url))],
  });
  child.send(whom);
  return child;
}

async function reportOf(child: ChildProcess): Promise<ClientReport> {
  child.send('report' satisfies ToClients);
  const [report] = await once(child, 'message');
  return report as ClientReport;
}

async function untilSubscribed(children: readonly ChildProcess[], count: number): Promise<void> {
  for (;;) {
    await delay(200);
    const reports = await Promise.all(children.map(reportOf));
    const ended = reports.reduce((sum, report) => sum + report.ended, 0);
    if (ended > 0)
      throw new Error(`${ended} connections have ended, by ${reports.flatMap((each) => each.closeCodes).slice(0, 5)}`);
    if (reports.reduce((sum, { subscribed }) => sum + subscribed, 0) >= count) return;
  }
}

interface Load {
  readonly pid: number;
  readonly clients: readonly ChildProcess[];
  readonly connections: number;
  readonly subgraph: EventSubgraph;
  readonly events: number;
}

/** One event after the other, each when all have had the one before. @param besideBytes of large events between them */
async function fanOut(what: string, load: Load, besideBytes = 0): Promise<void> {
  const { pid, clients, connections, subgraph, events } = load;
  resetPeakMemory(pid);
  const cpu = cpuTimeOf(pid);
  const latencies: number[] = [];
  for (let event = 1; event <= events; event++) {
    for (let large = 0; besideBytes > 0 && large < LARGE_EVENTS; large++) subgraph.emit('filled', besideBytes);
    subgraph.emit('ticked', 0);
    for (const endMs = Date.now() + WAIT_MS; latencies.length < event * connections && Date.now() < endMs; ) {
      await delay(BETWEEN_LOOKS_MS);
      for (const report of await Promise.all(clients.map(reportOf))) latencies.push(...report.latencies);
    }
  }
  const [p50, p99, most] = [0.5, 0.99, 1].map((share) => quantile(latencies, share).toFixed(0));
  print(`${what}: p50, p99, max (ms)`, `${p50}, ${p99}, ${most}`);
  print(`${what}: CPU of the gateway, each (ms)`, ((cpuTimeOf(pid) - cpu) / events).toFixed(0));
  print(`${what}: messages of ${events * connections}`, String(latencies.length));
  print(`${what}: resident at most (MiB)`, peakMemoryOf(pid).toFixed(0));
}

const residentOf = (pid: number) =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const print = (what: string, value: string) => console.log(`${what.padEnd(60)} ${value}`);
