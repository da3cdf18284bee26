/** One subgraph, called `one`, or several by name. */
export type Sdl = string | Record<string, string>;

/** From one graph to another, and all that a check must say of it. */
export interface ChangeCase {
  /** `class CODE coordinate` of every change, in any order. The first is the one that the case is about. */
  readonly changes: readonly string[];
  /** What the first one's message says, in part. */
  readonly says: string;
  /** What it does not say. */
  readonly saysNot?: string;
  /** Which layers show the first one. */
  readonly layers: string;
  readonly before: Sdl;
  readonly after: Sdl;
}

const EVERY = 'subgraph supergraph api line';
const GRAPH = 'subgraph supergraph';

const oneOf =
  (layers: string) =>
  (changes: string, says: string, before: Sdl, after: Sdl): ChangeCase => ({
    ...{ changes: changes.split(', '), says, layers, before, after },
  });
/** What clients see: every layer shows it. */
const seen = oneOf(EVERY);
/** What clients do not see: the API and its lines do not show it. */
const hidden = oneOf(GRAPH);
/** In one subgraph alone. */
const own = oneOf('subgraph');
const supergraph = oneOf('supergraph');

const OK = 'type Query { ok: Boolean } ';
const query = (fields: string, rest = '') => `type Query { ok: Boolean ${fields} } ${rest}`;
const a = (fields: string) => query('a: A', `type A { z: Int ${fields} }`);
const h = (fields: string) => `${OK} type H @inaccessible { z: Int ${fields} }`;
const input = (fields: string) => query('f(i: I): Int', `input I { z: Int ${fields} }`);
const hiddenInput = (fields: string) =>
  query('f(i: I @inaccessible): Int', `input I @inaccessible { z: Int ${fields} }`);
const args = (given: string) => query(`f(z: Int ${given}): Int`);
const directive = (definition: string) => `directive ${definition} ${OK}`;
const DEPRECATED = '@deprecated(reason: "Old.")';

const types: ChangeCase[] = [
  seen('breaking TYPE_REMOVED S', 'The scalar S is removed.', `${OK} scalar S`, OK),
  seen('breaking TYPE_REMOVED A', 'The object type A is removed.', `${OK} type A { x: Int }`, OK),
  seen('breaking TYPE_REMOVED N', 'The interface N is removed.', `${OK} interface N { x: Int }`, OK),
  seen(
    'breaking TYPE_REMOVED U',
    'The union U is removed.',
    `${OK} type A { x: Int } union U = A`,
    `${OK} type A { x: Int }`,
  ),
  seen('breaking TYPE_REMOVED E', 'The enum E is removed.', `${OK} enum E { X }`, OK),
  seen('breaking TYPE_REMOVED I', 'The input type I is removed.', `${OK} input I { x: Int }`, OK),
  seen('breaking TYPE_REMOVED A, breaking FIELD_REMOVED Query.a', 'removed', a(''), OK),
  hidden('safe TYPE_REMOVED H', 'The object type H is removed.', h(''), OK),
  seen('safe TYPE_ADDED A', 'The object type A is added.', OK, `${OK} type A { x: Int }`),
  seen('safe TYPE_ADDED E', 'The enum E is added.', OK, `${OK} enum E { X }`),
  hidden('safe TYPE_ADDED H', 'added', OK, h('')),
  seen(
    'breaking TYPE_KIND_CHANGED A',
    'A is an interface, and was an object type.',
    `${OK} type A { x: Int }`,
    `${OK} interface A { x: Int }`,
  ),
  seen('breaking TYPE_KIND_CHANGED S', 'S is an enum, and was a scalar.', `${OK} scalar S`, `${OK} enum S { X }`),
  seen('breaking TYPE_KIND_CHANGED E', 'E is a scalar, and was an enum.', `${OK} enum E { X }`, `${OK} scalar E`),
  seen(
    'breaking TYPE_KIND_CHANGED I',
    'I is a scalar, and was an input type.',
    `${OK} input I { x: Int }`,
    `${OK} scalar I`,
  ),
  seen(
    'breaking TYPE_KIND_CHANGED U',
    'U is an interface, and was a union.',
    `${OK} type A { x: Int } union U = A`,
    `${OK} type A { x: Int } interface U { x: Int }`,
  ),
  hidden('safe TYPE_KIND_CHANGED H', 'H is an interface', h(''), `${OK} interface H @inaccessible { z: Int }`),
  seen(
    'breaking ROOT_TYPE_REMOVED Mutation, breaking TYPE_REMOVED Mutation',
    'Mutation is no longer the type of each mutation',
    `${OK} type Mutation { m: Int }`,
    OK,
  ),
  seen(
    'breaking ROOT_TYPE_REMOVED Subscription, breaking TYPE_REMOVED Subscription',
    'no longer the type of each subscription',
    `${OK} type Subscription { s: Int }`,
    OK,
  ),
  seen(
    'safe ROOT_TYPE_ADDED Mutation, safe TYPE_ADDED Mutation',
    'Mutation is the type of each mutation now.',
    OK,
    `${OK} type Mutation { m: Int }`,
  ),
  own(
    'safe ROOT_TYPE_CHANGED Q, safe TYPE_REMOVED Q, safe TYPE_ADDED Query',
    'The type of each query is Query, and was Q.',
    'schema { query: Q } type Q { ok: Boolean }',
    OK,
  ),
];

