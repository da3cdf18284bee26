import { Supergraph } from '@apollo/federation-internals';
import { type DocumentNode, type ExecutionResult, type GraphQLSchema, parse, print } from 'graphql';
import { drawLabels } from '../../engine/override-labels.ts';
import { compilePlan } from '../../executor/compiled-plan.ts';
import type { IncrementalResult, IncrementalUpdate } from '../../executor/incremental-result.ts';
import { prepareOperation } from '../../executor/prepare-operation.ts';
import type { AskSubgraph } from '../../executor/subgraph-access.ts';
import { firstMembers, payloadText } from '../../incremental/payload-text.ts';
import { type Merged, mergePayloads } from '../../incremental/testing/merge-payloads.ts';
import { normaliseOperation } from '../../planner/normalise-operation.ts';
import { planFunction } from '../../planner/plan-function.ts';
import { SUPPORTED_FEATURES } from '../../planner/supported-features.ts';
import { supergraphTypes } from '../../supergraph/supergraph-types.ts';
import { dotted, nullAt } from '../compare-answers.ts';
import { type SeededRandom, seededRandom } from '../seeded-random.ts';
import { MAX_EVALUATED_PLANS, NotPlannedError, type StartSubject } from '../subject.ts';
import { withDefers } from '../with-defers.ts';
import { withStreams } from '../with-streams.ts';
import { withinTime } from '../within-time.ts';
import { askAny, MAX_PLANNING_MS, prepared } from './own-executor.ts';

/** How much of what was asked came in parts. */
export interface DeferCounts {
  inParts: number;
  payloads: number;
  /** Lists of which items came later. */
  streamedLists: number;
  failedFragments: number;
  /** Lists that ended before their last item. */
  endedLists: number;
  /** Operations for which @apollo/query-planner has no plan with `@defer`: they are answered at once. */
  notPlanned: number;
}

export const noCounts = (): DeferCounts => ({
  inParts: 0,
  payloads: 0,
  streamedLists: 0,
  failedFragments: 0,
  endedLists: 0,
  notPlanned: 0,
});

/**
 * Our executor, asked for the operation with `@defer` and `@stream` here and there: its payloads are merged in both formats.
 * They must come to what it says without them, which is given as its answer, to be compared with the oracle's.
 */
export const startDeferringExecutor =
  (counts: DeferCounts): StartSubject =>
  async (supergraphSdl, subgraphs) => {
    const supergraph = Supergraph.build(supergraphSdl, {
      supportedFeatures: new Set(SUPPORTED_FEATURES),
      validateSupergraph: false,
    });
    const schema = supergraph.apiSchema().toGraphQLJSSchema();
    const makePlanner = () => planFunction(supergraphSdl, { debug: { maxEvaluatedPlans: MAX_EVALUATED_PLANS } });
    let planOf = makePlanner();
    const types = supergraphTypes(parse(supergraphSdl));
    const ask = askAny(subgraphs);
    const ready = (source: string, isDeferred: boolean, variables: Readonly<Record<string, unknown>>) => {
      const { document, operation, coerced, errors } = prepared(schema, source, variables);
      const normal = normaliseOperation(schema, document, operation, undefined, isDeferred ? new Set() : undefined);
      const labels = drawLabels(types.overrideLabels, new Set());
      const planned = normal.text === '' ? NO_PLAN : withinTime(MAX_PLANNING_MS, () => planOf(normal.text, labels));
      if (planned === undefined) {
        planOf = makePlanner();
        throw new NotPlannedError(`no plan within ${MAX_PLANNING_MS} ms`);
      }
      const plan = compilePlan(planned, types);
      return { coerced, errors, operation: prepareOperation({ document, operation, normal, plan, schema, types }) };
    };
    return {
      async execute(source, variables) {
        const random = seededRandom(source);
        const deferred = inParts(parse(source), schema, random);
        const { operation, coerced, errors } =
          deferrable(() => ready(deferred, true, variables), counts) ?? ready(source, false, variables);
        if (errors !== undefined) return { errors };
        const execution = { variables: coerced, ask: atAnyTime(ask, random), patienceMs: () => 0 };
        // What a mutation changes, it changes once.
        const isOnce = source.startsWith('mutation');
        const whole = isOnce ? operation : ready(source, false, variables).operation;
        const { executeIncrementally } = operation;
        if (isOnce && executeIncrementally === undefined) throw new NotPlannedError('nothing is deferred');
        if (isOnce && executeIncrementally !== undefined) {
          const { data, errors, failed } = await merged(await executeIncrementally(execution), counts);
          // Nothing is left to compare it with.
          if (failed.length > 0) throw new NotPlannedError('a deferred part of a mutation failed');
          return { data, errors } as unknown as ExecutionResult;
        }
        const answer = await whole.execute({ ...execution, ask });
        const expected = { data: JSON.parse(answer.data), errors: answer.errors };
        if (executeIncrementally !== undefined) {
          check(deferred, expected, await merged(await executeIncrementally(execution), counts));
        }
        return expected as unknown as ExecutionResult;
      },
      close: async () => {},
    };
  };

