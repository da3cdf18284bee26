import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import type { PossibleTypes } from './possible-types.ts';
import { isTreeObject, mergeInto, type TreeObject } from './response-tree.ts';
import { compileRewrites } from './rewrites.ts';

/**
 * The JSON text of an entity's representation, which is also what tells entities apart; undefined when the object is
 * none of those that the fetch is for, or lacks what it requires.
 */
export type Representation = (object: TreeObject) => string | undefined;

export function compileRepresentation(
  requires: readonly QueryPlanSelectionNode[],
  inputRewrites: readonly FetchDataRewrite[] | undefined,
  types: PossibleTypes,
): Representation {
  const flat = inputRewrites === undefined ? flatKey(requires) : undefined;
  if (flat !== undefined) return flatRepresentation(flat, types);
  const rewrite = compileRewrites(inputRewrites, types);
  return (object) => {
    const representation = pick(object, requires, types);
    if (representation === undefined || typeof representation.__typename !== 'string') return undefined;
    rewrite?.(representation);
    return JSON.stringify(representation);
  };
}

interface FlatKey {
  type: string;
  names: readonly string[];
}

/** `... on Product { __typename upc }`, the usual one: one type, and fields without fields of their own. */
function flatKey(requires: readonly QueryPlanSelectionNode[]): FlatKey | undefined {
  const [fragment, ...others] = requires;
  if (fragment?.kind !== 'InlineFragment' || fragment.typeCondition === undefined || others.length > 0)
    return undefined;
  const names: string[] = [];
  for (const field of fragment.selections) {
    if (field.kind !== 'Field' || field.selections !== undefined || field.alias !== undefined) return undefined;
    if (field.name !== '__typename') names.push(field.name);
  }
  return { type: fragment.typeCondition, names };
}

function flatRepresentation({ type, names }: FlatKey, types: PossibleTypes): Representation {
  const keys = names.map((name) => `,${JSON.stringify(name)}:`);
  return (object) => {
    const { __typename: name } = object;
    if (typeof name !== 'string' || !types.includes(type, name)) return undefined;
    let text = `{"__typename":${JSON.stringify(name)}`;
    for (let index = 0; index < names.length; index++) {
      const value = object[names[index] as string];
      if (value === undefined) return undefined;
      text += (keys[index] as string) + (typeof value === 'number' ? value : JSON.stringify(value));
    }
    return `${text}}`;
  };
}

/** The required fields of an object; undefined when one is missing. */
function pick(
  object: TreeObject,
  selections: readonly QueryPlanSelectionNode[],
  types: PossibleTypes,
): TreeObject | undefined {
  const picked: TreeObject = {};
  for (const selection of selections) {
    if (selection.kind === 'InlineFragment') {
      const { __typename: name } = object;
      const { typeCondition: type } = selection;
      if (type !== undefined && (typeof name !== 'string' || !types.includes(type, name))) continue;
      const inner = pick(object, selection.selections, types);
      if (inner === undefined) return undefined;
      mergeInto(picked, inner);
    } else {
      const key = selection.alias ?? selection.name;
      const value = pickValue(object[key], selection.selections, types);
      if (value === undefined) return undefined;
      picked[key] = value;
    }
  }
  return picked;
}

function pickValue(
  value: unknown,
  selections: readonly QueryPlanSelectionNode[] | undefined,
  types: PossibleTypes,
): unknown {
  if (selections === undefined || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => pickValue(item, selections, types));
    return items.includes(undefined) ? undefined : items;
  }
  return isTreeObject(value) ? pick(value, selections, types) : undefined;
}