const fields: ChangeCase[] = [
  seen('breaking FIELD_REMOVED A.x', 'The field A.x is removed.', a('x: Int'), a('')),
  seen(
    'breaking FIELD_REMOVED N.x',
    'The field N.x is removed.',
    `${OK} interface N { x: Int y: Int }`,
    `${OK} interface N { y: Int }`,
  ),
  hidden('safe FIELD_REMOVED H.x', 'removed', h('x: Int'), h('')),
  seen(
    'breaking FIELD_REMOVED A.x',
    'removed',
    `${OK} type A { y: Int } extend type A { x: Int }`,
    `${OK} type A { y: Int }`,
  ),
  seen(
    'breaking FIELD_REMOVED Query.y',
    'removed',
    { one: OK, two: 'extend type Query { x: Int y: Int }' },
    { one: OK, two: 'extend type Query { x: Int }' },
  ),
  seen('safe FIELD_ADDED A.x', 'The field A.x is added.', a(''), a('x: Int')),
  seen('safe FIELD_ADDED Query.x', 'added', OK, query('x: Int')),
  hidden('safe FIELD_ADDED H.x', 'added', h(''), h('x: Int')),
  seen('breaking FIELD_TYPE_CHANGED A.x', 'The type of A.x is String, and was Int.', a('x: Int'), a('x: String')),
  seen('breaking FIELD_TYPE_CHANGED A.x', 'is Float, and was Int', a('x: Int'), a('x: Float')),
  seen(
    'breaking FIELD_TYPE_CHANGED Query.n, safe TYPE_ADDED B, dangerous INTERFACE_ADDED B',
    'The type of Query.n is B, and was N.',
    query('n: N', 'interface N { x: Int } '),
    query('n: B', 'interface N { x: Int } type B implements N { x: Int }'),
  ),
  seen(
    'breaking FIELD_TYPE_CHANGED Query.n',
    'is N, and was B',
    query('n: B', 'interface N { x: Int } type B implements N { x: Int }'),
    query('n: N', 'interface N { x: Int } type B implements N { x: Int }'),
  ),
  seen('breaking FIELD_TYPE_CHANGED A.x', 'is [String!], and was [Int!]', a('x: [Int!]'), a('x: [String!]')),
  hidden('safe FIELD_TYPE_CHANGED H.x', 'is String, and was Int', h('x: Int'), h('x: String')),
  seen('breaking FIELD_LIST_CHANGED A.x', 'is [Int], and was Int', a('x: Int'), a('x: [Int]')),
  seen('breaking FIELD_LIST_CHANGED A.x', 'is Int, and was [Int]', a('x: [Int]'), a('x: Int')),
  seen('breaking FIELD_LIST_CHANGED A.x', 'is [[Int]], and was [Int]', a('x: [Int]'), a('x: [[Int]]')),
  hidden('safe FIELD_LIST_CHANGED H.x', 'is [Int]', h('x: Int'), h('x: [Int]')),
  seen('breaking FIELD_NULLABLE A.x', 'is Int, and was Int!', a('x: Int!'), a('x: Int')),
  seen('breaking FIELD_NULLABLE A.x', 'is [Int], and was [Int!]', a('x: [Int!]'), a('x: [Int]')),
  seen('breaking FIELD_NULLABLE A.x', 'is [Int!], and was [Int!]!', a('x: [Int!]!'), a('x: [Int!]')),
  seen('breaking FIELD_NULLABLE A.x', 'is [Int]!, and was [Int!]', a('x: [Int!]'), a('x: [Int]!')),
  hidden('safe FIELD_NULLABLE H.x', 'is Int, and was Int!', h('x: Int!'), h('x: Int')),
  own(
    'safe FIELD_NULLABLE Query.x',
    'is Int, and was Int!',
    { one: query('x: Int! @shareable'), two: 'type Query { x: Int @shareable }' },
    { one: query('x: Int @shareable'), two: 'type Query { x: Int @shareable }' },
  ),
  seen('safe FIELD_NON_NULL A.x', 'is Int!, and was Int', a('x: Int'), a('x: Int!')),
  seen('safe FIELD_NON_NULL A.x', 'is [Int!]!, and was [Int]', a('x: [Int]'), a('x: [Int!]!')),
  hidden('safe FIELD_NON_NULL H.x', 'is Int!', h('x: Int'), h('x: Int!')),
];

