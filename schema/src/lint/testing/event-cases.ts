import type { RuleCase } from './rule-case.ts';

const LINKED = 'extend schema @link(url: "https://specs.tributary.dev/events/v1.0", import: ["@eventStream"])';
const COMPOSED = `${LINKED} @composeDirective(name: "@eventStream")`;
const DATA = JSON.stringify({ properties: { data: { properties: { itemId: {}, userId: {} } } } });
const EVENTS = { 'subgraphs/shop/events/shop.item.changed.v1.json': DATA };

const stream = (rest: string, types = '["shop.item.changed.v1"]') =>
  `type Subscription { changed(id: ID!): Item @eventStream(types: ${types}, ${rest}) }
   type Item @key(fields: "id") @key(fields: "b a") @key(fields: "sku", resolvable: false) { id: ID! a: Int b: Int sku: ID }`;

const one = (name: string, sdl: string, finds: readonly string[], files: RuleCase['files'] = EVENTS): RuleCase => ({
  ...{ rule: 'event-streams', name, finds },
  files: { shop: sdl, ...files },
});
const FOUND = ['Subscription.changed'];

export const eventCases: readonly RuleCase[] = [
  one('is content with all that is there', `${COMPOSED} ${stream('entity: "{ id: itemId }", caller: "userId"')}`, []),
  one('wants it linked', stream('entity: "{ id: itemId }"'), FOUND),
  one('wants it composed', `${LINKED} ${stream('entity: "{ id: itemId }"')}`, FOUND),
  one(
    'wants that of the name that it has here',
    `extend schema
       @link(url: "https://specs.tributary.dev/events/v1.0", import: [{ name: "@eventStream", as: "@hears" }])
       @composeDirective(name: "@hears")
     ${stream('entity: "{ id: itemId }"').replace('@eventStream', '@hears')}`,
    [],
  ),
  one("leaves a subgraph's own directive alone", 'type Query { a: Int @eventStream(of: "b") }', []),
  one('takes the fields of a key in any order', `${COMPOSED} ${stream('entity: "{ a: itemId, b: userId }"')}`, []),
  one('wants no list', `${COMPOSED} ${stream('entity: "{ id: itemId }"').replace('): Item', '): [Item!]!')}`, FOUND),
  one(
    'takes what is never null',
    `${COMPOSED} ${stream('entity: "{ id: itemId }"').replace('): Item', '): Item!')}`,
    [],
  ),
  one(
    'wants an object type',
    `${COMPOSED} ${stream('entity: "{ id: itemId }"').replace('type Item', 'interface Item')}`,
    FOUND,
  ),
  one(
    'wants what is an object type in the supergraph',
    `${COMPOSED} ${stream('entity: "{ id: itemId }"').replace('type Item', 'type Item @interfaceObject')}`,
    FOUND,
    { ...EVENTS, stock: 'interface Item @key(fields: "id") { id: ID! }' },
  ),
  one(
    'wants it of a subscription',
    `${COMPOSED} ${stream('entity: "{ id: itemId }"').replace('type Subscription', 'type Query')}`,
    ['Query.changed'],
  ),
  one(
    'knows the type of subscriptions by any name',
    `${COMPOSED} schema { subscription: Live } ${stream('entity: "{ id: itemId }"').replace('type Subscription', 'type Live')}`,
    [],
  ),
  one('wants all of a key', `${COMPOSED} ${stream('entity: "{ a: itemId }"')}`, FOUND),
  one('wants a key that is resolvable', `${COMPOSED} ${stream('entity: "{ sku: itemId }"')}`, FOUND),
  one(
    'wants an argument that is there',
    `${COMPOSED} ${stream('entity: "{ id: itemId }", where: "{ itemId: $i }"')}`,
    FOUND,
  ),
  one(
    'wants fields of the data, of each type',
    `${COMPOSED} ${stream('entity: "{ id: itemIt }", where: "{ item: $id }", caller: "user"')}`,
    [...FOUND, ...FOUND, ...FOUND],
  ),
  one(
    'wants a type that is published',
    `${COMPOSED} ${stream('entity: "{ id: itemId }"', '"shop.item.change.v1"')}`,
    FOUND,
  ),
  {
    rule: 'event-streams',
    name: 'knows events of other subgraphs',
    files: {
      shop: `${COMPOSED} ${stream('entity: "{ id: itemId }"', '["stock.item.counted.v1"]')}`,
      stock: 'type Query { a: Int }',
      'subgraphs/stock/events/stock.item.counted.v1.json': DATA,
    },
    finds: [],
  },
  one(
    'says nothing of events where no subgraph has any',
    `${COMPOSED} ${stream('entity: "{ id: anything }"')}`,
    [],
    {},
  ),
  one('says nothing of data whose fields are not listed', `${COMPOSED} ${stream('entity: "{ id: anything }"')}`, [], {
    'subgraphs/shop/events/shop.item.changed.v1.json': '{ "properties": { "data": { "anyOf": [] } } }',
  }),
];
