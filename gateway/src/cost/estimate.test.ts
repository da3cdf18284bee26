import { CodedError } from '@tributary/service-kit';
import { describe, expect, test } from 'vitest';
import { costsOf } from './testing/costs-of.ts';

describe('the examples of Apollo’s documentation', () => {
  const books = (address = '') =>
    costsOf(`
      type Query {
        book(id: ID): Book
        bestsellers: [Book] @listSize(assumedSize: 5)
        newestAdditions(after: ID, limit: Int!): [Book] @listSize(slicingArguments: ["limit"])
      }
      type Book { title: String author: Author publisher: Publisher }
      type Author { name: String }
      type Publisher { name: String address: Address }
      type Address ${address} { zipCode: Int! }`);
  const fields = '{ title author { name } publisher { name address { zipCode } } }';

  test('each object costs 1 and each leaf nothing: 4', () => {
    expect(books().estimate(`{ book(id: 1) ${fields} }`)).toBe(4);
  });
  test('an expensive type costs its weight: 8', () => {
    expect(books('@cost(weight: "5")').estimate(`{ book(id: 1) ${fields} }`)).toBe(8);
  });
  test('a list costs its assumed size: 40', () => {
    expect(books('@cost(weight: "5")').estimate(`{ bestsellers ${fields} }`)).toBe(40);
  });
  test('a list costs what its slicing argument says: 24', () => {
    expect(books('@cost(weight: "5")').estimate(`{ newestAdditions(limit: 3) ${fields} }`)).toBe(24);
  });
});

describe('the examples of IBM’s specification', () => {
  test('users(max: 5) is five users, whose age costs 2 each', () => {
    const costs = costsOf(`
      type User { name: String age: Int @cost(weight: "2.0") }
      type Query { users(max: Int): [User] @listSize(slicingArguments: ["max"]) }`);
    expect(costs.estimate('query Example { users(max: 5) { age } }')).toBe(5 + 5 * 2);
  });

  test('the size of a connection is that of its edges and nodes', () => {
    const costs = costsOf(`
      type Query { users(first: Int, after: ID, last: Int, before: ID): UserConnection
        @listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"]) }
      type UserConnection { totalCount: Int edges: [UserEdge] nodes: [User] }
      type UserEdge { node: User }
      type User { name: String }`);
    expect(costs.estimate('{ users(first: 7) { totalCount edges { node { name } } } }')).toBe(1 + 7 * 2);
    expect(costs.estimate('{ users(last: 7) { edges { node { name } } nodes { name } } }')).toBe(1 + 7 * 2 + 7);
  });
});

/** https://github.com/apollographql/router: the cost calculator's fixtures. */
const ROUTER = `
  type A { id: ID }
  enum AorB @cost(weight: "15") { A B }
  scalar ExpensiveInt @cost(weight: "30")
  type ExpensiveObject @cost(weight: "40") { id: ID }
  input InputTypeWithCost { somethingWithCost: Int @cost(weight: "20") }
  type Query {
    fieldWithCost: Int @cost(weight: "5")
    argWithCost(arg: Int @cost(weight: "10")): Int
    enumWithCost: AorB
    inputWithCost(someInput: InputTypeWithCost): Int
    scalarWithCost: ExpensiveInt
    objectWithCost: ExpensiveObject
    fieldWithListSize: [String!] @listSize(assumedSize: 2000, requireOneSlicingArgument: false)
    fieldWithDynamicListSize(first: Int = 10): SizedField @listSize(slicingArguments: ["first"], sizedFields: ["items"])
    itemsByIds(ids: [ID!]!): [A] @listSize(slicingArguments: ["ids"])
    itemsByIdsWithAssumedSize(ids: [ID!]): [A]
      @listSize(slicingArguments: ["ids"], assumedSize: 50, requireOneSlicingArgument: false)
    search(input: SearchInput!): [A] @listSize(slicingArguments: ["input.pagination.first"])
    searchWithAssumedSize(input: SearchInput): [A]
      @listSize(slicingArguments: ["input.pagination.first"], assumedSize: 25, requireOneSlicingArgument: false)
    containerWithNestedList(first: Int): ResultContainer!
      @listSize(slicingArguments: ["first"], sizedFields: ["page"], requireOneSlicingArgument: false)
    deepContainerWithNestedList(first: Int = 10): DeepContainer!
      @listSize(slicingArguments: ["first"], sizedFields: ["results { page }"], requireOneSlicingArgument: false)
    getScalarByObject(args: OuterInput): String
    someObjects: [Outer]
    intList: [Int]
    matrix: [[A]]
  }
  type Outer { field1: Int innerList: [A] }
  input InnerInput { id: ID }
  input OuterInput { inner: InnerInput inner2: InnerInput listOfInner: [InnerInput!] }
  type Mutation { doSomething: Int }
  type ResultContainer { page: [A] metadata: String }
  type DeepContainer { page: [A] results: ResultContainer total: Int }
  type SizedField { items: [A] }
  input PaginationInput { first: Int after: String }
  input SearchInput { pagination: PaginationInput query: String }
`;
const CUSTOM = (dynamic: string) => `
  fragment Items on SizedField { items { id } }
  query Custom($costlyInput: InputTypeWithCost = { somethingWithCost: 10 }, $fieldCount: Int) {
    fieldWithCost argWithCost(arg: 3) enumWithCost inputWithCost(someInput: $costlyInput) scalarWithCost
    objectWithCost { id } fieldWithListSize fieldWithDynamicListSize${dynamic} { ...Items }
  }`;