const N = 'interface N { z: Int } ';
const abstract: ChangeCase[] = [
  seen(
    'breaking INTERFACE_REMOVED A',
    'A no longer implements N.',
    query('a: A', `${N} type A implements N { z: Int }`),
    query('a: A', `${N} type A { z: Int }`),
  ),
  hidden(
    'safe INTERFACE_REMOVED H',
    'no longer implements',
    `${OK} ${N} type H implements N @inaccessible { z: Int }`,
    `${OK} ${N} type H @inaccessible { z: Int }`,
  ),
  seen(
    'dangerous INTERFACE_ADDED A',
    'A implements N, and clients may get it where they read N.',
    query('a: A', `${N} type A { z: Int }`),
    query('a: A', `${N} type A implements N { z: Int }`),
  ),
  seen(
    'dangerous INTERFACE_ADDED B, safe TYPE_ADDED B',
    'B implements N',
    `${OK} ${N}`,
    `${OK} ${N} type B implements N { z: Int }`,
  ),
  seen('safe TYPE_ADDED B, safe TYPE_ADDED N', 'added', OK, `${OK} ${N} type B implements N { z: Int }`),
  hidden(
    'safe INTERFACE_ADDED H',
    'H implements N',
    `${OK} ${N} type H @inaccessible { z: Int }`,
    `${OK} ${N} type H implements N @inaccessible { z: Int }`,
  ),
  seen(
    'breaking UNION_MEMBER_REMOVED U',
    'B is no longer a member of the union U.',
    `${OK} type A { x: Int } type B { x: Int } union U = A | B`,
    `${OK} type A { x: Int } type B { x: Int } union U = A`,
  ),
  seen(
    'breaking UNION_MEMBER_REMOVED U, breaking UNION_MEMBER_REMOVED U',
    'B is no longer',
    `${OK} type A { x: Int } type B { x: Int } type C { x: Int } union U = A | B | C`,
    `${OK} type A { x: Int } type B { x: Int } type C { x: Int } union U = A`,
  ),
  hidden(
    'safe UNION_MEMBER_REMOVED U',
    'B is no longer',
    `${OK} type A { x: Int } type B { x: Int } union U @inaccessible = A | B`,
    `${OK} type A { x: Int } type B { x: Int } union U @inaccessible = A`,
  ),
  seen(
    'dangerous UNION_MEMBER_ADDED U',
    'B is a new member of the union U.',
    `${OK} type A { x: Int } type B { x: Int } union U = A`,
    `${OK} type A { x: Int } type B { x: Int } union U = A | B`,
  ),
  hidden(
    'safe UNION_MEMBER_ADDED U',
    'B is a new member',
    `${OK} type A { x: Int } type B { x: Int } union U @inaccessible = A`,
    `${OK} type A { x: Int } type B { x: Int } union U @inaccessible = A | B`,
  ),
  seen(
    'breaking ENUM_VALUE_REMOVED E.Y',
    'The enum value E.Y is removed.',
    query('e: E', 'enum E { X Y }'),
    query('e: E', 'enum E { X }'),
  ),
  seen(
    'breaking ENUM_VALUE_REMOVED E.Y',
    'removed',
    query('f(e: E): Int', 'enum E { X Y }'),
    query('f(e: E): Int', 'enum E { X }'),
  ),
  hidden(
    'safe ENUM_VALUE_REMOVED E.Y',
    'removed',
    `${OK} enum E @inaccessible { X Y }`,
    `${OK} enum E @inaccessible { X }`,
  ),
  own(
    'safe ENUM_VALUE_REMOVED E.Y',
    'removed',
    { one: query('e: E', 'enum E { X Y }'), two: 'type Query { g: E } enum E { X Y }' },
    { one: query('e: E', 'enum E { X }'), two: 'type Query { g: E } enum E { X Y }' },
  ),
  seen(
    'dangerous ENUM_VALUE_ADDED E.Y',
    'The enum value E.Y is added, and clients may get it.',
    query('e: E', 'enum E { X }'),
    query('e: E', 'enum E { X Y }'),
  ),
  seen(
    'dangerous ENUM_VALUE_ADDED E.Y',
    'added',
    query('e: [E!]!', 'enum E { X }'),
    query('e: [E!]!', 'enum E { X Y }'),
  ),
  hidden(
    'safe ENUM_INPUT_VALUE_ADDED E.Y',
    'added',
    `${OK} enum E @inaccessible { X }`,
    `${OK} enum E @inaccessible { X Y }`,
  ),
  seen(
    'safe ENUM_INPUT_VALUE_ADDED E.Y',
    'The enum value E.Y is added.',
    query('f(e: E): Int', 'enum E { X }'),
    query('f(e: E): Int', 'enum E { X Y }'),
  ),
  seen(
    'dangerous SPECIFIED_BY_CHANGED S',
    '@specifiedBy of S is https://b.example, and was https://a.example.',
    `${OK} scalar S @specifiedBy(url: "https://a.example")`,
    `${OK} scalar S @specifiedBy(url: "https://b.example")`,
  ),
  seen(
    'dangerous SPECIFIED_BY_CHANGED S',
    'is absent, and was https://a.example',
    `${OK} scalar S @specifiedBy(url: "https://a.example")`,
    `${OK} scalar S`,
  ),
];

