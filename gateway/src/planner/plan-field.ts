import { type GraphQLOutputType, getNamedType, isLeafType, TypeNameMetaFieldDef } from 'graphql';
import { replaceLiterals } from './argument-text.ts';
import { type CollectedField, fetchedOf } from './collected-field.ts';
import { anyOf, type Conjunction, conjunctionKey } from './conditions.ts';
import type { DeferGroup, GroupOf } from './defer-usage.ts';
import type { SchemaTypes, TypeSet } from './schema-types.ts';

/** A field of the canonical operation. */
export interface PlanField {
  readonly planKey: string;
  readonly name: string;
  /** Of its position, in their order. */
  readonly index: number;
  readonly isLeaf: boolean;
  /** Arguments and directives, literals lifted. */
  readonly suffix: string;
  /** Undefined: it is in the first payload. */
  readonly group: DeferGroup | undefined;
}

/** The client's fields of one response key that are one field whatever the object: GraphQL, 6.3.2 "MergeSelectionSets". */
interface MergedField {
  readonly responseKey: string;
  readonly name: string;
  readonly fields: readonly CollectedField[];
  readonly isLeaf: boolean;
  readonly children: readonly MergedField[];
  /** Arguments and directives, literals marked. */
  readonly suffix: string;
  /** By which the fields of a position are sorted: nothing in it hangs on the client's names. */
  readonly order: string;
  /**
   * In it, or below, something is selected at several places, each with a selection of its own: `order` does not tell
   * which is whose.
   */
  readonly isMixed: boolean;
  readonly group: DeferGroup | undefined;
}

interface Merging {
  readonly types: SchemaTypes;
  readonly groupOf: GroupOf;
}

export interface PlanFields {
  readonly of: ReadonlyMap<CollectedField, PlanField>;
  /** Lifted literals as JSON text, and the type of each, by the variable that takes its place. */
  readonly lifted: ReadonlyMap<string, { readonly type: string; readonly value: string }>;
}

interface Allocation {
  readonly types: SchemaTypes;
  readonly of: Map<CollectedField, PlanField>;
  readonly lifted: Map<string, { type: string; value: string }>;
  readonly takenVariables: ReadonlySet<string>;
}

/**
 * The canonical operation's fields for those that the client selects. They have the same keys and variables however the
 * client has named, ordered and grouped its own.
 *
 * @param isSerial At the root of a mutation: every response key is a call of its own, in the order written.
 */
export function planFields(
  fields: readonly CollectedField[],
  isSerial: boolean,
  types: SchemaTypes,
  takenVariables: ReadonlySet<string>,
  groupOf: GroupOf = () => undefined,
): PlanFields {
  const allocation: Allocation = { types, of: new Map(), lifted: new Map(), takenVariables };
  const merged = mergeFields(fields, { types, groupOf });
  allocate(isSerial ? merged.map((field) => [field]) : sortedGroups(merged), allocation);
  return allocation;
}

function mergeFields(fields: readonly CollectedField[], merging: Merging): MergedField[] {
  const groups = Map.groupBy(fields, ({ responseKey, name, arguments: { text } }) =>
    JSON.stringify([responseKey, name, text]),
  );
  return [...groups.values()].map((group) => mergedField(group as [CollectedField, ...CollectedField[]], merging));
}

function mergedField(fields: readonly [CollectedField, ...CollectedField[]], merging: Merging): MergedField {
  const { types, groupOf } = merging;
  const [
    {
      responseKey,
      name,
      type,
      arguments: { text },
    },
  ] = fields;
  const isLeaf = fields[0].children === undefined;
  const children = mergeFields(
    fields.flatMap((field) => fetchedOf(field.children ?? [])),
    merging,
  );
  const suffix = text + [...new Set(fields.map(({ directives }) => directives))].join('');
  const places = new Set(fields.map((field) => placeKey(field, types)));
  const isMixed = !isLeaf && (places.size > 1 || children.some((child) => child.isMixed));
  const apart = isLeaf ? [] : [...[...places].sort(), ...contentOf(children, types)];
  const group = groupOf(fields[0]);
  // What is delivered apart is asked for apart.
  const delivered = group === undefined ? [] : [`@defer ${group.key}`];
  const order = [name, suffix, shapeOf(type), ...apart, ...delivered].join('\n');
  return { responseKey, name, fields, isLeaf, children, suffix, order, isMixed, group };
}

