import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import { Kind, type SelectionSetNode } from 'graphql';
import type { SupergraphTypes } from '../supergraph/supergraph-types.ts';
import { anyText, stringText } from './leaf-values.ts';
import { isTreeObject, type TreeObject } from './response-tree.ts';
import { compileRewrites } from './rewrites.ts';

/**
 * The JSON text of an entity's representation, which is also what tells entities apart; undefined when the object is
 * none of those that the fetch is for, or lacks what it requires.
 */
export type Representation = (object: TreeObject) => string | undefined;

export interface RepresentationParts {
  readonly subgraph: string;
  readonly requires: readonly QueryPlanSelectionNode[];
  readonly inputRewrites: readonly FetchDataRewrite[] | undefined;
  /** Undefined: all that the fetch requires. Otherwise a key will do, with what these name of it. */
  readonly needs: readonly SelectionSetNode[] | undefined;
  readonly types: SupergraphTypes;
}

export function compileRepresentation({
  subgraph,
  requires,
  inputRewrites,
  needs,
  types,
}: RepresentationParts): Representation {
  const rewrite = compileRewrites(inputRewrites, types);
  const compile = (name: string): Representation | undefined => {
    const required = fieldsOn(name, requires, types);
    // Where a field is asked of some types alone, what the plan says of the others may be no key of theirs.
    const key = types.keys(subgraph, name).find((one) => covers(required, one));
    if (key === undefined) return undefined;
    const fields =
      needs === undefined ? required : [...fieldsIn(key), ...needs.flatMap((need) => named(required, need))];
    const flat = rewrite === undefined ? flatNames(fields) : undefined;
    if (flat !== undefined) return flatRepresentation(name, flat);
    return (object) => {
      const representation: TreeObject = {};
      if (!pickInto(representation, object, fields, types)) return undefined;
      representation.__typename ??= name;
      rewrite?.(representation);
      return anyText(representation);
    };
  };
  const byType = new Map<string, Representation | undefined>();
  return (object) => {
    const { __typename: name } = object;
    if (typeof name !== 'string') return undefined;
    let represent = byType.get(name);
    if (represent === undefined && !byType.has(name)) {
      represent = compile(name);
      byType.set(name, represent);
    }
    return represent?.(object);
  };
}

/** Whether an object has what one field of it needs, under the keys of the fetch that requires it. */
export function hasNeeded(
  object: TreeObject,
  need: SelectionSetNode,
  requires: readonly QueryPlanSelectionNode[],
  types: SupergraphTypes,
): boolean {
  const required = fieldsOn(String(object.__typename), requires, types);
  return pickInto({}, object, named(required, need), types);
}

/** Of what a fetch requires, that which one of its fields needs. */
function named<T extends QueryPlanSelectionNode>(required: readonly T[], need: SelectionSetNode): T[] {
  const below = new Map<string, SelectionSetNode[]>();
  const add = ({ selections }: SelectionSetNode) => {
    for (const node of selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) add(node.selectionSet);
      else if (node.kind === Kind.FIELD)
        below.set(node.name.value, [
          ...(below.get(node.name.value) ?? []),
          ...(node.selectionSet ? [node.selectionSet] : []),
        ]);
    }
  };
  add(need);
  return required.flatMap((node): T[] => {
    if (node.kind === 'InlineFragment') return [{ ...node, selections: named(node.selections, need) }];
    if (node.name === '__typename') return [node];
    const inner = below.get(node.name);
    if (inner === undefined) return [];
    const selections =
      node.selections &&
      named(node.selections, { kind: Kind.SELECTION_SET, selections: inner.flatMap((set) => set.selections) });
    return [{ ...node, ...(selections && { selections }) }];
  });
}

type RequiredField = Extract<QueryPlanSelectionNode, { kind: 'Field' }>;

