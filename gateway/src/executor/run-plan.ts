import { EXECUTION_LIMITS } from '../limits/execution-limits.ts';
import type { SubgraphAnswer } from '../subgraphs/read-answer.ts';
import type { SupergraphTypes } from '../supergraph/supergraph-types.ts';
import { callEntities } from './call-entities.ts';
import type { CompiledPlan, RootCall } from './compiled-plan.ts';
import type { EntitySlot } from './entity-place.ts';
import type { TypesApart } from './entity-types.ts';
import { createPlanErrors, type PlanErrors } from './plan-errors.ts';
import { copyOf, mergeInto, OWN, type Room, type TreeObject } from './response-tree.ts';
import { schedule } from './schedule.ts';
import type { AskSubgraph, SubgraphPace } from './subgraph-access.ts';
import type { WantedOf } from './wanted-of.ts';

/** The response under the plan's keys, before it is what the client asked for. */
export interface PlanResult {
  readonly data: TreeObject;
  readonly errors: PlanErrors;
  /** Objects that stand in several places. */
  readonly shared: ReadonlySet<object>;
  /** No string in it has a character that JSON escapes. */
  readonly isPlain: boolean;
  readonly required: CompiledPlan['required'];
  readonly types: SupergraphTypes;
}

/** By the values of the fields that tell them apart, one after the other. */
export type UnifiedObjects = Map<unknown, TreeObject | UnifiedObjects>;

/** What the calls of one request share. */
export interface PlanRun extends PlanResult {
  readonly ask: AskSubgraph;
  readonly apart: TypesApart | undefined;
  readonly entitiesPerFetch: number;
  readonly shared: Set<object>;
  isPlain: boolean;
  /** Of what stands in several places. */
  readonly copies: Room;
  /** For each place, of streamed lists for each of their slices, the objects there that took the place of their equals. */
  readonly unified: Map<string, UnifiedObjects>;
  /** What is known of entities, for slots that occur more than once, by representation. */
  readonly known: Map<EntitySlot, Map<string, TreeObject>>;
  readonly isWanted: WantedOf;
  /** JSON members of the variables that are given. */
  variables(names: Iterable<string>): string;
}

/** Is told how a plan is run, from its beginning: what is there already may be delivered. */
export interface RunWatch {
  started(result: PlanResult): void;
  /** Of a call of the plan, by its index. */
  ended(index: number): void;
}

export function runPlan(
  plan: CompiledPlan,
  variables: Readonly<Record<string, unknown>>,
  types: SupergraphTypes,
  ask: AskSubgraph,
  patienceMs: SubgraphPace['patienceMs'],
  isWanted: WantedOf,
  apart?: TypesApart,
  entitiesPerFetch = EXECUTION_LIMITS.entitiesPerFetch,
  watch?: RunWatch,
): Promise<PlanResult> {
  const data: TreeObject = {};
  const run: PlanRun = {
    ...{ data, types, ask, apart, entitiesPerFetch, isWanted, required: plan.required },
    errors: createPlanErrors(data),
    shared: new Set(),
    isPlain: true,
    copies: { left: MAX_COPIES },
    unified: new Map(),
    known: new Map(),
    variables: variableMembers(variables),
  };
  watch?.started(run);
  return schedule(plan, {
    isWanted: ({ conditions }) => conditions.every(({ variable, is }) => variables[variable] === is),
    callRoot: (call) => callRoot(call, run),
    callEntities: (calls) => callEntities(calls, run),
    patienceMs,
    ended: watch && ((index) => watch.ended(index)),
  }).then(() => run);
}

/** Objects and items of lists, of a request: about 50 MB. */
const MAX_COPIES = 500_000;

/** As supergraphs call them, whatever a subgraph does. */
const QUERY = ['Query'];
const MUTATION = ['Mutation'];

function callRoot(call: RootCall, run: PlanRun): Promise<void> | undefined {
  const objects = placesOfRoot(call, run);
  if (objects.length === 0) return undefined;
  const { subgraph, query } = call;
  // What it changes is to be read anew.
  if (call.isMutation) {
    run.known.clear();
    run.unified.clear();
  }
  const variables = `{${run.variables(call.variables)}}`;
  const types = call.isMutation ? MUTATION : QUERY;
  return run
    .ask({ subgraph, query, variables, types, entities: undefined, places: 0, calls: [call] })
    .then((answer) => {
      const before = run.errors.list.length;
      run.isPlain &&= answer.isPlain === true;
      try {
        run.errors.addFromRoot(call, answer);
        write(call, objects, answer, run.copies);
      } catch (error) {
        run.errors.addUnwalkable(error);
      }
      if (call.isLater) run.errors.markLater(before);
    });
}

function placesOfRoot({ collect, ranges }: RootCall, run: PlanRun): TreeObject[] {
  try {
    return [...collect(run.data, undefined, ranges).objects];
  } catch (error) {
    run.errors.addUnwalkable(error);
    return [];
  }
}

function write(
  { shape, rewrite }: RootCall,
  objects: readonly TreeObject[],
  { data, isShared }: SubgraphAnswer,
  copies: Room,
): void {
  if (data === null) return;
  const own = isShared === true ? copyOf(data, shape, OWN) : data;
  rewrite?.(own);
  for (const [index, object] of objects.entries())
    mergeInto(object, index === 0 ? own : copyOf(own, shape, copies), shape);
}

function variableMembers(variables: Readonly<Record<string, unknown>>): PlanRun['variables'] {
  const members = new Map<string, string>();
  return (names) => {
    let text = '';
    for (const name of names) {
      const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
      if (value === undefined) continue;
      const member = members.get(name) ?? `${JSON.stringify(name)}:${JSON.stringify(value)}`;
      members.set(name, member);
      text += text === '' ? member : `,${member}`;
    }
    return text;
  };
}