describe('Apollo Router’s own cases', () => {
  const router = costsOf(ROUTER, { assumedListSize: 100 });
  const costlyInput = { somethingWithCost: 10 };

  test.each<[string, string, number, object?]>([
    ['weights of everything', CUSTOM('(first: 5)').replace(', $fieldCount: Int', ''), 127, { costlyInput }],
    ['a slicing argument by its default', CUSTOM('').replace(', $fieldCount: Int', ''), 132, { costlyInput }],
    ['a slicing argument by a variable', CUSTOM('(first: $fieldCount)'), 127, { costlyInput, fieldCount: 5 }],
    ['an enum', '{ enumWithCost }', 15],
    ['a mutation', 'mutation { doSomething }', 10],
    ['a list', '{ someObjects { field1 } }', 100],
    ['lists inside lists', '{ someObjects { field1 innerList { id } } }', 10_100],
    ['a list of scalars', '{ intList }', 0],
    ['input objects', '{ getScalarByObject(args: { inner: { id: 1 }, listOfInner: [{ id: 2 }, { id: 3 }] }) }', 4],
    ['a field that is skipped', '{ someObjects @skip(if: true) { field1 } intList }', 0],
    ['as many as there are ids', '{ itemsByIds(ids: ["a", "b", "c"]) { id } }', 3],
    ['no ids', '{ itemsByIds(ids: []) { id } }', 0],
    ['ids by a variable', 'query ($ids: [ID!]!) { itemsByIds(ids: $ids) { id } }', 5, { ids: [...'abcde'] }],
    ['null ids', 'query ($ids: [ID!]) { itemsByIdsWithAssumedSize(ids: $ids) { id } }', 50, { ids: null }],
    ['no ids given', 'query ($ids: [ID!]) { itemsByIdsWithAssumedSize(ids: $ids) { id } }', 50],
    ['a nested slicing argument', '{ search(input: { pagination: { first: 10 } }) { id } }', 12],
    [
      'a nested slicing argument by a variable',
      'query ($n: Int) { search(input: { pagination: { first: $n } }) { id } }',
      9,
      { n: 7 },
    ],
    [
      'an input by a variable',
      'query ($input: SearchInput!) { search(input: $input) { id } }',
      9,
      { input: { pagination: { first: 7 }, query: 'test' } },
    ],
    [
      'a missing nested slicing argument',
      'query ($input: SearchInput) { searchWithAssumedSize(input: $input) { id } }',
      27,
      { input: { pagination: {} } },
    ],
    ['no input', 'query ($input: SearchInput) { searchWithAssumedSize(input: $input) { id } }', 25, { input: null }],
    ['a sized field', '{ containerWithNestedList(first: 5) { page { id } metadata } }', 6],
    ['a sized field two levels below', '{ deepContainerWithNestedList(first: 7) { results { page { id } } } }', 9],
    ['its default', '{ deepContainerWithNestedList { results { page { id } } } }', 12],
    ['a sized field that is not selected', '{ deepContainerWithNestedList(first: 100) { total } }', 1],
  ])('%s', (_, source, expected, variables = {}) => {
    expect(router.estimate(source, variables as Record<string, unknown>)).toBe(expected);
  });
});

describe('what cannot hide a cost', () => {
  const costs = costsOf(ROUTER);

  test('aliases multiply', () => {
    expect(costs.estimate('{ a: itemsByIds(ids: [1, 2]) { id } b: itemsByIds(ids: [1, 2]) { id } }')).toBe(4);
  });
  test('fragments cost what is in them, and what is selected twice is executed once', () => {
    const fragments = 'fragment F on Query { ...G } fragment G on Query { someObjects { innerList { id } } }';
    expect(costs.estimate(`{ ...F } ${fragments}`)).toBe(110);
    expect(costs.estimate(`{ ...F ...G ... { someObjects { field1 } } } ${fragments}`)).toBe(110);
  });
  test('a slicing argument by a variable may be enormous, and not negative', () => {
    const source = 'query ($n: Int) { containerWithNestedList(first: $n) { page { id } } }';
    expect(costs.estimate(source, { n: 2_000_000_000 })).toBe(2_000_000_001);
    expect(costs.estimate(source, { n: -5 })).toBe(1);
  });
  test('each level of a list of lists is one', () => {
    expect(costs.estimate('{ matrix { id } }')).toBe(100);
  });
  test('conditions by variables are those of the request', () => {
    const source = 'query ($all: Boolean!) { someObjects { innerList @include(if: $all) { id } } }';
    expect(costs.estimate(source, { all: true })).toBe(110);
    expect(costs.estimate(source, { all: false })).toBe(10);
  });
  test('a variable is not looked for in prototypes', () => {
    const source = 'query ($constructor: Int) { containerWithNestedList(first: $constructor) { page { id } } }';
    expect(costs.estimate(source)).toBe(11);
  });
  test('introspection and __typename cost nothing', () => {
    expect(costs.estimate('{ __typename __schema { types { name fields { name } } } }')).toBe(0);
  });
});

