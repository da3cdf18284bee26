import { parse, print, stripIgnoredCharacters } from 'graphql';
import { type Construct, ConstructCounts } from './constructs.ts';
import { type Case, NotComposedError, OracleGraph, type Outcome } from './oracle-graph.ts';
import { shrinkOperation } from './shrink-operation.ts';
import { NotPlannedError, type StartSubject, type Subject } from './subject.ts';

/** Composition takes longer than a case does. */
export const CASES_PER_GRAPH = 25;
/** Reports take time: each is of a case that is run again for every step of making it smaller. */
const MAX_REPORTS = 5;

export interface CasesRun {
  readonly cases: number;
  /** Cases for which two subgraphs or more were asked. */
  readonly crossed: number;
  readonly counts: ConstructCounts;
  /** One line for each case that was answered wrongly. */
  readonly differences: readonly string[];
  /** The same for cases that no executor can answer rightly, as their plan is wrong. */
  readonly plannedWrongly: readonly string[];
  /** One line for each graph that does not compose: another one takes its place. */
  readonly notComposed: readonly string[];
  /** One line for each case that nobody can plan in time: it counts as one, and is not compared. */
  readonly notPlanned: readonly string[];
  /** What one needs to understand the first of them. */
  readonly reports: readonly string[];
}

/**
 * Where @apollo/query-planner is wrong: when a field requires one that has requirements of its own, and the query starts
 * where that one is resolved, the plan asks for it at once, without them.
 */
const PLANNED_WRONGLY: Construct = '@requires of a field that requires';

/** Runs so many cases: those of the graph of this seed, of the next seed, and so on. */
export async function runCases(start: StartSubject, seed: number, cases: number): Promise<CasesRun> {
  const counts = new ConstructCounts();
  const differences: string[] = [];
  const plannedWrongly: string[] = [];
  const notComposed: string[] = [];
  const notPlanned: string[] = [];
  const reports: string[] = [];
  let crossed = 0;
  let nextSeed = seed;
  const nextGraph = (): OracleGraph => composedGraph(nextSeed++, notComposed) ?? nextGraph();
  for (let first = 0; first < cases; first += CASES_PER_GRAPH) {
    const graph = nextGraph();
    const subject = await graph.start(start);
    for (let index = 0; index < Math.min(CASES_PER_GRAPH, cases - first); index++) {
      const one = graph.case(index);
      const outcome = await graph.run(one, subject).catch((error: unknown) => {
        if (error instanceof NotPlannedError) return undefined;
        throw error;
      });
      if (outcome === undefined) {
        notPlanned.push(`graph ${graph.seed}, case ${index}`);
        continue;
      }
      const { met, requests, difference } = outcome;
      counts.add(met);
      if (new Set(requests.map(({ subgraph }) => subgraph)).size > 1) crossed++;
      if (difference === undefined) continue;
      const isPlannedWrongly = met.has(PLANNED_WRONGLY);
      (isPlannedWrongly ? plannedWrongly : differences).push(`graph ${graph.seed}, case ${index}: ${difference}`);
      if (!isPlannedWrongly && reports.length < MAX_REPORTS) reports.push(await reportOf(graph, index, one, subject));
    }
    await subject.close();
  }
  return { cases, crossed, counts, differences, plannedWrongly, notComposed, notPlanned, reports };
}

function composedGraph(seed: number, notComposed: string[]): OracleGraph | undefined {
  try {
    return new OracleGraph(seed);
  } catch (error) {
    if (!(error instanceof NotComposedError)) throw error;
    notComposed.push(error.message);
    return undefined;
  }
}

/** The case made small, and how to run it again. */
async function reportOf(graph: OracleGraph, index: number, one: Case, subject: Subject): Promise<string> {
  const operation = await shrinkOperation(one.operation, graph.merged.schema, async (candidate) => {
    const { difference } = await graph.run({ ...one, operation: candidate }, subject);
    return difference !== undefined;
  });
  const outcome = await graph.run({ ...one, operation }, subject);
  return [
    `ORACLE_SEED=${graph.seed} ORACLE_CASES=${index + 1}, the last case, made small:`,
    print(parse(operation.source)),
    `variables ${JSON.stringify(operation.variables)}`,
    outcome.difference ?? 'the difference comes and goes',
    `expected ${excerpt(outcome.expected.result)}`,
    `actual   ${excerpt(outcome.actual)}`,
    ...requestLines(outcome),
  ].join('\n');
}

const requestLines = ({ requests }: Outcome): string[] =>
  requests.map(({ subgraph, query, variables }) =>
    [`asked ${subgraph}: ${stripIgnoredCharacters(query)}`, ` with ${excerpt(variables)}`].join('\n'),
  );

const excerpt = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 2000);