const inputs: ChangeCase[] = [
  seen('breaking ARGUMENT_REMOVED Query.f(x:)', 'The argument Query.f(x:) is removed.', args('x: Int'), args('')),
  hidden('safe ARGUMENT_REMOVED H.f(x:)', 'removed', h('f(x: Int): Int'), h('f: Int')),
  seen(
    'breaking ARGUMENT_REQUIRED_ADDED Query.f(x:)',
    'The required argument Query.f(x:) is added.',
    args(''),
    args('x: Int!'),
  ),
  hidden('safe ARGUMENT_REQUIRED_ADDED H.f(x:)', 'added', h('f: Int'), h('f(x: Int!): Int')),
  seen(
    'dangerous ARGUMENT_OPTIONAL_ADDED Query.f(x:)',
    'The optional argument Query.f(x:) is added.',
    args(''),
    args('x: Int'),
  ),
  seen('dangerous ARGUMENT_OPTIONAL_ADDED Query.f(x:)', 'added', args(''), args('x: Int! = 1')),
  hidden('safe ARGUMENT_OPTIONAL_ADDED H.f(x:)', 'added', h('f: Int'), h('f(x: Int): Int')),
  seen('breaking ARGUMENT_TYPE_CHANGED Query.f(x:)', 'is String, and was Int', args('x: Int'), args('x: String')),
  seen('breaking ARGUMENT_TYPE_CHANGED Query.f(x:)', 'is Float, and was Int', args('x: Int'), args('x: Float')),
  hidden('safe ARGUMENT_TYPE_CHANGED H.f(x:)', 'is String', h('f(x: Int): Int'), h('f(x: String): Int')),
  seen('breaking ARGUMENT_LIST_CHANGED Query.f(x:)', 'is [Int], and was Int', args('x: Int'), args('x: [Int]')),
  seen('breaking ARGUMENT_LIST_CHANGED Query.f(x:)', 'is Int, and was [Int]', args('x: [Int]'), args('x: Int')),
  hidden('safe ARGUMENT_LIST_CHANGED H.f(x:)', 'is [Int]', h('f(x: Int): Int'), h('f(x: [Int]): Int')),
  seen('breaking ARGUMENT_NON_NULL Query.f(x:)', 'is Int!, and was Int', args('x: Int'), args('x: Int!')),
  seen('breaking ARGUMENT_NON_NULL Query.f(x:)', 'is [Int!], and was [Int]', args('x: [Int]'), args('x: [Int!]')),
  hidden('safe ARGUMENT_NON_NULL H.f(x:)', 'is Int!', h('f(x: Int): Int'), h('f(x: Int!): Int')),
  seen('safe ARGUMENT_NULLABLE Query.f(x:)', 'is Int, and was Int!', args('x: Int!'), args('x: Int')),
  seen('safe ARGUMENT_NULLABLE Query.f(x:)', 'is [Int], and was [Int!]!', args('x: [Int!]!'), args('x: [Int]')),
  seen(
    'breaking ARGUMENT_DEFAULT_REMOVED Query.f(x:)',
    'The default 1 of Query.f(x:) is removed',
    args('x: Int! = 1'),
    args('x: Int!'),
  ),
  hidden('safe ARGUMENT_DEFAULT_REMOVED H.f(x:)', 'removed', h('f(x: Int! = 1): Int'), h('f(x: Int!): Int')),
  seen('dangerous ARGUMENT_DEFAULT_CHANGED Query.f(x:)', 'is 2, and was 1', args('x: Int = 1'), args('x: Int = 2')),
  seen('dangerous ARGUMENT_DEFAULT_CHANGED Query.f(x:)', 'is absent, and was 1', args('x: Int = 1'), args('x: Int')),
  seen('dangerous ARGUMENT_DEFAULT_CHANGED Query.f(x:)', 'is 1, and was absent', args('x: Int'), args('x: Int = 1')),
  seen(
    'dangerous ARGUMENT_DEFAULT_CHANGED Query.f(x:)',
    'is null, and was absent',
    args('x: Int'),
    args('x: Int = null'),
  ),
  hidden('safe ARGUMENT_DEFAULT_CHANGED H.f(x:)', 'is 2', h('f(x: Int = 1): Int'), h('f(x: Int = 2): Int')),
  seen('safe ARGUMENT_DEFAULT_ADDED Query.f(x:)', 'Query.f(x:) has a default, 1', args('x: Int!'), args('x: Int! = 1')),
  seen('breaking INPUT_FIELD_REMOVED I.x', 'The input field I.x is removed.', input('x: Int'), input('')),
  hidden('safe INPUT_FIELD_REMOVED I.x', 'removed', hiddenInput('x: Int'), hiddenInput('')),
  seen(
    'breaking INPUT_FIELD_REQUIRED_ADDED I.x',
    'The required input field I.x is added.',
    input(''),
    input('x: Int!'),
  ),
  hidden('safe INPUT_FIELD_REQUIRED_ADDED I.x', 'added', hiddenInput(''), hiddenInput('x: Int!')),
  seen(
    'dangerous INPUT_FIELD_OPTIONAL_ADDED I.x',
    'The optional input field I.x is added.',
    input(''),
    input('x: Int'),
  ),
  seen('dangerous INPUT_FIELD_OPTIONAL_ADDED I.x', 'added', input(''), input('x: Int! = 1')),
  hidden('safe INPUT_FIELD_OPTIONAL_ADDED I.x', 'added', hiddenInput(''), hiddenInput('x: Int')),
  seen('breaking INPUT_FIELD_TYPE_CHANGED I.x', 'is String, and was Int', input('x: Int'), input('x: String')),
  hidden('safe INPUT_FIELD_TYPE_CHANGED I.x', 'is String', hiddenInput('x: Int'), hiddenInput('x: String')),
  seen('breaking INPUT_FIELD_LIST_CHANGED I.x', 'is [Int], and was Int', input('x: Int'), input('x: [Int]')),
  hidden('safe INPUT_FIELD_LIST_CHANGED I.x', 'is [Int]', hiddenInput('x: Int'), hiddenInput('x: [Int]')),
  seen('breaking INPUT_FIELD_NON_NULL I.x', 'is Int!, and was Int', input('x: Int'), input('x: Int!')),
  hidden('safe INPUT_FIELD_NON_NULL I.x', 'is Int!', hiddenInput('x: Int'), hiddenInput('x: Int!')),
  seen('safe INPUT_FIELD_NULLABLE I.x', 'is Int, and was Int!', input('x: Int!'), input('x: Int')),
  seen(
    'breaking INPUT_FIELD_DEFAULT_REMOVED I.x',
    'The default 1 of I.x is removed',
    input('x: Int! = 1'),
    input('x: Int!'),
  ),
  hidden('safe INPUT_FIELD_DEFAULT_REMOVED I.x', 'removed', hiddenInput('x: Int! = 1'), hiddenInput('x: Int!')),
  seen('dangerous INPUT_FIELD_DEFAULT_CHANGED I.x', 'is 2, and was 1', input('x: Int = 1'), input('x: Int = 2')),
  hidden('safe INPUT_FIELD_DEFAULT_CHANGED I.x', 'is 2', hiddenInput('x: Int = 1'), hiddenInput('x: Int = 2')),
  seen('safe INPUT_FIELD_DEFAULT_ADDED I.x', 'I.x has a default, 1', input('x: Int!'), input('x: Int! = 1')),
];

