import type { GraphBuilder } from './graph-builder.ts';
import { type GraphType, typesOfKind } from './graph-model.ts';

/** Interfaces, an entity interface with its `@interfaceObject`, and a union that subgraphs know different members of. */
export function addAbstractTypes(builder: GraphBuilder): void {
  addInterface(builder, 'Named');
  if (builder.random.chance(0.7)) addEntityInterface(builder);
  if (builder.random.chance(0.6)) addInterfaceByKey(builder);
  addUnion(builder);
}

/** An interface of entities and value types. Each subgraph that has it resolves one of its fields, of every type. */
function addInterface(builder: GraphBuilder, name: string): void {
  const { graph, random } = builder;
  const type = builder.addType(name, 'interface');
  const entities = random.some(visibleEntities(builder), random.between(1, 3));
  const values = random.some(typesOfKind(graph, 'value'), entities.length === 1 ? 1 : random.between(0, 1));
  const members = [...entities, ...values];
  for (const [index, home] of random.some(graph.subgraphs, random.between(1, 2)).entries()) {
    const named = random.pick(['Int', 'String', 'Color']);
    const field = {
      ...{ name: `shared${index + 1}`, type: builder.wrapped(named), arguments: builder.arguments() },
    };
    builder.addField(type, field, [home]);
    for (const entity of entities) {
      builder.addHome(entity, home);
      builder.addField(entity, { ...field, type: covariant(builder, field.type) }, [home]);
    }
    for (const value of values) builder.addField(value, field, graph.subgraphs);
    type.members.set(
      home,
      members.map((member) => member.name),
    );
  }
  // In the others' stead: where one home has only one of the fields, the planner asks type by type.
}

/** What implements an interface may promise more than it. */
const covariant = ({ random }: GraphBuilder, type: string) =>
  !type.endsWith('!') && random.chance(0.3) ? `${type}!` : type;

/** An interface with the key alone, and with other members in each subgraph. */
function addInterfaceByKey(builder: GraphBuilder): void {
  const { graph, random } = builder;
  const byId = visibleEntities(builder).filter(({ fields }) => fields.has('id') && !fields.has('code'));
  if (byId.length < 2) return;
  const type = builder.addType('Keyed', 'interface');
  const homes = random.some(graph.subgraphs, 2);
  builder.addField(type, { name: 'id', type: 'ID!', isKey: true }, homes);
  for (const home of homes) {
    const members = random.some(byId, random.between(1, byId.length));
    for (const member of members) builder.declareTypeOf(member.name, home);
    type.members.set(
      home,
      members.map(({ name }) => name),
    );
  }
}

/** One subgraph knows the implementations, another only the interface. */
function addEntityInterface(builder: GraphBuilder): void {
  const { graph, random } = builder;
  const [home = '', objectHome = '', ...others] = random.some(graph.subgraphs, graph.subgraphs.length);
  const type = builder.addType('Media', 'interface', objectHome);
  const key = { fields: 'id', isResolvable: true };
  const idField = { name: 'id', type: 'ID!', isKey: true };
  builder.addField(type, idField, [home, objectHome]);
  builder.addKeys(type, home, [key]);
  builder.addKeys(type, objectHome, [key]);
  const entities = ['Book', 'Film', 'Song'].slice(0, random.between(2, 3)).map((name) => {
    const entity = builder.addType(name, 'entity');
    builder.hideFrom(objectHome, name);
    builder.addField(entity, idField, []);
    for (const subgraph of [home, ...random.some(others, random.between(0, 1))])
      builder.addKeys(entity, subgraph, [key]);
    return entity;
  });
  const names = entities.map(({ name }) => name);
  type.members.set(home, names);
  type.members.set(objectHome, names);
  const common = { name: 'shared1', type: builder.wrapped(random.pick(['Int', 'String', 'Size'])) };
  for (const owner of [type, ...entities]) builder.addField(owner, common, [home]);
  for (let count = random.between(1, 2); count > 0; count--) {
    const { type: output, base } = builder.outputType([objectHome, objectHome]);
    const extra = { name: builder.fieldName(type, `extra${base}`), type: output, arguments: builder.arguments() };
    for (const owner of [type, ...entities]) builder.addField(owner, extra, [objectHome]);
  }
}

function addUnion(builder: GraphBuilder): void {
  const { graph, random } = builder;
  const type = builder.addType('Any', 'union');
  const candidates = [...visibleEntities(builder), ...typesOfKind(graph, 'value')];
  const names = random.some(candidates, random.between(2, 4)).map(({ name }) => name);
  for (const home of random.some(graph.subgraphs, random.between(1, 2))) {
    const known = random.some(names, random.between(2, names.length));
    for (const name of known) builder.declareTypeOf(name, home);
    type.members.set(home, known);
  }
}

const visibleEntities = (builder: GraphBuilder): GraphType[] =>
  typesOfKind(builder.graph, 'entity').filter(({ name }) => !builder.isHidden(name));