/**
 * Merged fields with the same become one field of the canonical operation. Selections that are not quite the same stay
 * apart: a null inside of one must not make another null.
 */
const identityOf = ({ responseKey, order, isMixed }: MergedField) => (isMixed ? `${order}\n\n${responseKey}` : order);

const placeKey = ({ types: objects, when }: Selected, types: SchemaTypes) =>
  `${types.keyOf(objects)} if ${conjunctionKey(when)}`;

/** Without `__typename`, which makes nothing null. */
function contentOf(children: readonly MergedField[], types: SchemaTypes): string[] {
  const others = children.filter(({ name }) => name !== TypeNameMetaFieldDef.name);
  const content = [...Map.groupBy(others, identityOf).values()].map((same) => {
    const [{ isLeaf, order }] = same as [MergedField, ...MergedField[]];
    const places = isLeaf ? anyOfPlaces(same.flatMap(({ fields }) => fields)) : [];
    return [order, ...places.map((place) => placeKey(place, types)), ';'].join('\n');
  });
  return content.sort();
}

/** What the specification calls the shape of a response: fields of one key must have the same. */
export function shapeOf(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  return isLeafType(named) ? String(type) : String(type).replace(named.name, '{}');
}

const sortedGroups = (fields: readonly MergedField[]): MergedField[][] =>
  [...Map.groupBy(fields, identityOf)]
    .map(([identity, group]) => ({ identity, group, key: sortKey((group[0] as MergedField).order) }))
    .sort((a, b) => compare(a.key, b.key) || compare(a.identity, b.identity))
    .map(({ group }) => group);

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Without values, and with the numbers of variables in their order: `$v10` after `$v2`. */
const sortKey = (order: string) =>
  replaceLiterals(order, () => '$v').replaceAll(/\$v(\d+)/g, (_, digits: string) => `$v${digits.padStart(6, '0')}`);

function allocate(groups: readonly (readonly MergedField[])[], allocation: Allocation): void {
  const { types, of } = allocation;
  const taken = new Set<string>();
  for (const [index, group] of groups.entries()) {
    const [{ name, isLeaf, suffix, group: delivered }] = group as [MergedField, ...MergedField[]];
    const planKey = freeKey(name, taken, types);
    const lifted = liftLiterals(suffix, allocation);
    const field: PlanField = { planKey, name, index, isLeaf, suffix: lifted, group: delivered };
    taken.add(planKey);
    for (const { fields } of group) for (const collected of fields) of.set(collected, field);
    if (!isLeaf) allocate(sortedGroups(group.flatMap(({ children }) => children)), allocation);
  }
}

/**
 * No other field's name: the planner adds fields, of keys for one, under their own. And no name that every object has.
 */
function freeKey(name: string, taken: ReadonlySet<string>, { fieldNames }: SchemaTypes): string {
  if (!taken.has(name) && !(name in Object.prototype)) return name;
  let number = 2;
  while (taken.has(`${name}_${number}`) || fieldNames.has(`${name}_${number}`)) number++;
  return `${name}_${number}`;
}

function liftLiterals(suffix: string, { lifted, takenVariables }: Allocation): string {
  return replaceLiterals(suffix, (type, value) => {
    let number = lifted.size + 1;
    while (takenVariables.has(`v${number}`) || lifted.has(`v${number}`)) number++;
    lifted.set(`v${number}`, { type, value });
    return `$v${number}`;
  });
}

/** Objects of which a field is selected when all conditions hold. */
export interface Selected {
  readonly types: TypeSet;
  readonly when: Conjunction;
}

/** When the field is selected at one of the places, with the fewest alternatives for each object. */
export function anyOfPlaces(places: readonly Selected[]): Selected[] {
  const [first] = places;
  if (first !== undefined && places.length === 1) return [first];
  const selected = new Map<string, { types: Set<string>; when: Conjunction }>();
  for (const object of new Set(places.flatMap(({ types }) => [...types]))) {
    for (const when of anyOf(places.filter(({ types }) => types.has(object)).map((place) => place.when))) {
      const key = conjunctionKey(when);
      const known = selected.get(key) ?? { types: new Set(), when };
      selected.set(key, known);
      known.types.add(object);
    }
  }
  return [...selected].sort(([a], [b]) => compare(a, b)).map(([, place]) => place);
}