describe('types that may be several', () => {
  const costs = costsOf(`
    interface Pet { name: String friends: [Pet] toys: [Toy] }
    type Dog implements Pet @cost(weight: "3") {
      name: String friends: [Pet] @listSize(assumedSize: 2) toys: [Toy] walks: [Walk]
    }
    type Cat implements Pet {
      name: String friends: [Pet] toys: [Toy] @listSize(assumedSize: 50) naps: [Walk] @listSize(assumedSize: 4)
    }
    type Toy { name: String }
    type Walk { km: Int }
    union Any = Dog | Cat | Toy
    type Query { pet: Pet any: Any pets(first: Int = 6): [Pet] @listSize(slicingArguments: ["first"]) }`);

  test('the most expensive one counts, with what is selected on it', () => {
    expect(costs.estimate('{ pet { name } }')).toBe(3);
    expect(costs.estimate('{ pet { ... on Cat { naps { km } } } }')).toBe(5);
    expect(costs.estimate('{ pet { ... on Cat { naps { km } } ... on Dog { walks { km } } } }')).toBe(13);
    expect(costs.estimate('{ any { ... on Toy { name } } }')).toBe(3);
  });
  test('a list that is longer on one of them is that long', () => {
    expect(costs.estimate('{ pet { toys { name } } }')).toBe(3 + 50);
    expect(costs.estimate('{ pet { ... on Dog { toys { name } } } }')).toBe(3 + 10);
  });
  test('a field of an interface has what is said of it there', () => {
    const ofInterface = costsOf(`
      interface Shelf { books: [Book] @listSize(assumedSize: 3) }
      type Low implements Shelf { books: [Book] }
      type Book { title: String }
      type Query { shelf: Shelf low: Low }`);
    expect(ofInterface.estimate('{ shelf { books { title } } }')).toBe(4);
    expect(ofInterface.estimate('{ low { books { title } } }')).toBe(4);
  });
  test('lists of many types inside each other are calculated once a level', () => {
    const types = Array.from({ length: 40 }, (_, index) => `T${index}`);
    const many = costsOf(`
      interface Node { id: ID nodes(first: Int): [Node] }
      ${types
        .map(
          (name, index) => `type ${name} implements Node { id: ID nodes(first: Int): [Node]
          @listSize(assumedSize: ${index}, slicingArguments: ["first"], requireOneSlicingArgument: false) }`,
        )
        .join('\n')}
      type Query { node: Node }`);
    const each = types.map((name, index) => `... on ${name} { f${index}: id }`).join(' ');
    const nested = Array.from({ length: 9 }).reduce<string>(
      (below) => `{ ${each} nodes(first: $n) ${below} }`,
      '{ id }',
    );
    const startedMs = performance.now();
    expect(many.estimate(`query ($n: Int) { node ${nested} }`, { n: 2 })).toBe(2 ** 10 - 1);
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });
});

describe('requireOneSlicingArgument', () => {
  const sdl = (options = '') => `
    type A { id: ID }
    type Query {
      items(first: Int, last: Int): [A] @listSize(slicingArguments: ["first", "last"], assumedSize: 7${options})
      defaulted(first: Int = 3, last: Int): [A] @listSize(slicingArguments: ["first", "last"])
    }`;
  const refusal = expect.objectContaining({
    code: 'BAD_USER_INPUT',
    message: expect.stringMatching(/^The field \w+ needs exactly one of its arguments first, last\.$/),
  });
  const costs = costsOf(sdl());

  test.each([
    ['none', '{ items { id } }'],
    ['two', '{ items(first: 1, last: 2) { id } }'],
    ['null', '{ items(first: null) { id } }'],
    ['null in place of a default', '{ items: defaulted(first: null) { id } }'],
    ['a variable without a value', 'query ($n: Int) { items(first: $n) { id } }'],
  ])('refuses %s', (_, source) => {
    expect(() => costs.estimate(source)).toThrow(refusal);
    expect(() => costs.estimate(source)).toThrow(CodedError);
  });
  test('accepts one, or a default in its place', () => {
    expect(costs.estimate('query ($n: Int) { items(last: $n) { id } }', { n: 4 })).toBe(4);
    expect(costs.estimate('{ defaulted { id } }')).toBe(3);
  });
  test('does not ask of what is skipped', () => {
    expect(costs.estimate('query ($no: Boolean!) { items @include(if: $no) { id } }', { no: false })).toBe(0);
  });
  test('is not asked where it is false, or where nothing is enforced', () => {
    const free = costsOf(sdl(', requireOneSlicingArgument: false'));
    expect(free.estimate('{ items { id } }')).toBe(7);
    expect(free.estimate('{ items(first: 1, last: 2) { id } }')).toBe(2);
    expect(costsOf(sdl(), { isStrict: false }).estimate('{ items { id } }')).toBe(7);
  });
});