const oneOfInput = (directive: string) => query('f(i: I): Int', `input I ${directive} { x: Int y: Int }`);
const ones: ChangeCase[] = [
  // Composition refuses it: no API shows it.
  own('breaking ONE_OF_ADDED I', 'takes exactly one of its fields now', oneOfInput(''), oneOfInput('@oneOf')),
  own(
    'safe ONE_OF_REMOVED I',
    'takes any of its fields now',
    `directive @oneOf on INPUT_OBJECT ${oneOfInput('@oneOf')}`,
    `directive @oneOf on INPUT_OBJECT ${oneOfInput('')}`,
  ),
];

const directives: ChangeCase[] = [
  seen('breaking DIRECTIVE_REMOVED @d', 'The directive @d is removed.', directive('@d on FIELD'), OK),
  own('safe DIRECTIVE_REMOVED @d', 'removed', directive('@d on OBJECT'), OK),
  seen('safe DIRECTIVE_ADDED @d', 'The directive @d is added.', OK, directive('@d on FIELD')),
  seen(
    'breaking DIRECTIVE_ARGUMENT_REMOVED @d(x:)',
    'The argument @d(x:) is removed.',
    directive('@d(x: Int) on FIELD'),
    directive('@d on FIELD'),
  ),
  seen(
    'breaking DIRECTIVE_ARGUMENT_REQUIRED_ADDED @d(x:)',
    'The required argument @d(x:) is added.',
    directive('@d on FIELD'),
    directive('@d(x: Int!) on FIELD'),
  ),
  seen(
    'safe DIRECTIVE_ARGUMENT_ADDED @d(x:)',
    'The optional argument @d(x:) is added.',
    directive('@d on FIELD'),
    directive('@d(x: Int) on FIELD'),
  ),
  seen(
    'breaking DIRECTIVE_ARGUMENT_TYPE_CHANGED @d(x:)',
    'is String, and was Int',
    directive('@d(x: Int) on FIELD'),
    directive('@d(x: String) on FIELD'),
  ),
  seen(
    'breaking DIRECTIVE_ARGUMENT_TYPE_CHANGED @d(x:)',
    'is Int!, and was Int',
    directive('@d(x: Int) on FIELD'),
    directive('@d(x: Int!) on FIELD'),
  ),
  seen(
    'safe DIRECTIVE_ARGUMENT_NULLABLE @d(x:)',
    'is Int, and was Int!',
    directive('@d(x: Int!) on FIELD'),
    directive('@d(x: Int) on FIELD'),
  ),
  seen(
    'breaking DIRECTIVE_LOCATION_REMOVED @d',
    'may no longer stand on QUERY',
    directive('@d on FIELD | QUERY'),
    directive('@d on FIELD'),
  ),
  seen(
    'safe DIRECTIVE_LOCATION_ADDED @d',
    'may stand on QUERY now',
    directive('@d on FIELD'),
    directive('@d on FIELD | QUERY'),
  ),
  seen(
    'breaking DIRECTIVE_REPEATABLE_REMOVED @d',
    'only once',
    directive('@d repeatable on FIELD'),
    directive('@d on FIELD'),
  ),
  seen(
    'safe DIRECTIVE_REPEATABLE_ADDED @d',
    'may be repeated',
    directive('@d on FIELD'),
    directive('@d repeatable on FIELD'),
  ),
  seen(
    'safe DESCRIPTION_CHANGED @d',
    'The description of @d is added.',
    directive('@d on FIELD'),
    `"A d." ${directive('@d on FIELD')}`,
  ),
];