/** Of operations, those without `@stream`, and of the others those without `@defer`. */
const WITHOUT = 0.3;

function inParts(document: DocumentNode, schema: GraphQLSchema, random: SeededRandom): string {
  if (random.chance(WITHOUT)) return print(withDefers(document, random));
  const streamed = withStreams(document, schema, random);
  return print(random.chance(WITHOUT) ? streamed : withDefers(streamed, random));
}

/** Its assertions fail on some deferred fields that require others of their object, or are below conditions. */
const PLANNER_DEFECT = /deferRef|remaining groups unhandled|not able to find any options/;

function deferrable<T>(work: () => T, counts: DeferCounts): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!PLANNER_DEFECT.test((error as Error).message)) throw error;
    counts.notPlanned++;
    return undefined;
  }
}

const NO_PLAN = { kind: 'QueryPlan' } as const;

/** Which request is answered first is different each time. */
const atAnyTime =
  (ask: AskSubgraph, random: SeededRandom): AskSubgraph =>
  async (request) => {
    for (let turns = random.between(0, 4); turns > 0; turns--) await new Promise(setImmediate);
    return ask(request);
  };

/** All payloads together, which both formats say alike. */
async function merged({ initial, pending, updates }: IncrementalResult, counts: DeferCounts): Promise<Merged> {
  const all: IncrementalUpdate[] = [];
  for await (const update of updates ?? []) all.push(update);
  const [current, former] = (['v0.2', '20220824'] as const).map((format) => {
    const members = pending.length === 0 ? [] : firstMembers(pending, format);
    const first = [`"data":${initial.data}`, `"errors":${JSON.stringify(initial.errors)}`, ...members];
    const later = all.flatMap((update) => payloadText(update, format, '') ?? []);
    return mergePayloads([`{${first}}`, ...later].map((text) => JSON.parse(text)));
  }) as [Merged, Merged];
  if (JSON.stringify(former.data) !== JSON.stringify(current.data)) throw new Error('the formats differ');
  if (pending.length > 0) counts.inParts++;
  counts.payloads += all.length;
  const items = all.flatMap(({ incremental }) => incremental.filter((one) => 'items' in one));
  counts.streamedLists += items.length;
  counts.endedLists += all.flatMap(({ completed }) => completed.filter(({ index }) => index !== undefined)).length;
  counts.failedFragments += current.failed.length;
  return current;
}

interface Expected {
  readonly data: unknown;
  readonly errors: IncrementalResult['initial']['errors'];
}

function check(source: string, expected: Expected, current: Merged): void {
  const refuse = (what: string) => {
    throw new Error(`${what}: ${source}`);
  };
  const difference = differenceOf(expected.data, current.data, current.failed, []);
  if (difference !== undefined) refuse(`at ${difference}`);
  if (current.failed.length > 0) return;
  // Where several null one place, it is open which of them are told.
  const nullsOf = (errors: readonly unknown[]) => new Set(errors.map((error) => nullAt(expected.data, pathOf(error))));
  const [told, known] = [nullsOf(current.errors), nullsOf(expected.errors)];
  for (const place of told) if (!known.has(place)) refuse(`an error that there is none of, at ${place}`);
  for (const place of known) if (!told.has(place)) refuse(`no error at ${place}`);
}

const pathOf = (error: unknown): Path => (error as { path?: Path }).path ?? [];

type Path = readonly (string | number)[];

/** Undefined where they are the same, but for what failed with its fragment. */
function differenceOf(expected: unknown, actual: unknown, failed: readonly Path[], at: Path): string | undefined {
  // Of an object that came before, the fields of a fragment may have failed with it.
  const hasFailed = () => failed.some((path) => startsWith(path, at) || startsWith(at, path));
  if (expected === null) return actual === null || hasFailed() ? undefined : `${dotted(at)}: expected null`;
  if (typeof expected !== 'object' || typeof actual !== 'object' || actual === null) {
    return expected === actual ? undefined : `${dotted(at)}: expected ${JSON.stringify(expected)}, got ${actual}`;
  }
  const [wanted, given] = [expected, actual] as Record<string, unknown>[];
  for (const key of Object.keys(given ?? {})) {
    if (!(key in (wanted ?? {}))) return `${dotted([...at, key])}: not expected`;
  }
  for (const [key, value] of Object.entries(wanted ?? {})) {
    const path = [...at, Array.isArray(expected) ? Number(key) : key];
    if (!(key in (given ?? {}))) {
      if (!failed.some((place) => startsWith(path, place))) return `${dotted(path)}: missing`;
      continue;
    }
    const difference = differenceOf(value, given?.[key], failed, path);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

const startsWith = (path: Path, start: Path) => start.every((step, index) => path[index] === step);
