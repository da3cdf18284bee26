import { oneSubgraph, type RuleCase } from './rule-case.ts';

const SUNSET = 'directive @sunset(on: String!, replacement: String, owner: String!) on FIELD_DEFINITION | ENUM_VALUE';

export const deprecationCases: readonly RuleCase[] = [
  oneSubgraph(
    'deprecation-reasons',
    'takes neither none, nor an empty one, nor the default',
    `type T { a: Int @deprecated b: Int @deprecated(reason: " ") c: Int @deprecated(reason: "No longer supported")
     d: Int @deprecated(reason: "Use a.") e(f: Int @deprecated): Int } enum E { G @deprecated }
     input I { h: Int @deprecated }`,
    ['T.a', 'T.b', 'T.c', 'T.e(f:)', 'E.G', 'I.h'],
  ),
  oneSubgraph(
    'deprecation-reasons',
    'leaves null to invalid-deprecation',
    'type T { a: Int @deprecated(reason: null) }',
    [],
  ),
  oneSubgraph('sunsets', 'asks nothing where nobody knows them', 'type T { a: Int @deprecated(reason: "r") }', []),
  {
    rule: 'sunsets',
    name: 'asks for them in every subgraph when one knows them, defined or linked',
    files: {
      a: 'type T { a: Int @deprecated(reason: "r") b: Int }',
      b: 'extend schema @link(url: "https://specs.tributary.dev/lines/v1.0", import: ["@sunset"]) type U { c: Int }',
    },
    finds: ['T.a'],
  },
  oneSubgraph(
    'sunsets',
    'wants a date of the calendar, a replacement that there is, and an owner',
    `${SUNSET} enum E { A @deprecated(reason: "r") @sunset(on: "2027-01-31", replacement: "E.B", owner: "o") B }
     type T {
       a: Int @deprecated(reason: "r") @sunset(on: "2027-02-29", replacement: "T.z", owner: "o")
       b: Int @deprecated(reason: "r") @sunset(on: "31.01.2027", replacement: "T.z(arg:)", owner: "o")
       c: Int @deprecated(reason: "r") @sunset(on: "2028-02-29", replacement: "T.nothing", owner: "o")
       d: Int @deprecated(reason: "r") @sunset(on: "2027-01-31", replacement: "T.hidden", owner: "o")
       e: Int @deprecated(reason: "r") @sunset(on: "2027-01-31", owner: "")
       f: Int @sunset(on: "2027-01-31", replacement: "T", owner: "o")
       hidden: Int @inaccessible
       z(arg: Int): Int
     }`,
    ['T.a', 'T.b', 'T.c', 'T.d', 'T.e', 'T.e', 'T.f'],
  ),
  {
    rule: 'sunsets',
    name: 'knows a replacement in another subgraph',
    files: {
      a: `${SUNSET} type T { a: Int @deprecated(reason: "r") @sunset(on: "2027-01-31", replacement: "U.b", owner: "o") }`,
      b: 'type U { b: Int }',
    },
    finds: [],
  },
  oneSubgraph(
    'invalid-deprecation',
    'finds a reason that is null, and required inputs without a default',
    `type T { a: Int @deprecated(reason: null) b(c: Int! @deprecated d: Int! = 1 @deprecated e: Int @deprecated): Int }
     input I { f: Int! @deprecated g: [Int!] @deprecated h: Int! = 0 @deprecated }`,
    ['T.a', 'T.b(c:)', 'I.f'],
  ),
  oneSubgraph(
    'invalid-deprecation',
    'looks at interfaces of interfaces, and at extensions',
    `interface N { a: Int b: Int @deprecated(reason: "r") } interface M implements N { a: Int @deprecated(reason: "r") b: Int }
     type T { a: Int @deprecated(reason: "r") b: Int @deprecated(reason: "r") c: Int @deprecated(reason: "r") }
     extend type T implements N`,
    ['M.a', 'T.a'],
  ),
  {
    rule: 'invalid-deprecation',
    name: 'is content when another subgraph deprecates the field of the interface',
    files: {
      a: 'interface N { a: Int } type T implements N { a: Int @deprecated(reason: "r") }',
      b: 'interface N { a: Int @deprecated(reason: "r") } type U implements N { a: Int }',
    },
    finds: [],
  },
];
