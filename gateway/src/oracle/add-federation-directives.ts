import type { GraphBuilder } from './graph-builder.ts';
import {
  DERIVED,
  type GraphArgument,
  type GraphField,
  type GraphType,
  interfacesOf,
  isLeaf,
  namedType,
  requirementOf,
  resolvingHomes,
  typesOfKind,
} from './graph-model.ts';

/** `@override`, `@provides` and `@requires` on fields that are there already, and fields that need others. */
export function addFederationDirectives(builder: GraphBuilder): void {
  const { graph, random } = builder;
  for (const entity of typesOfKind(graph, 'entity')) {
    if (random.chance(0.5)) addOverride(builder, entity);
    if (random.chance(0.8)) addRequires(builder, entity);
    if (random.chance(0.5)) addRequires(builder, entity);
  }
  for (const type of typesOfKind(graph, 'interface'))
    if (type.interfaceObjectIn) addInterfaceObjectRequires(builder, type);
  for (const type of typesOfKind(graph, 'entity', 'root')) if (type.name !== 'Mutation') addProvides(builder, type);
}

/** A field that one subgraph resolves and nothing else is said of. */
const plainFields = (type: GraphType): GraphField[] =>
  [...type.fields.values()].filter(
    (field) => !field.isKey && field.homes.size === 1 && !field.isProvided && requirementOf(field) === undefined,
  );

const ownHome = (field: GraphField): string => resolvingHomes(field)[0] ?? '';

function addOverride(builder: GraphBuilder, entity: GraphType): void {
  const { graph, random } = builder;
  const homes = builder.homesOf(entity);
  const inInterfaces = new Set(interfacesOf(graph, entity.name).flatMap(({ fields }) => [...fields.keys()]));
  const candidates = plainFields(entity).filter((field) => {
    const kind = graph.types.get(namedType(field.type))?.kind;
    return homes.includes(ownHome(field)) && !inInterfaces.has(field.name) && kind !== 'interface' && kind !== 'union';
  });
  if (candidates.length === 0) return;
  const field = random.pick(candidates);
  const from = ownHome(field);
  const type = graph.types.get(namedType(field.type));
  const others = homes.filter((home) => home !== from && (type === undefined || builder.canDeclare(type, home)));
  if (others.length === 0) return;
  const to = random.pick(others);
  builder.declareTypeOf(field.type, to);
  field.homes.set(from, { role: 'overridden' });
  field.homes.set(to, { role: 'resolves', overrides: from });
}

function addRequires(builder: GraphBuilder, entity: GraphType): void {
  const { random } = builder;
  const homes = builder.homesOf(entity);
  if (homes.length < 2) return;
  const home = random.pick(homes);
  const elsewhere = [...entity.fields.values()].filter((field) => isRequirable(entity, field, home));
  const leaves = elsewhere.filter((field) => isLeaf(builder.graph, field.type));
  const objects = elsewhere.filter((field) => requirableBelow(builder, field, home).length > 0);
  const nested = objects.length > 0 && random.chance(0.4) ? random.some(objects, 1) : [];
  const withoutArguments = leaves.filter((field) => field.arguments.length === 0);
  // Arguments that contradict the client's are common enough as it is.
  const mayHaveArguments = withoutArguments.length === 0 || random.chance(0.3);
  const candidates = mayHaveArguments ? leaves : withoutArguments;
  const plain = random.some(candidates, random.between(nested.length === 0 ? 1 : 0, 2));
  const derived = leaves.filter((field) => requirementOf(field) !== undefined);
  const chained = random.chance(0.4) ? random.some(derived, 1) : [];
  const wanted = [...new Set([...plain, ...chained, ...nested])];
  if (wanted.length === 0) return;
  const requires = wanted.map((field) => requireField(builder, field, home, nested.includes(field))).join(' ');
  const { type, possible } = builder.outputType([home]);
  const field = builder.addField(
    entity,
    {
      name: builder.fieldName(entity, DERIVED),
      type,
      possible,
      arguments: random.chance(0.2) ? builder.arguments() : [],
    },
    [],
  );
  field.homes.set(home, { role: 'resolves', requires });
  // So that the fields of others may require this one.
  field.isReliable = true;
}

/** Composition is wrong about two kinds of fields: keys that the subgraph lacks, and an `@interfaceObject`'s with arguments. */
function isRequirable(entity: GraphType, field: GraphField, home: string): boolean {
  const here = field.homes.get(home);
  const viaInterfaceObject = !resolvingHomes(field).some((subgraph) => entity.keys.has(subgraph));
  if (field.isKey || (viaInterfaceObject && field.arguments.length > 0)) return false;
  return here === undefined || here.role === 'external';
}

