import type { QueryPlan } from '@apollo/query-planner';
import type { SupergraphTypes } from '../supergraph/supergraph-types.ts';
import { type EntityPlace, entityPlaces } from './entity-place.ts';
import {
  dotted,
  operationIn,
  type PathStep,
  type PlanStep,
  planSteps,
  requiredBy,
  type StepCondition,
} from './plan-steps.ts';
import { compileRewrites, type Rewrite, renamedKeys } from './rewrites.ts';
import { type SelectedField, selectedFields } from './selected-fields.ts';
import { type Shape, shapeOf } from './selection-shape.ts';
import { type Collect, compileCollect, type ItemRanges } from './targets.ts';

/** A plan as it is executed: requests to subgraphs, each with what it waits for. */
export interface CompiledPlan {
  readonly calls: readonly PlanCall[];
  /** For each field that calls require of what others have fetched, the fields that they fetch with it; dotted keys. */
  readonly required: ReadonlyMap<string, readonly string[]>;
}

export type PlanCall = RootCall | EntityCall;

interface CallBase {
  readonly subgraph: string;
  readonly conditions: readonly StepCondition[];
  /** Indices of the calls that come before. */
  readonly needs: readonly number[];
  /** See `PlanStep`. */
  readonly deferLabel: string | undefined;
  /** Whether the first payload does not wait for it. */
  readonly isLater: boolean;
}

/** Calls to one subgraph that as many others precede: where they are ready about the same time, one request has them all. */
export interface CallBatch {
  readonly subgraph: string;
  readonly size: number;
}

/** Asks for root fields. */
export interface RootCall extends CallBase {
  readonly kind: 'root';
  readonly isMutation: boolean;
  /** A subscription: who executes it has its answer, of each event anew. */
  readonly isSubscription: boolean;
  readonly query: string;
  readonly variables: readonly string[];
  readonly fields: readonly SelectedField[];
  readonly shape: Shape;
  readonly rewrite: Rewrite | undefined;
  readonly renamed: ReadonlyMap<unknown, string>;
  /** Where the root type is met again below the root; empty: it is the root. */
  readonly path: readonly PathStep[];
  readonly collect: Collect;
  /** Of which items; undefined: of all. */
  readonly ranges?: ItemRanges | undefined;
}

/** Asks for fields of the entities at one place. */
export interface EntityCall extends CallBase {
  readonly kind: 'entities';
  readonly batch: CallBatch;
  readonly place: EntityPlace;
}

/** @throws Error for a plan that this executor cannot run */
export function compilePlan(plan: QueryPlan, types: SupergraphTypes): CompiledPlan {
  const steps = planSteps(plan);
  const batchOf = batches(steps);
  const placeOf = entityPlaces(steps, types);
  const calls = steps.map((step): PlanCall => {
    const { fetch, conditions, needs, deferLabel } = step;
    const base = { subgraph: fetch.serviceName, conditions, needs, deferLabel, isLater: deferLabel !== undefined };
    if (fetch.requires === undefined) return { ...base, ...rootCall(step, types) };
    return { ...base, kind: 'entities', batch: batchOf(step), place: placeOf(step) };
  });
  return { calls, required: requiredFields(steps, placeOf) };
}

/** Where the objects of a call are, as dotted keys; empty: it fetches root fields. */
export const placeOfCall = (call: PlanCall): string => (call.kind === 'root' ? dotted(call.path) : call.place.at);

/** Steps belong together that ask one subgraph for entities, as many fetches after the first as each other. */
function batches(steps: readonly PlanStep[]): (step: PlanStep) => CallBatch {
  const depths: number[] = [];
  for (const { needs } of steps) depths.push(Math.max(0, ...needs.map((index) => (depths[index] ?? 0) + 1)));
  // What is delivered later holds up nothing.
  const keyOf = (step: PlanStep) => `${step.fetch.serviceName} ${depths[steps.indexOf(step)]} ${step.deferLabel ?? ''}`;
  const asked = steps.filter(({ fetch }) => fetch.requires !== undefined);
  const byKey = new Map<string, CallBatch>();
  for (const [key, { length: size }] of Map.groupBy(asked, keyOf))
    byKey.set(key, { subgraph: key.split(' ')[0] ?? '', size });
  return (step) => byKey.get(keyOf(step)) as CallBatch;
}

function requiredFields(
  steps: readonly PlanStep[],
  placeOf: (step: PlanStep) => EntityPlace,
): Map<string, readonly string[]> {
  const required = new Map<string, readonly string[]>();
  for (const step of steps) {
    if (step.fetch.requires === undefined) continue;
    const { at, slot } = placeOf(step);
    const fetched = slot.fields.map(({ key }) => `${at}.${key}`);
    for (const key of requiredBy(step)) required.set(key, [...(required.get(key) ?? []), ...fetched]);
  }
  return required;
}

function rootCall(step: PlanStep, types: SupergraphTypes): Omit<RootCall, keyof CallBase> {
  const { fetch, path } = step;
  const { selectionSet } = operationIn(fetch.operation);
  const renamed = renamedKeys(fetch.outputRewrites);
  return {
    kind: 'root',
    isMutation: fetch.operationKind === 'mutation',
    isSubscription: fetch.operationKind === 'subscription',
    query: fetch.operation,
    variables: fetch.variableUsages ?? [],
    fields: selectedFields(selectionSet),
    shape: shapeOf(selectionSet, renamed),
    rewrite: compileRewrites(fetch.outputRewrites, types),
    renamed,
    path,
    collect: compileCollect(path, types),
  };
}
