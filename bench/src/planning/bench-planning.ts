import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CONTENDERS } from '../gateways/contenders/contenders.ts';
import { type RunningContender, startContender } from '../gateways/contenders/start-contender.ts';
import { startFixtures } from '../gateways/fixtures/start-fixtures.ts';
import { composeSupergraph } from '../gateways/fixtures/supergraph.ts';
import { Connection } from '../gateways/load/connection.ts';
import { requestText } from '../gateways/load/request-text.ts';
import { createTokenIssuer } from '../gateways/load/tokens.ts';
import { OPERATIONS } from '../gateways/operations.ts';
import { machine } from '../gateways/report.ts';
import { quantile } from '../statistics.ts';
import { coldOperation } from './cold-operation.ts';

const CLIENTS = 20;
/** Each client asks so often: what two cores answer without queues, so that a wait is the gateway's. */
const HOT_EVERY_MS = 50;
const COLD_EVERY_MS = 100;
const SECONDS = 5;
/** One round is a p99 of 2,000 answers, which says little by itself on a shared machine: it is taken of all of them. */
const ROUNDS = 5;
const NAMES = ['stock', 'drop-in', 'tributary'];

/** Latencies in milliseconds, of all rounds. */
interface Latencies {
  readonly alone: number[];
  /** While the same operations are asked for once more, which are planned by then. */
  readonly known: number[];
  readonly beside: number[];
  readonly cold: number[];
}

/** How much slower hot operations are while others are planned; planning on the event loop holds up everything. */
export async function benchPlanning(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  const { keys, issuer, audience } = createTokenIssuer();
  const { urls } = await startFixtures(keys, folder);
  const supergraph = join(folder, 'supergraph.graphql');
  writeFileSync(supergraph, composeSupergraph(urls.subgraphs).sdl);
  const setup = { supergraph, folder, sharing: false, tokens: { issuer, audience, jwks: urls.jwks } };
  const gateways: RunningContender[] = [];
  for (const contender of CONTENDERS.filter(({ name }) => NAMES.includes(name))) {
    gateways.push(await startContender(contender, setup));
  }
  const measured = new Map<RunningContender, Latencies>(
    gateways.map((gateway) => [gateway, { alone: [], known: [], beside: [], cold: [] }]),
  );
  let number = 1;
  for (let round = 0; round < ROUNDS; round++) {
    for (const [{ port }, latencies] of measured) {
      await hot(port);
      latencies.alone.push(...(await hot(port)));
      const [beside, cold] = await Promise.all([hot(port), coldOnes(port, number)]);
      const [known] = await Promise.all([hot(port), coldOnes(port, number)]);
      number += cold.length;
      latencies.beside.push(...beside);
      latencies.known.push(...known);
      latencies.cold.push(...cold);
    }
  }
  console.log(report(measured));
}

/** Latencies in milliseconds. A client that was answered late asks again at once. */
async function asked(port: number, everyMs: number, text: () => string): Promise<number[]> {
  const connection = new Connection(port);
  const latencies: number[] = [];
  const startedAt = performance.now();
  for (let count = 0; performance.now() < startedAt + SECONDS * 1000; count++) {
    const askedAt = performance.now();
    const { status, body } = await connection.ask(text());
    latencies.push(performance.now() - askedAt);
    if (status !== 200 || body.includes('"errors"')) throw new Error(`${status} ${body.toString().slice(0, 500)}`);
    await delay(Math.max(0, startedAt + (count + 1) * everyMs - performance.now()));
  }
  connection.close();
  return latencies;
}

async function hot(port: number): Promise<number[]> {
  const operation = OPERATIONS.find(({ name }) => name === 'light');
  if (operation === undefined) throw new Error('no light operation');
  const text = requestText({ port, operation });
  const clients = Array.from({ length: CLIENTS }, async (_, index) => {
    await delay((index * HOT_EVERY_MS) / CLIENTS);
    return asked(port, HOT_EVERY_MS, () => text);
  });
  return (await Promise.all(clients)).flat();
}

function coldOnes(port: number, first: number): Promise<number[]> {
  let number = first;
  const text = () =>
    requestText({ port, operation: { name: 'heavy', authenticated: false, query: coldOperation(number++) } });
  return asked(port, COLD_EVERY_MS, text);
}

function report(measured: ReadonlyMap<RunningContender, Latencies>): string {
  const rows = [...measured].map(([{ contender }, { alone, known, beside, cold }]) => {
    const [p99Alone, p99Known, p99Beside] = [alone, known, beside].map((each) => quantile(each, 0.99)) as [
      number,
      number,
      number,
    ];
    const ratios = [p99Beside / p99Alone, p99Beside / p99Known];
    const figures = [p99Alone, p99Known, p99Beside, ...ratios, quantile(cold, 0.5)];
    return `| ${[contender.title, ...figures.map((value) => value.toFixed(2)), cold.length].join(' | ')} |`;
  });
  return [
    `${machine()}; light operation by ${CLIENTS} clients every ${HOT_EVERY_MS} ms, ${ROUNDS} rounds of ${SECONDS} s`,
    '',
    '|  | hot p99 ms | beside heavy ones, planned before | beside the same, cold | cold / alone | cold / planned before | p50 ms of cold ones | of them |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}
