import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, validate } from 'graphql';
import { largeSubgraphs } from '../../../gateway/src/testing/large-supergraph.ts';
import { watchedGraph } from '../../../gateway/src/testing/watched-graph.ts';
import { until } from '../../../packages/service-kit/src/testing/until.ts';
import { randomDocument } from '../../../schema/src/check/testing/random-document.ts';
import { drawFrom } from '../../../schema/src/check/testing/random-graph.ts';
import { operationPlanner } from '../../../schema/src/planning/operation-planner.ts';
import { GRAPH } from '../../../schema/src/testing/graph-process.ts';
import { machine } from '../gateways/report.ts';

const DOCUMENTS = 500;
/** Where the graph is made so that no planner gets to an end: no application has such documents. */
const HOSTILE = /\b(?:parts|whole|twin)\b/;
/** How often each is taken; head is another graph each time. */
const CHANGES = 3;
const SWAPS = 9;

/** How long `graph compose` (also with `--watch`) and `graph check` take on a graph of 30 subgraphs and 3,000 fields with 500 documents. */
export async function benchSchema(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const [base, head] = [join(folder, 'base'), join(folder, 'head')];
  for (const [index, { name, sdl }] of largeSubgraphs().entries()) {
    write(join(base, `subgraphs/${name}/schema.graphql`), sdl);
    write(join(base, `subgraphs/${name}/config.yaml`), `server: { port: ${5001 + index} }`);
  }
  const rows = [row('graph compose', [timed(base, 'compose'), timed(base, 'compose'), timed(base, 'compose')])];
  addDocuments(base);
  cpSync(base, head, { recursive: true });
  const cold = [];
  const warm = [];
  for (let change = 0; change < CHANGES; change++) {
    rmSync(join(head, '.tributary'), { recursive: true, force: true });
    changeOne(head, change);
    cold.push(timed(head, 'check', '--against', base));
    changeOne(head, CHANGES + change);
    warm.push(timed(head, 'check', '--against', base));
  }
  rows.push(row('graph check, cold', cold), row('graph check, base known', warm));
  rows.push(row('graph compose --watch, to a swapped gateway', await swaps()));
  console.log(
    [
      `${machine()}; 30 subgraphs, 3,000 fields, ${DOCUMENTS} documents`,
      '',
      '|  | median s | runs |',
      '| --- | ---: | --- |',
      ...rows,
    ].join('\n'),
  );
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function addDocuments(root: string): void {
  const { apiSchema } = operationPlanner(readFileSync(join(root, 'schema/supergraph.graphql'), 'utf8'));
  const draw = drawFrom(1);
  for (let number = 0; number < DOCUMENTS; ) {
    const text = randomDocument(apiSchema, `Q${number}`, draw);
    if (HOSTILE.test(text) || validate(apiSchema, parse(text)).length > 0) continue;
    write(join(root, `schema/documents/app/q${number++}.graphql`), text);
  }
}

/** Another field is added to one of the subgraphs. */
function changeOne(root: string, number: number): void {
  const { name } = largeSubgraphs()[7 + number] as { name: string };
  const file = join(root, `subgraphs/${name}/schema.graphql`);
  writeFileSync(file, `${readFileSync(file, 'utf8')}\nextend type Query { added${number}: Int }`);
}

/** From a change of one subgraph's file to the gateway that serves it, in seconds. */
async function swaps(): Promise<number[]> {
  await using graph = await watchedGraph();
  const seconds: number[] = [];
  for (let change = 0; change < SWAPS; change++) {
    const startedMs = performance.now();
    graph.extend(change, `extend type Query { swapped${change}: Int }`);
    const isServed = async () => (await graph.codeOf(`{ swapped${change} }`)) === 'SUBGRAPH_UNAVAILABLE';
    await until('the gateway serves it', isServed, 30_000);
    seconds.push((performance.now() - startedMs) / 1000);
  }
  return seconds;
}

/** Of the process, in seconds. */
function timed(root: string, command: string, ...args: string[]): number {
  const startedMs = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [...GRAPH, command, '--root', root, ...args]);
  if (status !== 0) throw new Error(`graph ${command} exits ${status}:\n${stdout}${stderr}`);
  return (performance.now() - startedMs) / 1000;
}

const row = (name: string, seconds: number[]) =>
  `| ${name} | ${(seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? 0).toFixed(2)} | ${seconds.map((each) => each.toFixed(2)).join(', ')} |`;