/** Leaves of the field's type that a subgraph can require: it has them, or can declare them `@external`. */
function requirableBelow(builder: GraphBuilder, field: GraphField, home: string): GraphField[] {
  const type = builder.graph.types.get(namedType(field.type));
  if (type === undefined || (type.kind !== 'entity' && type.kind !== 'value')) return [];
  if (!builder.canDeclare(type, home)) return [];
  return [...type.fields.values()].filter(
    (leaf) =>
      isLeaf(builder.graph, leaf.type) &&
      requirementOf(leaf) === undefined &&
      (leaf.homes.get(home)?.role === 'resolves' || isRequirable(type, leaf, home)),
  );
}

function requireField(builder: GraphBuilder, field: GraphField, home: string, isNested: boolean): string {
  const { random } = builder;
  const text = `${field.name}${constantArguments(builder, field.arguments)}`;
  field.homes.set(home, { role: 'external' });
  field.isReliable = true;
  builder.declareTypeOf(field.type, home);
  if (!isNested) return text;
  const leaves = random.some(requirableBelow(builder, field, home), random.between(1, 2));
  for (const leaf of leaves) {
    leaf.isReliable = true;
    if (!leaf.homes.has(home)) leaf.homes.set(home, { role: 'external' });
  }
  const below = leaves.map((leaf) => `${leaf.name}${constantArguments(builder, leaf.arguments)}`);
  return `${text} { ${below.join(' ')} }`;
}

const CONSTANTS: Readonly<Record<string, readonly string[]>> = {
  count: ['1', '2'],
  unit: ['GREEN', 'BLUE'],
  text: ['"a"', '"b"'],
  units: ['[RED]', '[RED, BLUE]'],
  filter: ['{limit: 1}', '{}'],
  exact: ['false'],
};

function constantArguments({ random }: GraphBuilder, all: readonly GraphArgument[]): string {
  const given = all.filter(
    ({ type, defaultValue }) => (type.endsWith('!') && defaultValue === undefined) || random.chance(0.7),
  );
  const texts = given.map(({ name }) => `${name}: ${random.pick(CONSTANTS[name] ?? [])}`);
  return texts.length === 0 ? '' : `(${texts.join(', ')})`;
}

/** The subgraph of the `@interfaceObject` needs a field that the implementations have elsewhere. */
function addInterfaceObjectRequires(builder: GraphBuilder, type: GraphType): void {
  const { graph, random } = builder;
  const home = type.interfaceObjectIn;
  if (home === undefined || random.chance(0.4)) return;
  const members = [...new Set([...type.members.values()].flat())].map((name) => builder.type(name));
  const required = type.fields.get('shared1');
  if (required === undefined) return;
  required.homes.set(home, { role: 'external' });
  const output = { name: `${DERIVED}9`, type: random.pick(['String', 'Int!', '[Color!]']) };
  const derived = builder.addField(type, output, []);
  derived.homes.set(home, { role: 'resolves', requires: 'shared1' });
  for (const member of members) {
    const shared = graph.types.get(member.name)?.fields.get('shared1');
    if (shared !== undefined) shared.isReliable = true;
    builder.addField(member, output, []).homes.set(home, { role: 'resolves', requires: 'shared1' });
  }
}

/** A field that gives a leaf of its entity on the way, where the entity's own subgraph is elsewhere. */
function addProvides(builder: GraphBuilder, type: GraphType): void {
  const { graph, random } = builder;
  const candidates = plainFields(type).filter((field) => {
    const entity = graph.types.get(namedType(field.type));
    const home = ownHome(field);
    return entity?.kind === 'entity' && !builder.isHidden(type.name) && providable(builder, entity, home).length > 0;
  });
  for (const field of random.some(candidates, type.kind === 'root' ? 2 : 1)) {
    const home = ownHome(field);
    const leaf = random.pick(providable(builder, builder.type(namedType(field.type)), home));
    leaf.homes.set(home, { role: 'external' });
    leaf.isProvided = true;
    field.homes.set(home, { role: 'resolves', provides: leaf.name });
  }
}

function providable(builder: GraphBuilder, entity: GraphType, home: string): GraphField[] {
  return [...entity.fields.values()].filter((leaf) => {
    const homes = [...leaf.homes.values()];
    const isPlain = homes.every(({ role, overrides }) => role !== 'overridden' && overrides === undefined);
    const here = leaf.homes.get(home);
    const isHere = here !== undefined && here.role !== 'external';
    const viaInterfaceObject = builder.isHidden(entity.name) && !entity.keys.has(ownHome(leaf));
    const isPlainLeaf =
      isLeaf(builder.graph, leaf.type) &&
      leaf.arguments.length === 0 &&
      !leaf.isKey &&
      requirementOf(leaf) === undefined;
    return isPlainLeaf && isPlain && !isHere && !viaInterfaceObject;
  });
}
