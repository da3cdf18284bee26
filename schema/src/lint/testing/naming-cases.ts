import { oneSubgraph, type RuleCase } from './rule-case.ts';

export const namingCases: readonly RuleCase[] = [
  oneSubgraph(
    'type-names',
    'takes types of every kind, and words of capitals',
    `type user { id: ID! } interface Has_Id { id: ID! } union found = user enum Sort_By { ASC }
     input userInput { id: ID! } scalar dateTime scalar URL scalar JSON type Line2 { id: ID! }`,
    ['user', 'Has_Id', 'found', 'Sort_By', 'userInput', 'dateTime'],
  ),
  oneSubgraph(
    'type-names',
    'says it once for a type and its extensions',
    'type user { id: ID! } extend type user { name: String }',
    ['user'],
  ),
  oneSubgraph(
    'type-names',
    "leaves federation's own names alone",
    'scalar _Any scalar federation__FieldSet enum link__Purpose { SECURITY } union _Entity = Query type Query { a: Int }',
    [],
  ),
  oneSubgraph(
    'field-names',
    'looks at fields of objects and interfaces, arguments and input fields',
    `type Query { A: Int user_name: String a(B: Int, c_d: Int, e2: Int): Int }
     interface Node { Id: ID! } input I { x_y: Int z: Int }`,
    ['Query.A', 'Query.user_name', 'Query.a(B:)', 'Query.a(c_d:)', 'Node.Id', 'I.x_y'],
  ),
  oneSubgraph(
    'field-names',
    'looks at extensions, and not at enums',
    'extend type User { Name: String } enum E { A_B }',
    ['User.Name'],
  ),
  oneSubgraph(
    'field-names',
    "leaves federation's own fields alone",
    'type Query { _entities(representations: [_Any!]!): [_Entity]! _service: _Service! _other: Int }',
    ['Query._other'],
  ),
  oneSubgraph(
    'enum-value-names',
    'takes digits, and single words',
    'enum E { A B2 C_3 D_E_F lower Mixed _LEADING TRAILING_ DOUBLE__UNDERSCORE }',
    ['E.lower', 'E.Mixed', 'E._LEADING', 'E.TRAILING_', 'E.DOUBLE__UNDERSCORE'],
  ),
  oneSubgraph('enum-value-names', 'looks at extensions', 'enum E { A } extend enum E { b }', ['E.b']),
  oneSubgraph(
    'input-names',
    'wants the word at the end, and of inputs alone',
    'input UserInput { a: Int } input InputUser { a: Int } input Userinput { a: Int } type User { a: Int }',
    ['InputUser', 'Userinput'],
  ),
  oneSubgraph(
    'input-names',
    'says it once for an input and its extensions',
    'input I { a: Int } extend input I { b: Int }',
    ['I'],
  ),
  oneSubgraph(
    'query-names',
    'wants a whole word before another one',
    'type Query { getUser: Int listUsers: Int fetch: Int getaway: Int listing: Int user: Int queryPlan: Int }',
    ['Query.getUser', 'Query.listUsers', 'Query.queryPlan'],
  ),
  oneSubgraph(
    'query-names',
    'knows the query type by another name, and looks at nothing else',
    'schema { query: Root } type Root { getA: Int } type Query { getB: Int } type Mutation { getC: Int }',
    ['Root.getA'],
  ),
  oneSubgraph(
    'query-names',
    'knows that name from an extension too',
    'extend schema { query: Root } type Root { getA: Int }',
    ['Root.getA'],
  ),
  {
    ...oneSubgraph('query-names', 'takes other prefixes', 'type Query { getUser: Int userById: Int readUser: Int }', [
      'Query.readUser',
    ]),
    options: { prefixes: ['read'] },
  },
  oneSubgraph(
    'mutation-payloads',
    'takes a payload in a list or not null, and refuses scalars, things and interfaces',
    `type Mutation { a: APayload b: BPayload! c: Boolean d: User! e: [EPayload!]! f: Node }
     type APayload { x: Int } type BPayload { x: Int } type User { id: ID! } interface Node { id: ID! }`,
    ['Mutation.c', 'Mutation.d', 'Mutation.f'],
  ),
  {
    rule: 'mutation-payloads',
    name: 'takes a union, of another subgraph and in an extension too',
    files: {
      orders: 'extend type Mutation { a: Result b: Other } union Mine = A type A { x: Int }',
      shop: 'type Query { a: Int } union Result = A type A { x: Int }',
    },
    finds: ['Mutation.b'],
  },
];