const texts: ChangeCase[] = [
  seen('safe DESCRIPTION_CHANGED A.x', 'The description of A.x is added.', a('x: Int'), a('"An x." x: Int')),
  seen('safe DESCRIPTION_CHANGED A.x', 'is another one', a('"An x." x: Int'), a('"Any x." x: Int')),
  seen('safe DESCRIPTION_CHANGED A', 'is removed', query('a: A', '"An a." type A { z: Int }'), a('')),
  seen('safe DEPRECATION_ADDED A.x', 'A.x is deprecated: Old.', a('x: Int'), a(`x: Int ${DEPRECATED}`)),
  seen(
    'safe DEPRECATION_ADDED E.X',
    'E.X is deprecated: Old.',
    query('e: E', 'enum E { X Y }'),
    query('e: E', `enum E { X ${DEPRECATED} Y }`),
  ),
  seen('safe DEPRECATION_ADDED Query.f(x:)', 'deprecated: Old.', args('x: Int'), args(`x: Int ${DEPRECATED}`)),
  seen('safe DEPRECATION_ADDED I.x', 'deprecated: Old.', input('x: Int'), input(`x: Int ${DEPRECATED}`)),
  seen('dangerous DEPRECATION_REMOVED A.x', 'A.x is no longer deprecated.', a(`x: Int ${DEPRECATED}`), a('x: Int')),
  hidden('safe DEPRECATION_REMOVED H.x', 'no longer deprecated', h(`x: Int ${DEPRECATED}`), h('x: Int')),
  seen(
    'safe DEPRECATION_REASON_CHANGED A.x',
    'another reason: Very old.',
    a(`x: Int ${DEPRECATED}`),
    a('x: Int @deprecated(reason: "Very old.")'),
  ),
];

const hides: ChangeCase[] = [
  seen(
    'breaking INACCESSIBLE_ADDED A.x',
    'A.x is @inaccessible now: clients no longer see it.',
    a('x: Int'),
    a('x: Int @inaccessible'),
  ),
  seen(
    'breaking INACCESSIBLE_ADDED A',
    'A is @inaccessible now',
    `${OK} type A { x: Int }`,
    `${OK} type A @inaccessible { x: Int }`,
  ),
  seen(
    'breaking INACCESSIBLE_ADDED E.Y',
    'E.Y is @inaccessible now',
    query('e: E', 'enum E { X Y }'),
    query('e: E', 'enum E { X Y @inaccessible }'),
  ),
  seen('breaking INACCESSIBLE_ADDED Query.f(x:)', 'is @inaccessible now', args('x: Int'), args('x: Int @inaccessible')),
  seen('breaking INACCESSIBLE_ADDED I.x', 'I.x is @inaccessible now', input('x: Int'), input('x: Int @inaccessible')),
  hidden('safe INACCESSIBLE_ADDED H.x', 'is @inaccessible now', h('x: Int'), h('x: Int @inaccessible')),
  hidden(
    'safe INACCESSIBLE_REMOVED A.x, safe FIELD_ADDED A.x',
    'A.x is no longer @inaccessible',
    a('x: Int @inaccessible'),
    a('x: Int'),
  ),
  hidden(
    'breaking AUTHORIZATION_ADDED A.x',
    'A.x is for signed-in clients alone now',
    a('x: Int'),
    a('x: Int @authenticated'),
  ),
  hidden('breaking AUTHORIZATION_ADDED A', 'signed-in', a(''), query('a: A', 'type A @authenticated { z: Int }')),
  hidden(
    'breaking AUTHORIZATION_ADDED A.x',
    'A.x needs @requiresScopes s now.',
    a('x: Int'),
    a('x: Int @requiresScopes(scopes: [["s"]])'),
  ),
  hidden(
    'breaking AUTHORIZATION_ADDED A.x',
    'A.x needs @policy p now.',
    a('x: Int'),
    a('x: Int @policy(policies: [["p"]])'),
  ),
  hidden(
    'breaking AUTHORIZATION_TIGHTENED A.x',
    'needs @requiresScopes s and t now, and needed s',
    a('x: Int @requiresScopes(scopes: [["s"]])'),
    a('x: Int @requiresScopes(scopes: [["s", "t"]])'),
  ),
  hidden(
    'breaking AUTHORIZATION_TIGHTENED A.x',
    'needs @requiresScopes s now, and needed s, or t',
    a('x: Int @requiresScopes(scopes: [["s"], ["t"]])'),
    a('x: Int @requiresScopes(scopes: [["s"]])'),
  ),
  hidden(
    'breaking AUTHORIZATION_TIGHTENED A.x',
    'needs @policy q now, and needed p',
    a('x: Int @policy(policies: [["p"]])'),
    a('x: Int @policy(policies: [["q"]])'),
  ),
  hidden(
    'dangerous AUTHORIZATION_LOOSENED A.x',
    'needs @requiresScopes s, or t now',
    a('x: Int @requiresScopes(scopes: [["s"]])'),
    a('x: Int @requiresScopes(scopes: [["s"], ["t"]])'),
  ),
  hidden(
    'dangerous AUTHORIZATION_LOOSENED A.x',
    'no longer for signed-in clients',
    a('x: Int @authenticated'),
    a('x: Int'),
  ),
  hidden(
    'dangerous AUTHORIZATION_LOOSENED A.x',
    'no longer needs @policy',
    a('x: Int @policy(policies: [["p"]])'),
    a('x: Int'),
  ),
  hidden(
    'dangerous COST_CHANGED A.x',
    'A.x has @cost(weight: 5), and had no @cost.',
    a('x: Int'),
    a('x: Int @cost(weight: 5)'),
  ),
  hidden('dangerous COST_CHANGED A.x', 'weight: 9', a('x: Int @cost(weight: 5)'), a('x: Int @cost(weight: 9)')),
  hidden(
    'dangerous LIST_SIZE_CHANGED A.x',
    '@listSize(assumedSize: 5)',
    a('x: [Int] @listSize(assumedSize: 3)'),
    a('x: [Int] @listSize(assumedSize: 5)'),
  ),
  hidden('safe TAG_CHANGED A.x', '@tag(name: "t")', a('x: Int'), a('x: Int @tag(name: "t")')),
  own(
    'safe APPLIED_DIRECTIVE_CHANGED A.x',
    'A.x has @o, and had no @o.',
    `directive @o on FIELD_DEFINITION ${a('x: Int')}`,
    `directive @o on FIELD_DEFINITION ${a('x: Int @o')}`,
  ),
  own(
    'safe APPLIED_DIRECTIVE_CHANGED A.x',
    'A.x has no @o, and had @o.',
    `directive @o on FIELD_DEFINITION ${a('x: Int @o')}`,
    `directive @o on FIELD_DEFINITION ${a('x: Int')}`,
  ),
];

