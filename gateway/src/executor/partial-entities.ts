import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { Kind, type SelectionSetNode } from 'graphql';
import type { SupergraphTypes } from '../supergraph/supergraph-types.ts';
import type { EntityRequest } from './entity-place.ts';
import { hasNeeded } from './representation.ts';
import type { TreeObject } from './response-tree.ts';

/** A field of a fetch of entities that needs others of the object (`@requires`). */
export interface RequiringField {
  /** Of the fragment that it is selected in. */
  readonly type: string;
  readonly field: string;
  readonly need: SelectionSetNode;
}

export function requiringFields(
  { selections }: SelectionSetNode,
  subgraph: string,
  types: SupergraphTypes,
): RequiringField[] {
  return selections.flatMap((selection) => {
    if (selection.kind !== Kind.INLINE_FRAGMENT || selection.typeCondition === undefined) return [];
    const type = selection.typeCondition.name.value;
    const names = selection.selectionSet.selections.flatMap((one) => (one.kind === Kind.FIELD ? [one.name.value] : []));
    return [...new Set(names)].flatMap((field) => {
      const need = types.requirement(subgraph, type, field);
      return need === undefined ? [] : [{ type, field, need }];
    });
  });
}

/** Undefined when nothing is left. */
export function withoutFields(
  { selections, ...set }: SelectionSetNode,
  fields: ReadonlySet<RequiringField>,
): SelectionSetNode | undefined {
  const isOut = (type: string, name: string) => [...fields].some((one) => one.type === type && one.field === name);
  const left = selections.flatMap((selection) => {
    if (selection.kind !== Kind.INLINE_FRAGMENT || selection.typeCondition === undefined) return [selection];
    const type = selection.typeCondition.name.value;
    const inner = selection.selectionSet.selections.filter(
      (field) => field.kind !== Kind.FIELD || !isOut(type, field.name.value),
    );
    return inner.length === 0 ? [] : [{ ...selection, selectionSet: { ...selection.selectionSet, selections: inner } }];
  });
  return left.length === 0 ? undefined : { ...set, selections: left };
}

/**
 * What to ask of an object that lacks something that the fetch requires: the fields that need none of it. What a skipped
 * field needs is not fetched either, and the planner carries several fields in one fetch.
 */
export function compileFallback(
  requiring: readonly RequiringField[],
  requires: readonly QueryPlanSelectionNode[],
  types: SupergraphTypes,
  requestWithout: (lacking: ReadonlySet<RequiringField>) => EntityRequest | undefined,
): (object: TreeObject) => EntityRequest | undefined {
  const known = new Map<string, EntityRequest | undefined>();
  return (object) => {
    const lacks = requiring.map(({ need }) => !hasNeeded(object, need, requires, types));
    const key = lacks.join();
    if (!known.has(key)) known.set(key, requestWithout(new Set(requiring.filter((_, index) => lacks[index]))));
    return known.get(key);
  };
}
