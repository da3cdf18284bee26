import {
  Kind,
  print,
  type SelectionSetNode,
  stripIgnoredCharacters,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import type { SupergraphTypes } from '../supergraph/supergraph-types.ts';
import { type CollectInContext, compileContexts } from './contexts.ts';
import { type Donors, donorsOf } from './donors.ts';
import {
  compilePartial,
  type OptionalField,
  optionalFields,
  type PartialRequest,
  withoutFields,
} from './partial-entities.ts';
import { dotted, entitySelection, operationIn, type PathStep, type PlanStep } from './plan-steps.ts';
import { compileRepresentation, type Representation } from './representation.ts';
import { compileRewrites, type Rewrite, renamedKeys } from './rewrites.ts';
import { type SelectedField, selectedFields } from './selected-fields.ts';
import { type Shape, shapeOf } from './selection-shape.ts';
import { type Collect, compileCollect, type ItemRanges } from './targets.ts';

/** One `_entities` field of a request. */
export interface EntitySlot {
  /** Of which it selects fields; several: its entities are of one or the other. */
  readonly types: readonly string[];
  readonly selection: string;
  readonly definitions: readonly string[];
  readonly variables: readonly string[];
  readonly fields: readonly SelectedField[];
  readonly shape: Shape;
  readonly rewrite: Rewrite | undefined;
  readonly renamed: ReadonlyMap<unknown, string>;
  /** JSON members of variables that it has values for itself. */
  readonly bound: readonly string[];
  /** Whether several calls of the plan have it. */
  readonly isRepeated: boolean;
}

/** What is asked for of an object. */
export interface EntityRequest {
  readonly slot: EntitySlot;
  readonly represent: Representation;
}

export interface EntityPlace extends EntityRequest {
  /** For an object of which not all of the fields can or should be asked. Undefined: it is all or nothing. */
  readonly partial: PartialRequest | undefined;
  /** Keys of fields that the client may want of some types alone; where there are none, of all. */
  readonly loose: readonly string[];
  readonly path: readonly PathStep[];
  /** `path` as dotted keys. */
  readonly at: string;
  readonly collect: Collect;
  /** Of which items; undefined: of all. */
  readonly ranges?: ItemRanges | undefined;
  /** Objects there that are equal in these fields are equal altogether; undefined where that is not so. */
  readonly unifyBy: readonly string[] | undefined;
  readonly donors: Donors | undefined;
  /** Where arguments come from objects above. */
  readonly contexts: CollectInContext | undefined;
}

type Slots = ReturnType<typeof entitySlots>;

/** Where the steps for entities find them, and what they ask for there. */
export function entityPlaces(steps: readonly PlanStep[], types: SupergraphTypes): (step: PlanStep) => EntityPlace {
  const slotsOf = slots(steps, types);
  return (step) => {
    const { fetch, path } = step;
    const { slot, slotWithout, optional } = slotsOf(step);
    const { serviceName: subgraph, requires = [], inputRewrites } = fetch;
    const represent = (needs?: readonly SelectionSetNode[]) =>
      compileRepresentation({ subgraph, requires, inputRewrites, needs, types });
    const requestWithout = (left: ReadonlySet<OptionalField>): EntityRequest | undefined => {
      const others = slotWithout(left);
      const needs = optional.flatMap((field) => (left.has(field) || field.need === undefined ? [] : [field.need]));
      return others && { slot: others, represent: represent(needs) };
    };
    return {
      ...{ slot, path, represent: represent() },
      partial: optional.length === 0 ? undefined : compilePartial(optional, requires, types, requestWithout),
      loose: slot.fields.length < 2 ? [] : optional.filter(({ isLoose }) => isLoose).map(({ key }) => key),
      at: dotted(path),
      collect: compileCollect(path, types),
      unifyBy: unifyBy(step, steps),
      donors: donorsOf(step, steps, types),
      contexts: fetch.contextRewrites && compileContexts(path, fetch.contextRewrites, types),
    };
  };
}

/** One slot for all steps that ask one subgraph the same. */
function slots(steps: readonly PlanStep[], types: SupergraphTypes): (step: PlanStep) => Slots {
  const keyOf = ({ fetch }: PlanStep) =>
    JSON.stringify([fetch.serviceName, fetch.operation, fetch.inputRewrites, fetch.outputRewrites]);
  const asked = steps.filter(({ fetch }) => fetch.requires !== undefined);
  const byKey = new Map<string, Slots>();
  for (const [key, [first, ...others]] of Map.groupBy(asked, keyOf)) {
    if (first !== undefined) byKey.set(key, entitySlots(first, others.length > 0, types));
  }
  return (step) => byKey.get(keyOf(step)) as Slots;
}

function entitySlots({ fetch }: PlanStep, isRepeated: boolean, types: SupergraphTypes) {
  const operation = operationIn(fetch.operation);
  const entities = entitySelection(operation.selectionSet);
  if (entities === undefined) throw new Error('a fetch of entities without entities');
  const slotOf = (selection: SelectionSetNode): EntitySlot => {
    const used = variablesIn(selection);
    const renamed = renamedKeys(fetch.outputRewrites);
    // Not that of the representations, though the client may have another one of its name.
    const isUsed = ({ variable, type }: VariableDefinitionNode) =>
      used.has(variable.name.value) && print(type) !== '[_Any!]!';
    return {
      types: typesIn(selection),
      selection: compact(print(selection)),
      definitions: (operation.variableDefinitions ?? []).filter(isUsed).map((node) => compact(print(node))),
      variables: [...used],
      fields: selectedFields(selection),
      shape: shapeOf(selection, renamed),
      rewrite: compileRewrites(fetch.outputRewrites, types),
      renamed,
      bound: [],
      isRepeated,
    };
  };
  const partial = new Map<string, EntitySlot | undefined>();
  return {
    slot: slotOf(entities),
    optional: optionalFields(entities, fetch.serviceName, types),
    /** Without some of the optional fields; undefined when that leaves nothing over. */
    slotWithout(fields: ReadonlySet<OptionalField>): EntitySlot | undefined {
      const key = [...fields].map((field) => `${field.type}.${field.key}`).join();
      if (!partial.has(key)) {
        const left = withoutFields(entities, fields);
        partial.set(key, left && slotOf(left));
      }
      return partial.get(key);
    },
  };
}

const typesIn = ({ selections }: SelectionSetNode): string[] => [
  ...new Set(
    selections.flatMap((node) => (node.kind === Kind.INLINE_FRAGMENT ? (node.typeCondition?.name.value ?? []) : [])),
  ),
];

function variablesIn(selection: SelectionSetNode): Set<string> {
  const names = new Set<string>();
  visit(selection, { Variable: ({ name }) => void names.add(name.value) });
  return names;
}

const compact = (text: string) => stripIgnoredCharacters(text);

/**
 * The fields by which objects at a step's place can be told apart: all that the fetches of places above have written
 * there. Undefined when they hold objects themselves, or when a later step looks at the types on the way.
 */
function unifyBy({ path }: PlanStep, steps: readonly PlanStep[]): readonly string[] | undefined {
  // What has been delivered of an object is completed later: it stays the same.
  if (steps.some(({ deferLabel }) => deferLabel !== undefined)) return undefined;
  const at = dotted(path);
  const names = new Set<string>();
  for (const other of steps) {
    const otherAt = dotted(other.path);
    const isBelow = otherAt === at || otherAt.startsWith(`${at}.`);
    // What is equal here differs by what is above it.
    if (isBelow && other.fetch.contextRewrites !== undefined) return undefined;
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
