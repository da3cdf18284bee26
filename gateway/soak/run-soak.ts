import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AUDIENCE, ISSUER, newKey, startFakeIssuer } from '../src/testing/fake-issuer.ts';
import { startBooks, startReviews } from '../src/testing/library-graph.ts';
import { compose } from '../src/testing/test-gateway.ts';
import { faults } from './faults.ts';
import { growth, leftOver, liveGrowth, overMemory, residentSlope } from './judge.ts';
import { type LiveReading, type Reading, readProcess } from './reading.ts';
import { startSoakedGateway } from './soaked-gateway.ts';
import { sendTraffic } from './traffic.ts';

const MIB = 1024 ** 2;
const CLIENTS = 20;
const FAULT_MS = 3000;
const SWAP_MS = 7000;
const READ_MS = 1000;
/** About so many, as a collection stops everything else. */
const LIVE_READINGS = 12;
/** Clients and subgraphs share a process, which is busy at times. */
const MAX_FAILED = 0.01;
const WARM_UP_MS = 8000;
/** Longer than connections are kept and the requests under way may take. */
const REST_MS = 12_000;

const configOf = (jwksUri: string) => `
server: { host: 127.0.0.1, port: 0 }
admin: { host: 127.0.0.1, port: 0 }
deadline: 3s
supergraphPoll: 1s
subgraphRequest: { timeout: 1s }
# All clients have one address.
rateLimit: { limits: [{ key: ip, rate: 100000, burst: 100000 }] }
# It is no supergraph's fault that a subgraph is ill.
swap: { rollback: false }
identity: { issuers: [{ issuer: ${ISSUER}, audience: ${AUDIENCE}, jwksUri: "${jwksUri}" }] }
`;

/**
 * @param memoryBytes What the gateway's container is said to have; undefined: no limit.
 * @returns what is wrong; nothing where all is well
 */
export async function runSoak(
  seconds: number,
  memoryBytes: number | undefined,
  print: (line: string) => void,
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-soak-'));
  await using books = await startBooks();
  await using reviews = await startReviews();
  const supergraph = join(folder, 'supergraph.graphql');
  writeFileSync(supergraph, compose([books, reviews]));
  const key = await newKey('soak');
  await using issuer = await startFakeIssuer([key]);
  const token = await key.sign({ exp: Math.floor(Date.now() / 1000) + 24 * 3600 });
  writeFileSync(join(folder, 'gateway.yaml'), configOf(issuer.jwksUri));
  const args = ['--supergraph', supergraph, '--config', join(folder, 'gateway.yaml')];
  await using gateway = await startSoakedGateway(args, memoryBytes);
  const { url, adminUrl } = gateway;
  // A line for each request is not what is looked for.
  await setLogLevel(adminUrl, 'error');
  const load = async (ms: number) => {
    const agent = new Agent({ keepAlive: true });
    const endMs = performance.now() + ms;
    const report = await sendTraffic({ url, agent, token }, CLIENTS, () => performance.now() > endMs);
    agent.destroy();
    await delay(REST_MS);
    return report;
  };
  const swap = (turn: number) => {
    writeFileSync(`${supergraph}.new`, `${compose([books, reviews])}\n# ${turn}\n`);
    renameSync(`${supergraph}.new`, supergraph);
  };
  // From the first swap on there is a second thread for planners.
  swap(-1);
  await load(WARM_UP_MS);
  const before = await readProcess(adminUrl);

  const readings: Reading[] = [];
  const live: LiveReading[] = [];
  const startedMs = performance.now();
  const everyNth = Math.ceil((seconds * 1000) / SWAP_MS / LIVE_READINGS);
  const jobs = [
    every(READ_MS, async () => readings.push(await readProcess(adminUrl))),
    every(FAULT_MS, (turn) => {
      const all = Object.values(faults);
      reviews.answerWith(all[turn % all.length]);
      // They keep every request.
      for (const { requests } of [books, reviews]) requests.length = 0;
    }),
    every(SWAP_MS, async (turn) => {
      // Just before a swap, as the caches of a supergraph have had the same time each time.
      if (turn % everyNth === 0) live.push(liveReading(performance.now() - startedMs, await gateway.live()));
      swap(turn);
    }),
  ];
  const { counts, failedLight, findings } = await load(seconds * 1000);
  for (const job of jobs) clearInterval(job);
  const after = await readProcess(adminUrl);
  const ofLoad = readings.filter(({ atMs }) => atMs < after.atMs - REST_MS);

  for (const [what, count] of [...counts].sort(([a], [b]) => a.localeCompare(b)))
    print(`${`${count}`.padStart(8)}  ${what}`);
  const { slope, mean } = residentSlope(ofLoad);
  const peak = Math.max(...ofLoad.map(({ residentMiB }) => residentMiB));
  print(
    `resident ${mean.toFixed(0)} MiB, ${slope.toFixed(2)} MiB a minute in the second half; ${peak.toFixed(0)} at most`,
  );
  print(
    `after a collection: ${live.map(({ heapMiB, outsideMiB }) => `${heapMiB.toFixed(0)}+${outsideMiB.toFixed(0)}`).join(', ')} MiB`,
  );
  const light = counts.get('light: 200') ?? 0;
  print(`${failedLight} of ${light} operations of a subgraph that is well failed`);
  if (failedLight > light * MAX_FAILED) findings.push('operations fail of a subgraph that is well');
  print(`before: ${shown(before)}\nafter:  ${shown(after)}`);
  const logged = gateway.output().match(/"level":"(?:error|fatal)".*/g) ?? [];
  rmSync(folder, { recursive: true });
  const memory = [...growth(ofLoad), ...liveGrowth(live), ...overMemory(ofLoad, memoryBytes)];
  return [...findings, ...memory, ...leftOver(before, after), ...logged.slice(0, 5)];
}

async function setLogLevel(adminUrl: string, level: string): Promise<void> {
  const body = JSON.stringify({ level, for: '24h' });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${adminUrl}/log/level`, { method: 'PUT', headers, body });
  if (!response.ok) throw new Error(`the log level was answered with ${response.status}`);
}

function every(ms: number, work: (turn: number) => unknown): NodeJS.Timeout {
  let turn = 0;
  return setInterval(() => void work(turn++), ms);
}

const liveReading = (atMs: number, { heapUsed, external }: NodeJS.MemoryUsage): LiveReading => ({
  atMs,
  heapMiB: heapUsed / MIB,
  // Buffers are among it.
  outsideMiB: external / MIB,
});

const shown = ({ openFiles, timers, heapMiB, residentMiB, loopP99Ms }: Reading) =>
  `${openFiles} open files, ${timers} timers, heap ${heapMiB.toFixed(0)} MiB, resident ${residentMiB.toFixed(0)} MiB, event loop p99 ${loopP99Ms.toFixed(0)} ms`;