const ENTITY = (keys: string, rest = '') =>
  query('a: A', `type A ${keys} { id: ID! k: ID! n: N x: Int ${rest} } type N { id: ID! }`);
const OTHER = 'type Query { other: Int } type A @key(fields: "id") { id: ID! y: Int }';
const graph = (one: string, two = OTHER) => ({ one, two });
const IDS = '@key(fields: "id")';
const needing = (fields: string, ...external: string[]) =>
  `type Query { other: Int } type A @key(fields: "id") { id: ID! ${external.map((field) => `${field} @external`).join(' ')} y: Int @requires(fields: "${fields}") }`;
const providing = (fields: string, ...external: string[]) =>
  `type Query { p: A @provides(fields: "${fields}") } type A @key(fields: "id") { id: ID! ${external.map((field) => `${field} @external`).join(' ')} }`;
const SHARED = query('a: A', 'type A @key(fields: "id") { id: ID! k: ID! @shareable x: Int @shareable }');
const SHARES = (directive: string) =>
  `type Query { other: Int } type A @key(fields: "id") { id: ID! x: Int @shareable ${directive} }`;
const context = (field: string) =>
  query(
    'p: P',
    `type P @key(fields: "id") @context(name: "c") { id: ID! s: Int t: Int k: K } type K @key(fields: "id") { id: ID! f(a: Int @fromContext(field: "$c { ${field} }")): Int }`,
  );
const FACE =
  'type Query { f: Face } interface Face @key(fields: "id") { id: ID! } type Nose implements Face @key(fields: "id") { id: ID! }';