/** What is required of objects of that type, in all fragments that are about it. */
function fieldsOn(
  name: string,
  selections: readonly QueryPlanSelectionNode[],
  types: SupergraphTypes,
): RequiredField[] {
  return selections.flatMap((selection) => {
    if (selection.kind === 'Field') return [selection];
    const { typeCondition: type } = selection;
    return type === undefined || types.includes(type, name) ? fieldsOn(name, selection.selections, types) : [];
  });
}

const fieldsIn = ({ selections }: SelectionSetNode): RequiredField[] =>
  selections.flatMap((node) => {
    if (node.kind !== Kind.FIELD) return [];
    const below = node.selectionSet && { selections: fieldsIn(node.selectionSet) };
    return [{ kind: 'Field', name: node.name.value, ...below }];
  });

function covers(fields: readonly RequiredField[], key: SelectionSetNode): boolean {
  return key.selections.every((part) => {
    if (part.kind !== Kind.FIELD) return true;
    const same = fields.filter(({ name }) => name === part.name.value);
    if (part.selectionSet === undefined) return same.length > 0;
    const inner = same.flatMap(({ selections = [] }) => selections);
    const below = inner.flatMap((selection) =>
      selection.kind === 'Field' ? [selection] : (selection.selections as RequiredField[]),
    );
    return covers(below, part.selectionSet);
  });
}

/** Each key of the object with its name in the representation, where no field has fields of its own. */
function flatNames(fields: readonly RequiredField[]): Map<string, string> | undefined {
  const names = new Map<string, string>();
  for (const { name, alias, selections } of fields) {
    if (selections !== undefined) return undefined;
    if (name !== '__typename') names.set(alias ?? name, name);
  }
  return names;
}

/** The usual one: written without an object in between. */
function flatRepresentation(type: string, names: ReadonlyMap<string, string>): Representation {
  const start = `{"__typename":${JSON.stringify(type)}`;
  const keys = [...names.keys()];
  const members = [...names.values()].map((name) => `,${JSON.stringify(name)}:`);
  return (object) => {
    let text = start;
    for (let index = 0; index < keys.length; index++) {
      const value = object[keys[index] as string];
      // A field may be called like what every object has.
      if (value === undefined || typeof value === 'function') return undefined;
      const valueText = typeof value === 'string' ? stringText(value) : anyText(value);
      if (valueText === undefined) return undefined;
      text += members[index] as string;
      text += valueText;
    }
    return `${text}}`;
  };
}

/**
 * Picks the required fields of an object, which has them under their aliases. What is required of one field in several
 * places is picked into one.
 *
 * @returns whether none is missing
 */
function pickInto(
  picked: TreeObject,
  object: TreeObject,
  selections: readonly QueryPlanSelectionNode[],
  types: SupergraphTypes,
): boolean {
  return selections.every((selection) => {
    if (selection.kind === 'InlineFragment') {
      const { __typename: name } = object;
      const { typeCondition: type } = selection;
      const isOther = type !== undefined && (typeof name !== 'string' || !types.includes(type, name));
      return isOther || pickInto(picked, object, selection.selections, types);
    }
    const { name, alias = name } = selection;
    const value = pickValue(object[alias], selection.selections, picked[name], types);
    picked[name] = value;
    return value !== undefined;
  });
}

function pickValue(
  value: unknown,
  selections: readonly QueryPlanSelectionNode[] | undefined,
  picked: unknown,
  types: SupergraphTypes,
): unknown {
  if (typeof value === 'function') return undefined;
  if (selections === undefined || value === null) return value;
  if (Array.isArray(value)) {
    const known = Array.isArray(picked) ? picked : [];
    const items = value.map((item, index) => pickValue(item, selections, known[index], types));
    return items.includes(undefined) ? undefined : items;
  }
  if (!isTreeObject(value)) return undefined;
  const inner = isTreeObject(picked) ? picked : {};
  return pickInto(inner, value, selections, types) ? inner : undefined;
}
