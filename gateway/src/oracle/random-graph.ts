import { addAbstractTypes } from './add-abstract-types.ts';
import { addFederationDirectives } from './add-federation-directives.ts';
import { GraphBuilder } from './graph-builder.ts';
import { type EntityKey, type Graph, type GraphType, typesOfKind } from './graph-model.ts';
import { seededRandom } from './seeded-random.ts';

const NAMES = ['alpha', 'beta', 'gamma', 'delta'];
/** One of each style of key, and one more. */
const KEY_STYLES = ['single', 'several', 'compound', 'nested', 'single'] as const;
type KeyStyle = (typeof KEY_STYLES)[number];

/** A federated graph that composes, by construction. */
export function randomGraph(seed: number): Graph {
  const random = seededRandom(`graph ${seed}`);
  const graph: Graph = {
    subgraphs: NAMES.slice(0, random.between(3, 4)),
    enums: new Map([
      ['Color', ['RED', 'GREEN', 'BLUE']],
      ['Size', ['SMALL', 'LARGE']],
    ]),
    inputs: new Map([
      [
        'Filter',
        [
          { name: 'limit', type: 'Int', defaultValue: '7' },
          { name: 'size', type: 'Size!', defaultValue: 'LARGE' },
          { name: 'tags', type: '[String!]' },
          { name: 'range', type: 'Range' },
        ],
      ],
      [
        'Range',
        [
          { name: 'from', type: 'Float' },
          { name: 'limit', type: 'Int', defaultValue: '1' },
          { name: 'cells', type: '[[Int]]' },
        ],
      ],
    ]),
    types: new Map(),
  };
  const builder = new GraphBuilder(graph, random);
  builder.addType('Query', 'root');
  builder.addType('Mutation', 'root');
  addValueTypes(builder);
  for (const [index, style] of random.some(KEY_STYLES.slice(1), random.between(2, 4)).entries()) {
    if (index === 0) addEntity(builder, 'Anchor', 'single');
    addEntity(builder, `Item${index + 1}`, style);
  }
  addAbstractTypes(builder);
  for (const entity of typesOfKind(graph, 'entity')) addEntityFields(builder, entity);
  addReferenceToValueType(builder);
  addRootFields(builder);
  addFederationDirectives(builder);
  return graph;
}

function addValueTypes(builder: GraphBuilder): void {
  const { graph, random } = builder;
  for (const name of ['Money', 'Spot']) {
    const type = builder.addType(name, 'value');
    for (let count = random.between(1, 3); count > 0; count--) {
      const named = random.pick(['Int', 'Float', 'String', 'Color', 'Size']);
      const field = {
        name: builder.fieldName(type, named),
        type: builder.wrapped(named),
        arguments: builder.arguments(),
      };
      builder.addField(type, field, graph.subgraphs);
    }
  }
  builder.addField(builder.type('Spot'), { name: 'money1', type: builder.wrapped('Money') }, graph.subgraphs);
}

function addEntity(builder: GraphBuilder, name: string, style: KeyStyle): void {
  const { graph, random } = builder;
  const entity = builder.addType(name, 'entity');
  const homes = random.some(graph.subgraphs, random.between(2, 3));
  const keys = keysOf(builder, entity, style);
  for (const [index, home] of homes.entries()) {
    // The first home has them all: through it each key leads to each other.
    const some = index === 0 ? keys : random.some(keys, random.between(1, keys.length));
    const resolvable = some.map((fields): EntityKey => ({ fields, isResolvable: true }));
    builder.addKeys(entity, home, resolvable);
  }
}

function keysOf(builder: GraphBuilder, entity: GraphType, style: KeyStyle): string[] {
  const key = (name: string, type: string) => builder.addField(entity, { name, type, isKey: true }, []);
  switch (style) {
    case 'single':
      key('id', 'ID!');
      return ['id'];
    case 'several':
      key('id', 'ID!');
      key('code', 'String!');
      return ['id', 'code'];
    case 'compound':
      key('region', 'String!');
      key('number', 'Int!');
      return ['region number'];
    case 'nested':
      key('parent', 'Anchor!');
      key('slot', 'Int!');
      return ['parent { id } slot'];
  }
}

function addEntityFields(builder: GraphBuilder, entity: GraphType): void {
  const { random } = builder;
  const all = builder.homesOf(entity);
  for (const home of all) {
    for (let count = random.between(2, 3); count > 0; count--) {
      const homes = random.chance(0.15)
        ? [
            home,
            ...random.some(
              all.filter((other) => other !== home),
              1,
            ),
          ]
        : [home];
      const { type, possible, base } = builder.outputType(homes);
      const name = builder.fieldName(entity, base);
      builder.addField(entity, { name, type, possible, arguments: builder.arguments() }, homes);
    }
  }
}

/** Every subgraph resolves it. */
function addReferenceToValueType(builder: GraphBuilder): void {
  const { graph, random } = builder;
  const entity = random.pick(typesOfKind(graph, 'entity').filter(({ name }) => !builder.isHidden(name)));
  const type = builder.type('Money');
  for (const subgraph of graph.subgraphs) builder.declareTypeOf(entity.name, subgraph);
  const field = { name: builder.fieldName(type, entity.name), type: builder.wrapped(entity.name) };
  builder.addField(type, field, graph.subgraphs);
}

function addRootFields(builder: GraphBuilder): void {
  const { graph, random } = builder;
  const query = builder.type('Query');
  const mutation = builder.type('Mutation');
  const add = (root: GraphType, homes: readonly string[]) => {
    const { type, possible, base } = builder.outputType(homes);
    builder.addField(
      root,
      { name: builder.fieldName(root, base), type, possible, arguments: builder.arguments() },
      homes,
    );
  };
  for (const subgraph of graph.subgraphs) {
    for (const entity of random.some(typesOfKind(graph, 'entity'), 2)) {
      if (!builder.canDeclare(entity, subgraph)) continue;
      builder.declareTypeOf(entity.name, subgraph);
      const type = random.pick([`${entity.name}!`, `[${entity.name}!]!`, `[${entity.name}!]!`, `[${entity.name}]`]);
      builder.addField(query, { name: builder.fieldName(query, entity.name), type, arguments: builder.arguments() }, [
        subgraph,
      ]);
    }
    for (const abstract of typesOfKind(graph, 'interface', 'union')) {
      const possible = abstract.members.get(subgraph);
      if (possible === undefined || random.chance(0.3)) continue;
      const type = random.pick([abstract.name, `[${abstract.name}!]!`, `[${abstract.name}]`]);
      builder.addField(query, { name: builder.fieldName(query, abstract.name), type, possible }, [subgraph]);
    }
    add(query, random.chance(0.4) ? random.some(graph.subgraphs, 2) : [subgraph]);
  }
  for (const subgraph of random.some(graph.subgraphs, 2)) {
    add(mutation, [subgraph]);
    add(mutation, [subgraph]);
  }
}