const federation: ChangeCase[] = [
  // Each subgraph of a test has a port of its own, by its place.
  supergraph(
    'dangerous SUBGRAPH_URL_CHANGED one, safe SUBGRAPH_ADDED first, safe FIELD_ADDED Query.other',
    'The subgraph one is at http://127.0.0.1:5002/graphql, and was at http://127.0.0.1:5001/graphql.',
    { one: OK },
    { first: 'type Query { other: Int }', one: OK },
  ),
  supergraph('safe SUBGRAPH_ADDED two, safe FIELD_ADDED Query.other', 'The subgraph two is added.', OK, {
    one: OK,
    two: 'type Query { other: Int }',
  }),
  supergraph(
    'breaking SUBGRAPH_REMOVED two, breaking FIELD_REMOVED Query.other',
    'The subgraph two is removed.',
    { one: OK, two: 'type Query { other: Int }' },
    OK,
  ),
  own('breaking KEY_REMOVED A', 'A has no @key any more', ENTITY(IDS), ENTITY('')),
  own(
    'breaking KEY_NOT_RESOLVABLE A',
    'A has no resolvable @key any more',
    ENTITY(IDS),
    ENTITY('@key(fields: "id", resolvable: false)'),
  ),
  own('dangerous KEY_CHANGED A', 'The key "id" of A is replaced by "k".', ENTITY(IDS), ENTITY('@key(fields: "k")')),
  own(
    'dangerous KEY_CHANGED A',
    'The key "k" of A is removed.',
    ENTITY('@key(fields: "id") @key(fields: "k")'),
    ENTITY(IDS),
  ),
  own('dangerous KEY_CHANGED A', 'replaced by "id n { id }"', ENTITY(IDS), ENTITY('@key(fields: "id n { id }")')),
  own(
    'dangerous KEY_CHANGED A',
    'The key "k" of A is no longer resolvable.',
    ENTITY('@key(fields: "id") @key(fields: "k")'),
    ENTITY('@key(fields: "id") @key(fields: "k", resolvable: false)'),
  ),
  own('safe KEY_ADDED A', 'The key "k" of A is added.', ENTITY(IDS), ENTITY('@key(fields: "id") @key(fields: "k")')),
  own(
    'safe KEY_RESOLVABLE A',
    'The key "k" of A is resolvable now.',
    ENTITY('@key(fields: "id") @key(fields: "k", resolvable: false)'),
    ENTITY('@key(fields: "id") @key(fields: "k")'),
  ),
  own('safe SHAREABLE_ADDED Query.ok', 'Query.ok is @shareable now.', OK, 'type Query { ok: Boolean @shareable }'),
  own(
    'dangerous REQUIRES_CHANGED A.y, safe FIELD_ADDED A.k',
    '@requires of A.y says "x k", and said "x".',
    graph(ENTITY(IDS), needing('x', 'x: Int')),
    graph(ENTITY(IDS), needing('x, k', 'x: Int', 'k: ID!')),
  ),
  own(
    'dangerous PROVIDES_CHANGED Query.p, safe FIELD_ADDED A.k, safe FIELD_REMOVED A.x',
    '@provides of Query.p says "k", and said "x".',
    graph(SHARED, providing('x', 'x: Int')),
    graph(SHARED, providing('k', 'k: ID!')),
  ),
  own(
    'breaking SHAREABLE_REMOVED A.x',
    'A.x is no longer @shareable, and another subgraph resolves it too.',
    graph(SHARED, SHARES('')),
    graph(SHARED.replace('x: Int @shareable', 'x: Int'), SHARES('')),
  ),
  seen('safe FIELD_ADDED A.y', 'added', SHARED, SHARED.replace('x: Int @shareable', 'x: Int y: Int')),
  {
    ...own(
      'safe FIELD_REMOVED A.x, dangerous OWNER_MOVED A.x, safe FIELD_ADDED A.y',
      'removed',
      graph(SHARED, SHARES('')),
      graph(SHARED, OTHER),
    ),
    saysNot: 'vanishes',
  },
  own('dangerous CONTEXT_CHANGED K.f(a:)', 'K.f(a:) has @fromContext', context('s'), context('t')),
  own(
    'dangerous OVERRIDE_ADDED A.x, safe FIELD_ADDED A.x, dangerous OWNER_MOVED A.x',
    'A.x is taken over from one (@override).',
    graph(ENTITY(IDS)),
    graph(ENTITY(IDS), `${OTHER} extend type A { x: Int @override(from: "one") }`),
  ),
  own(
    'dangerous OVERRIDE_LABEL_CHANGED A.x',
    'by percent(50), and was by percent(1)',
    graph(ENTITY(IDS), `${OTHER} extend type A { x: Int @override(from: "one", label: "percent(1)") }`),
    graph(ENTITY(IDS), `${OTHER} extend type A { x: Int @override(from: "one", label: "percent(50)") }`),
  ),
  own(
    'dangerous OVERRIDE_REMOVED A.x',
    'A.x is no longer taken over from one (@override).',
    graph(SHARED, SHARES('@override(from: "one", label: "percent(1)")')),
    graph(SHARED, SHARES('')),
  ),
  supergraph(
    'dangerous OWNER_MOVED A.x, safe FIELD_REMOVED A.x, safe FIELD_ADDED A.y',
    'A.x is resolved by one, and was by one and two.',
    graph(SHARED, SHARES('')),
    graph(SHARED, OTHER),
  ),
  own(
    'breaking OVERRIDE_FROM_UNKNOWN A.y',
    'A.y is taken over from gone (@override), and there is no such subgraph.',
    graph(ENTITY(IDS)),
    graph(ENTITY(IDS), OTHER.replace('y: Int', 'y: Int @override(from: "gone")')),
  ),
  supergraph(
    'dangerous OWNER_MOVED A.x, safe FIELD_ADDED A.x, safe FIELD_REMOVED A.x',
    'A.x is resolved by two, and was by one.',
    graph(ENTITY(IDS)),
    graph(ENTITY(IDS).replace('x: Int', ''), `${OTHER} extend type A { x: Int }`),
  ),
  own(
    'breaking INTERFACE_OBJECT_REMOVED Face',
    'Face no longer stands for the interface here',
    { one: FACE, two: 'type Face @key(fields: "id") @interfaceObject { id: ID! y: Int }' },
    { one: FACE, two: 'type Face @key(fields: "id") { id: ID! y: Int }' },
  ),
  own(
    'dangerous INTERFACE_OBJECT_ADDED Face, breaking FIELD_TYPE_CHANGED Query.f, breaking TYPE_KIND_CHANGED Face, dangerous INTERFACE_ADDED Nose, safe TYPE_ADDED Face, safe TYPE_ADDED Nose',
    'Face stands for the interface here now',
    { one: 'type Query { f: Int }', two: 'type Face @key(fields: "id") { id: ID! y: Int }' },
    { one: FACE, two: 'type Face @key(fields: "id") @interfaceObject { id: ID! y: Int }' },
  ),
];

const intersections: ChangeCase[] = [
  seen(
    'breaking INPUT_FIELD_REMOVED I.x',
    'It vanishes by intersection: two lacks it, one has it.',
    { one: input('x: Int'), two: `type Query { g(i: I): Int } input I { z: Int x: Int }` },
    { one: input('x: Int'), two: `type Query { g(i: I): Int } input I { z: Int }` },
  ),
  seen(
    'breaking ENUM_VALUE_REMOVED E.Y',
    'It vanishes by intersection: two lacks it, one has it.',
    { one: query('f(e: E): Int', 'enum E { X Y }'), two: 'type Query { g(e: E): Int } enum E { X Y }' },
    { one: query('f(e: E): Int', 'enum E { X Y }'), two: 'type Query { g(e: E): Int } enum E { X }' },
  ),
  seen(
    'breaking ARGUMENT_REMOVED Query.f(x:)',
    'It vanishes by intersection: two lacks it, one has it.',
    { one: query('f(z: Int x: Int): Int @shareable'), two: 'type Query { f(z: Int x: Int): Int @shareable }' },
    { one: query('f(z: Int x: Int): Int @shareable'), two: 'type Query { f(z: Int): Int @shareable }' },
  ),
];

/** Every kind of change, at least once in each layer where it can be. */
export const CHANGE_CASES: readonly ChangeCase[] = [
  ...[types, fields, abstract, inputs, ones, directives, texts, hides, federation, intersections].flat(),
];
