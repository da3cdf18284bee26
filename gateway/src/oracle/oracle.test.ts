import { describe, expect, it } from 'vitest';
import { OracleGraph } from './oracle-graph.ts';
import { CASES_PER_GRAPH, type CasesRun, runCases } from './run-cases.ts';
import type { StartSubject } from './subject.ts';
import { startApolloGateway } from './subjects/apollo-gateway.ts';
import { startOwnExecutor } from './subjects/own-executor.ts';
import { startTributaryGateway } from './subjects/tributary-gateway.ts';

/** A report says which of them its case is found with. */
const SEED = Number(process.env.ORACLE_SEED ?? 1);
const CASES = Number(process.env.ORACLE_CASES ?? 500);
/** Fewer say nothing about how often something occurs. */
const ENOUGH_TO_COUNT = 500;
/** Of the graphs, in percent: those that @apollo/composition refuses. Were there more, the generator would be wrong. */
const MAX_NOT_COMPOSED = 1;
/** Of the cases: those whose plan takes longer than a gateway lets it. */
const MAX_NOT_PLANNED = 0.001;

interface TestedSubject {
  name: string;
  start: StartSubject;
  cases: number;
  /** What is known to be wrong, in percent of the cases. It only ever becomes less. */
  wrongPercent: number;
}

const SUBJECTS: readonly TestedSubject[] = [
  { name: 'our executor', start: startOwnExecutor, cases: CASES, wrongPercent: 0 },
  { name: 'TributaryGateway', start: startTributaryGateway, cases: Math.min(CASES, 100), wrongPercent: 0 },
  { name: 'stock @apollo/gateway', start: startApolloGateway, cases: Math.min(CASES, 100), wrongPercent: 10 },
];

describe.each(SUBJECTS)('$name', ({ name, start, cases, wrongPercent }) => {
  it('answers random operations on random graphs as graphql-js does on the merged schema', async () => {
    const run = await runCases(start, SEED, cases);
    console.log(summary(name, run));
    if (cases >= ENOUGH_TO_COUNT) {
      expect(run.counts.rarerThan(1)).toEqual([]);
      expect(run.crossed / cases).toBeGreaterThanOrEqual(0.9);
    }
    expect((100 * run.notComposed.length) / Math.max(100, cases / CASES_PER_GRAPH)).toBeLessThanOrEqual(
      MAX_NOT_COMPOSED,
    );
    expect(run.notPlanned.length / cases).toBeLessThanOrEqual(MAX_NOT_PLANNED);
    expect((100 * run.differences.length) / cases).toBeLessThanOrEqual(wrongPercent);
  }, 1_200_000);
});

it('the oracle agrees with itself', () => {
  const graph = new OracleGraph(SEED);
  for (let index = 0; index < 50; index++) expect(graph.differenceWithItself(graph.case(index))).toBeUndefined();
});

function summary(name: string, run: CasesRun): string {
  const { cases, crossed, counts, differences, plannedWrongly, notComposed, notPlanned, reports } = run;
  const wrong = `${name}: ${differences.length} of ${cases} answers are wrong; ${crossed} crossed subgraphs`;
  const planned = `beside ${plannedWrongly.length} whose plan is wrong`;
  const refused = `${notComposed.length} graphs did not compose, others took their place`;
  const endless = `${notPlanned.length} cases got no plan in time, and were not compared`;
  return [
    ...[wrong, ...differences, planned, ...plannedWrongly, refused, ...notComposed, endless, ...notPlanned],
    ...[...reports, counts.table()],
  ].join('\n');
}
