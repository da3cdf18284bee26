import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { Kind, type SelectionSetNode } from 'graphql';
import type { SupergraphTypes } from '../supergraph/supergraph-types.ts';
import type { EntityRequest } from './entity-place.ts';
import { hasNeeded } from './representation.ts';
import type { TreeObject } from './response-tree.ts';

/** A field of a fetch of entities that some of them are not asked for. */
export interface OptionalField {
  /** Of the fragment that it is selected in. */
  readonly type: string;
  readonly key: string;
  /** What it requires of the object (`@requires`). */
  readonly need: SelectionSetNode | undefined;
  /** The fragment is of an interface: the planner has put fields into it that the client wants of some types alone. */
  readonly isLoose: boolean;
}

export function optionalFields(
  { selections }: SelectionSetNode,
  subgraph: string,
  types: SupergraphTypes,
): OptionalField[] {
  return selections.flatMap((selection) => {
    if (selection.kind !== Kind.INLINE_FRAGMENT || selection.typeCondition === undefined) return [];
    const type = selection.typeCondition.name.value;
    const isLoose = !types.isObject(type);
    return selection.selectionSet.selections.flatMap((field): OptionalField[] => {
      if (field.kind !== Kind.FIELD || field.name.value === '__typename') return [];
      const need = types.requirement(subgraph, type, field.name.value);
      return need === undefined && !isLoose ? [] : [{ type, key: keyOf(field), need, isLoose }];
    });
  });
}

/** Undefined when nothing is left. */
export function withoutFields(
  { selections, ...set }: SelectionSetNode,
  fields: ReadonlySet<OptionalField>,
): SelectionSetNode | undefined {
  const isOut = (type: string, key: string) => [...fields].some((one) => one.type === type && one.key === key);
  const left = selections.flatMap((selection) => {
    if (selection.kind !== Kind.INLINE_FRAGMENT || selection.typeCondition === undefined) return [selection];
    const type = selection.typeCondition.name.value;
    const inner = selection.selectionSet.selections.filter(
      (field) => field.kind !== Kind.FIELD || !isOut(type, keyOf(field)),
    );
    const isEmpty = inner.every((field) => field.kind === Kind.FIELD && field.name.value === '__typename');
    return isEmpty ? [] : [{ ...selection, selectionSet: { ...selection.selectionSet, selections: inner } }];
  });
  return left.length === 0 ? undefined : { ...set, selections: left };
}

const keyOf = ({ alias, name }: { alias?: { value: string } | undefined; name: { value: string } }) =>
  (alias ?? name).value;

/** Asks for the fields of an object that are wanted of it, and for which it has what they need. */
export type PartialRequest = (object: TreeObject, isWanted: (key: string) => boolean) => EntityRequest | undefined;

/** What a skipped field needs is not fetched, and the planner carries several fields in one fetch. */
export function compilePartial(
  optional: readonly OptionalField[],
  requires: readonly QueryPlanSelectionNode[],
  types: SupergraphTypes,
  requestWithout: (left: ReadonlySet<OptionalField>) => EntityRequest | undefined,
): PartialRequest {
  const known = new Map<string, EntityRequest | undefined>();
  return (object, isWanted) => {
    const isLeft = optional.map(
      ({ key, need, isLoose }) =>
        (isLoose && !isWanted(key)) || (need !== undefined && !hasNeeded(object, need, requires, types)),
    );
    const which = isLeft.join();
    if (!known.has(which)) known.set(which, requestWithout(new Set(optional.filter((_, index) => isLeft[index]))));
    return known.get(which);
  };
}
