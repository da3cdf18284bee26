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
import { median, quantile } from '../gateways/statistics.ts';
import { coldOperation } from './cold-operation.ts';

const CLIENTS = 20;
/** Each client asks so often: what two cores answer without queues, so that a wait is the gateway's. */
const HOT_EVERY_MS = 50;
const COLD_EVERY_MS = 100;
const SECONDS = 5;
/** One round is a p99 of 2,000 answers: on a shared machine it says little by itself. */
const ROUNDS = 7;
const NAMES = ['stock', 'drop-in', 'tributary'];

interface Round {
  readonly aloneP99Ms: number;
  /** While the same operations are asked for once more, which are planned by then. */
  readonly knownP99Ms: number;
  readonly besideP99Ms: number;
  readonly coldP50Ms: number;
  readonly coldAsked: number;
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
  const rounds = new Map<RunningContender, Round[]>(gateways.map((gateway) => [gateway, []]));
  let number = 1;
  for (let round = 0; round < ROUNDS; round++) {
    for (const gateway of gateways) {
      await hot(gateway.port);
      const alone = await hot(gateway.port);
      const [beside, cold] = await Promise.all([hot(gateway.port), coldOnes(gateway.port, number)]);
      const [known] = await Promise.all([hot(gateway.port), coldOnes(gateway.port, number)]);
      number += cold.length;
      rounds.get(gateway)?.push({
        aloneP99Ms: quantile(alone, 0.99),
        knownP99Ms: quantile(known, 0.99),
        besideP99Ms: quantile(beside, 0.99),
        coldP50Ms: quantile(cold, 0.5),
        coldAsked: cold.length,
      });
    }
  }
  console.log(report(rounds));
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

function report(rounds: ReadonlyMap<RunningContender, readonly Round[]>): string {
  const rows = [...rounds].map(([{ contender }, each]) => {
    const of = (figure: (round: Round) => number) => median(each.map(figure));
    const toAlone = of(({ besideP99Ms, aloneP99Ms }) => besideP99Ms / aloneP99Ms);
    const toKnown = of(({ besideP99Ms, knownP99Ms }) => besideP99Ms / knownP99Ms);
    const p99s = [of((round) => round.aloneP99Ms), of((round) => round.knownP99Ms), of((round) => round.besideP99Ms)];
    const figures = [...p99s, toAlone, toKnown, of((round) => round.coldP50Ms)].map((value) => value.toFixed(2));
    const cells = [contender.title, ...figures, of((round) => round.coldAsked)];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `${machine()}; light operation by ${CLIENTS} clients every ${HOT_EVERY_MS} ms, medians of ${ROUNDS} rounds of ${SECONDS} s`,
    '',
    '|  | hot p99 ms | beside heavy ones, planned before | beside the same, cold | cold / alone | cold / planned before | p50 ms of cold ones | of them in a round |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}
