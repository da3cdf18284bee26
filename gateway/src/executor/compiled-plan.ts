import type { QueryPlan } from '@apollo/query-planner';
import { type DocumentNode, Kind, type OperationDefinitionNode, parse, print, stripIgnoredCharacters } from 'graphql';
import { dotted, entitySelection, type PathStep, type PlanStep, planSteps, type StepCondition } from './plan-steps.ts';
import type { PossibleTypes } from './possible-types.ts';
import { compileRepresentation, type Representation } from './representation.ts';
import { compileRewrites, type Rewrite } from './rewrites.ts';
import { type SelectedField, selectedFields } from './selected-fields.ts';
import { type Collect, compileCollect } from './targets.ts';

/** A plan as it is executed: requests to subgraphs, each with what it waits for. */
export interface CompiledPlan {
  readonly calls: readonly PlanCall[];
}

export type PlanCall = RootCall | EntityCall;

interface CallBase {
  readonly subgraph: string;
  readonly conditions: readonly StepCondition[];
  /** Indices of the calls that come before. */
  readonly needs: readonly number[];
}

/** Calls to one subgraph that as many others precede: where they are ready about the same time, one request has them all. */
export interface CallBatch {
  readonly subgraph: string;
  readonly size: number;
}

/** Asks for root fields. */
export interface RootCall extends CallBase {
  readonly kind: 'root';
  readonly query: string;
  readonly variables: readonly string[];
  readonly fields: readonly SelectedField[];
  readonly rewrite: Rewrite | undefined;
  /** Where the root type is met again below the root; empty: it is the root. */
  readonly path: readonly PathStep[];
  readonly collect: Collect;
}

/** Asks for fields of the entities at one place. */
export interface EntityCall extends CallBase {
  readonly kind: 'entities';
  readonly batch: CallBatch;
  readonly place: EntityPlace;
}

/** One `_entities` field of a request. */
export interface EntitySlot {
  readonly selection: string;
  readonly definitions: readonly string[];
  readonly variables: readonly string[];
  readonly fields: readonly SelectedField[];
  readonly rewrite: Rewrite | undefined;
  /** Whether several calls of the plan have it. */
  readonly isRepeated: boolean;
}

export interface EntityPlace {
  readonly slot: EntitySlot;
  readonly path: readonly PathStep[];
  /** `path` as dotted keys. */
  readonly at: string;
  readonly collect: Collect;
  readonly represent: Representation;
  /** Objects there that are equal in these fields are equal altogether; undefined where that is not so. */
  readonly unifyBy: readonly string[] | undefined;
}

/** @throws Error for a plan that this executor cannot run */
export function compilePlan(plan: QueryPlan, types: PossibleTypes): CompiledPlan {
  const steps = planSteps(plan);
  const batchOf = batches(steps);
  const slotOf = slots(steps, types);
  const calls = steps.map((step): PlanCall => {
    const { fetch, path, conditions, needs } = step;
    const base = { subgraph: fetch.serviceName, conditions, needs };
    if (fetch.requires === undefined) return { ...base, ...rootCall(step, types) };
    const place: EntityPlace = {
      slot: slotOf(step),
      path,
      at: dotted(path),
      collect: compileCollect(path, types),
      represent: compileRepresentation(fetch.requires, fetch.inputRewrites, types),
      unifyBy: unifyBy(step, steps),
    };
    return { ...base, kind: 'entities', batch: batchOf(step), place };
  });
  return { calls };
}

/** Steps belong together that ask one subgraph for entities, as many fetches after the first as each other. */
function batches(steps: readonly PlanStep[]): (step: PlanStep) => CallBatch {
  const depths: number[] = [];
  for (const { needs } of steps) depths.push(Math.max(0, ...needs.map((index) => (depths[index] ?? 0) + 1)));
  const keyOf = (step: PlanStep) => `${step.fetch.serviceName} ${depths[steps.indexOf(step)]}`;
  const asked = steps.filter(({ fetch }) => fetch.requires !== undefined);
  const byKey = new Map<string, CallBatch>();
  for (const [key, { length: size }] of Map.groupBy(asked, keyOf))
    byKey.set(key, { subgraph: key.split(' ')[0] ?? '', size });
  return (step) => byKey.get(keyOf(step)) as CallBatch;
}

function rootCall(step: PlanStep, types: PossibleTypes): Omit<RootCall, keyof CallBase> {
  const { fetch, path } = step;
  const { operation } = operationIn(fetch.operation);
  return {
    kind: 'root',
    query: fetch.operation,
    variables: fetch.variableUsages ?? [],
    fields: selectedFields(operation.selectionSet),
    rewrite: compileRewrites(fetch.outputRewrites, types),
    path,
    collect: compileCollect(path, types),
  };
}

/** One slot for all steps that ask one subgraph the same. */
function slots(steps: readonly PlanStep[], types: PossibleTypes): (step: PlanStep) => EntitySlot {
  const keyOf = ({ fetch }: PlanStep) =>
    JSON.stringify([fetch.serviceName, fetch.operation, fetch.inputRewrites, fetch.outputRewrites]);
  const asked = steps.filter(({ fetch }) => fetch.requires !== undefined);
  const byKey = new Map<string, EntitySlot>();
  for (const [key, [first, ...others]] of Map.groupBy(asked, keyOf)) {
    if (first !== undefined) byKey.set(key, entitySlot(first, others.length > 0, types));
  }
  return (step) => byKey.get(keyOf(step)) as EntitySlot;
}

function entitySlot({ fetch }: PlanStep, isRepeated: boolean, types: PossibleTypes): EntitySlot {
  const { operation } = operationIn(fetch.operation);
  const entities = entitySelection(operation.selectionSet);
  if (entities === undefined) throw new Error('a fetch of entities without entities');
  const definitions = (operation.variableDefinitions ?? []).filter(
    ({ variable }) => variable.name.value !== 'representations',
  );
  return {
    selection: compact(print(entities)),
    definitions: definitions.map((node) => compact(print(node))),
    variables: fetch.variableUsages?.filter((name) => name !== 'representations') ?? [],
    fields: selectedFields(entities),
    rewrite: compileRewrites(fetch.outputRewrites, types),
    isRepeated,
  };
}

const compact = (text: string) => stripIgnoredCharacters(text);

/**
 * The fields by which objects at a step's place can be told apart: all that the fetches of places above have written
 * there. Undefined when they hold objects themselves, or when a later step looks at the types on the way.
 */
function unifyBy({ path }: PlanStep, steps: readonly PlanStep[]): readonly string[] | undefined {
  const at = dotted(path);
  const names = new Set<string>();
  for (const other of steps) {
    const otherAt = dotted(other.path);
    const isBelow = otherAt === at || otherAt.startsWith(`${at}.`);
    if (isBelow && other.path.some(({ onTypes }) => onTypes !== undefined)) return undefined;
    if (isBelow) continue;
    for (const key of other.writes) {
      if (!key.startsWith(`${at}.`)) continue;
      const name = key.slice(at.length + 1);
      if (name.includes('.')) return undefined;
      names.add(name);
    }
  }
  return names.size === 0 ? undefined : [...names].sort();
}

export function operationIn(text: string): { document: DocumentNode; operation: OperationDefinitionNode } {
  const document = parse(text, { noLocation: true });
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error('a fetch without an operation');
  return { document, operation };
}
