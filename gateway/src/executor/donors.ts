import { Kind, type SelectionSetNode } from 'graphql';
import type { SupergraphTypes } from '../supergraph/supergraph-types.ts';
import { dotted, entitySelection, operationIn, type PathStep, type PlanStep } from './plan-steps.ts';
import type { Representation } from './representation.ts';
import type { TreeObject } from './response-tree.ts';
import { type Collect, compileCollect } from './targets.ts';

/**
 * Where the subgraph that is to be asked for entities may have given some of them already, with all that is asked for: by
 * another field, at another place, of the same request.
 */
export interface Donor {
  /** Of the place. */
  readonly at: string;
  readonly collect: Collect;
}

export interface Donors {
  readonly places: readonly Donor[];
  /** The fields that are asked for. */
  readonly names: readonly string[];
}

/** Undefined when there are none, or when more than plain fields is asked for. */
export function donorsOf(step: PlanStep, steps: readonly PlanStep[], types: SupergraphTypes): Donors | undefined {
  const names = plainNames(step);
  // What a mutation changes is to be read anew.
  if (names === undefined || steps.some(({ fetch }) => fetch.operationKind === 'mutation')) return undefined;
  const places = new Map<string, Donor>();
  for (const other of steps) {
    if (other.fetch.serviceName !== step.fetch.serviceName) continue;
    for (const path of pathsWith(names, other)) {
      const at = dotted(path);
      if (at !== dotted(step.path)) places.set(at, { at, collect: compileCollect(path, types) });
    }
  }
  return places.size === 0 ? undefined : { places: [...places.values()], names };
}

/** What is known of entities: the fields that are asked for, by representation. One with a null among them may have failed. */
export function donated(
  { places, names }: Donors,
  data: TreeObject,
  represent: Representation,
): Map<string, TreeObject> {
  const known = new Map<string, TreeObject>();
  for (const { collect } of places) {
    for (const object of collect(data).objects) {
      const text = represent(object);
      if (text === undefined || known.has(text)) continue;
      const given: TreeObject = {};
      const isWhole = names.every((name) => {
        given[name] = object[name];
        return object[name] !== undefined && object[name] !== null;
      });
      if (isWhole) known.set(text, given);
    }
  }
  return known;
}

/** Fields without arguments, aliases, conditions and fields of their own, of one type. */
function plainNames({ fetch }: PlanStep): string[] | undefined {
  if (fetch.contextRewrites !== undefined) return undefined;
  if (fetch.requires === undefined || fetch.inputRewrites !== undefined || fetch.outputRewrites !== undefined)
    return undefined;
  const [fragment, ...others] = entitySelection(operationIn(fetch.operation).selectionSet)?.selections ?? [];
  if (fragment?.kind !== Kind.INLINE_FRAGMENT || others.length > 0) return undefined;
  const names = plainFields(fragment.selectionSet);
  return names.size === fragment.selectionSet.selections.length ? [...names] : undefined;
}

function plainFields({ selections }: SelectionSetNode): Set<string> {
  return new Set(
    selections.flatMap((node) => {
      if (node.kind !== Kind.FIELD || node.selectionSet !== undefined || node.alias !== undefined) return [];
      const isPlain = (node.arguments ?? []).length === 0 && (node.directives ?? []).length === 0;
      return isPlain ? [node.name.value] : [];
    }),
  );
}

/** The places at which a fetch asks for all the names and the type. */
function pathsWith(names: readonly string[], { fetch, path }: PlanStep): PathStep[][] {
  const found: PathStep[][] = [];
  const walk = (set: SelectionSetNode, at: readonly PathStep[]) => {
    const plain = plainFields(set);
    if (plain.has('__typename') && names.every((name) => plain.has(name))) found.push([...at]);
    for (const node of set.selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) walk(node.selectionSet, at);
      if (node.kind !== Kind.FIELD || node.selectionSet === undefined) continue;
      walk(node.selectionSet, [...at, { key: (node.alias ?? node.name).value, onTypes: undefined }]);
    }
  };
  const operation = operationIn(fetch.operation).selectionSet;
  const root = fetch.requires === undefined ? operation : entitySelection(operation);
  if (root !== undefined) walk(root, path);
  return found;
}
