import { oneSubgraph, type RuleCase } from './rule-case.ts';

/** What clients have to know, shapes, and types that say what they hold. */
export const clientCases: readonly RuleCase[] = [
  oneSubgraph(
    'descriptions',
    'wants one of types, fields and values of every kind, not of arguments, fields of inputs and root types',
    `type Query { a(b: Int): Int } type T { c: Int } interface N { d: Int } enum E { F }
     union U = T scalar S input I { g: Int }`,
    ['Query.a', 'T', 'T.c', 'N', 'N.d', 'E', 'E.F', 'U', 'S', 'I'],
  ),
  oneSubgraph('descriptions', 'takes no empty one', '"" type T { " " a: Int "yes" b: Int }', ['T', 'T.a']),
  {
    rule: 'descriptions',
    name: 'is content with one of several subgraphs, and reports what lacks it once, where it belongs to',
    files: {
      a: 'type T @key(fields: "id", resolvable: false) { id: ID! }',
      b: 'extend type T @key(fields: "id") { id: ID! w: Int @external x: Int @external y: Int @requires(fields: "w x") }',
      c: 'type T @key(fields: "id") { id: ID! w: Int "x" x: Int z: Int } type V @shareable { v: Int }',
      d: '"v" type V @shareable { v: Int }',
    },
    finds: ['T', 'T.y', 'T.w', 'T.z', 'V.v'],
  },
  {
    rule: 'descriptions',
    name: 'looks for a mutation in all subgraphs, and takes an entity for a stub when no key is resolvable',
    files: {
      a: 'type Mutation { "a" addT(input: AddTInput): Int } type T @key(fields: "id") @key(fields: "sku", resolvable: false) { id: ID! }',
      b: 'input AddTInput { x: Int } input AddT { x: Int } type T @key(fields: "id") { id: ID! }',
    },
    finds: ['T', 'AddT'],
  },
  oneSubgraph(
    'descriptions',
    "leaves federation's own definitions alone",
    `type Query { _service: _Service! _entities(representations: [_Any!]!): [_Entity]! } type _Service { sdl: String }
     scalar _Any union _Entity = Query enum link__Purpose { SECURITY }`,
    [],
  ),
  oneSubgraph(
    'descriptions',
    'exempts what clients cannot see',
    'type Hidden @inaccessible { a: Int } "t" type T { b: Int @inaccessible } enum E @inaccessible { F }',
    [],
  ),
  oneSubgraph(
    'descriptions',
    'exempts what an interface describes, and what is named after a mutation that is',
    `"n" interface N { "m" message: String code: Int } "t" type T implements N { message: String code: Int }
     type Mutation { "a" addT(input: AddTInput): AddTPayload dropT(input: DropTInput): Int }
     input AddTInput { x: Int } input DropTInput { x: Int } type AddTPayload { t: T other: T } union AddTError = T`,
    ['N.code', 'T.code', 'Mutation.dropT', 'DropTInput', 'AddTPayload.other'],
  ),
  {
    ...oneSubgraph(
      'descriptions',
      'has lists of names that say it all, and the root types have none',
      'type Query { name: Int } "t" type T { id: ID! name: Int } type TList { id: ID! }',
      ['Query.name', 'T.id', 'TList.id'],
    ),
    options: { exempt: ['name'], exemptTypes: ['List'] },
  },
  oneSubgraph(
    'unbounded-lists',
    'looks into lists of lists, and at objects, interfaces and unions, not at scalars and enums',
    `type Query { a: [T] b: [[T!]!]! c: [N!] d: [U] e: [String!]! f: [E!] g: T }
     type T { x: Int } interface N { x: Int } union U = T enum E { A }`,
    ['Query.a', 'Query.b', 'Query.c', 'Query.d'],
  ),
  oneSubgraph(
    'unbounded-lists',
    'is content with an argument or @listSize, and with a page; not with any argument',
    `type Query { a(first: Int): [T] b(last: Int): [T] c(limit: Int!): [T] d: [T] @listSize(assumedSize: 3) e(after: ID): [T] }
     type T { x: Int } type TConnection { nodes: [T] } type TPage { items: [T] } type Tree { leaves: [T] errors: [T] }`,
    ['Query.e', 'Tree.leaves'],
  ),
  {
    rule: 'unbounded-lists',
    name: 'knows a type of another subgraph, and leaves @external to its owner',
    files: {
      a: 'extend type T @key(fields: "id") { id: ID! ts: [T] @external us: [U] v: Int @requires(fields: "ts { id }") }',
      b: 'type T @key(fields: "id") { id: ID! ts(first: Int): [T] } type U { x: Int }',
    },
    finds: ['T.us'],
  },
  {
    rule: 'nullable-fetches',
    name: 'lets null stop anywhere in a list, and sees it go through lists of lists',
    files: {
      a: `type Order { a: User! b: User c: [User!]! d: [User]! e: [User!] f: [[User!]!]! g: [[User!]]! }
          type User @key(fields: "id") { id: ID! }`,
      b: 'type User @key(fields: "id") { id: ID! name: String! }',
    },
    finds: ['Order.a', 'Order.c', 'Order.f'],
  },
  {
    rule: 'nullable-fetches',
    name: 'minds neither what can be null there, nor what is here too, nor the key, nor what is provided',
    files: {
      a: `type Query { n: Nullable! s: Shared! k: Keyed! p: Provided! @provides(fields: "name") q: Provided! }
          type Nullable @key(fields: "id") { id: ID! }
          type Shared @key(fields: "id") { id: ID! name: String! @shareable }
          extend type Keyed @key(fields: "id") @key(fields: "sku") { id: ID! @external sku: ID! @external }
          type Provided @key(fields: "id") { id: ID! name: String! @external }`,
      b: `type Nullable @key(fields: "id") { id: ID! name: String }
          type Shared @key(fields: "id") { id: ID! name: String! @shareable }
          type Keyed @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! }
          type Provided @key(fields: "id") { id: ID! name: String! @shareable }`,
    },
    finds: ['Query.q'],
  },
  {
    rule: 'nullable-fetches',
    name: 'wants a field with @requires to be nullable, on the outside',
    files: {
      a: `extend type P @key(fields: "id") { id: ID! w: Int @external
          x: Int! @requires(fields: "w") y: [Int!] @requires(fields: "w") z: [Int]! @requires(fields: "w") }`,
      b: 'type P @key(fields: "id") { id: ID! w: Int }',
    },
    finds: ['P.x', 'P.z'],
  },
  {
    rule: 'nullable-fetches',
    name: 'says it once where several others resolve the field',
    files: {
      a: 'type Query { u: User! } type User @key(fields: "id") { id: ID! }',
      b: 'type User @key(fields: "id") { id: ID! name: String! @shareable }',
      c: 'type User @key(fields: "id") { id: ID! name: String! @shareable }',
    },
    finds: ['Query.u'],
  },
  {
    rule: 'nullable-fetches',
    name: 'knows who has taken a field over',
    files: {
      a: 'type Query { u: User! } type User @key(fields: "id") { id: ID! name: String! }',
      b: 'type User @key(fields: "id") { id: ID! name: String! @override(from: "a") }',
    },
    finds: ['Query.u'],
  },
  oneSubgraph(
    'id-types',
    'takes a null id in inputs, and words that only end so in none',
    `type T { id: ID userId: String paid: Int valid: Boolean grid: String orderIds: [ID!]! } interface N { id: String! }
     input I { id: ID userIds: [Int!] } type Query { t(id: Int!, tId: ID): T } type PaymentId { x: Int } enum E { id }`,
    ['T.id', 'T.userId', 'N.id', 'I.userIds', 'Query.t(id:)'],
  ),
  oneSubgraph('id-types', 'looks into lists of lists', 'type T { aIds: [[Int!]!]! bIds: [[ID!]!]! }', ['T.aIds']),
  {
    ...oneSubgraph('id-types', 'has names that are exempt', 'input I { clientMutationId: String stripeId: String }', [
      'I.clientMutationId',
    ]),
    options: { exempt: ['stripeId'] },
  },
  oneSubgraph(
    'money-types',
    'goes by the noun of the name, one or many',
    `type T { price: Int unitPrice: Float! priceWithTax: String totalCount: Int prices: [Float!]! costCenter: String
     amountDue: Int feePercent: Float subtotal: Int coffee: String pricey: Int totals: [[Int]] balance: Money }`,
    ['T.price', 'T.unitPrice', 'T.priceWithTax', 'T.prices', 'T.amountDue', 'T.subtotal', 'T.totals'],
  ),
  oneSubgraph(
    'money-types',
    'is content with a unit in the name, and looks at inputs and arguments',
    'type Money { amountMinor: Int! amountCents: Int } input I { amount: Float } type Query { q(maxPrice: Int): Int }',
    ['I.amount', 'Query.q(maxPrice:)'],
  ),
  {
    ...oneSubgraph('money-types', 'has words and units of its own', 'type T { price: Int wage: Int wageOere: Int }', [
      'T.wage',
    ]),
    options: { words: ['wage'], units: ['oere'] },
  },
  oneSubgraph(
    'time-types',
    'goes by the last word',
    `type T { at: String createdAt: String! startsOn: Int date: String birthDate: String format: String station: String
     timeZone: String updates: Int validAt: [Float] isOn: Boolean paidAt: DateTime runtime: Int flat: String
     durationMs: Int datetime: String } scalar DateTime`,
    ['T.at', 'T.createdAt', 'T.startsOn', 'T.date', 'T.birthDate', 'T.validAt', 'T.datetime'],
  ),
  oneSubgraph(
    'time-types',
    'looks at inputs, arguments and extensions',
    'input I { endsAt: String } extend type T { dueDate: String } type Query { q(asOf: String, since: Int, endDate: Int): Int }',
    ['I.endsAt', 'T.dueDate', 'Query.q(endDate:)'],
  ),
];
