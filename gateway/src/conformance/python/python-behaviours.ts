import type { Answer } from '../behaviour.ts';

/** An operation over the graph of products in JavaScript and their reviews in Python. */
export interface PythonBehaviour {
  readonly name: string;
  readonly operation: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly expected: Answer;
}

const TABLE = { id: '1', name: 'Table', weight: 30 };
const CHAIR = { id: '2', name: 'Chair', weight: 4 };
/** Nobody has reviewed it. */
const LAMP = { id: '3', name: 'Lamp', weight: null };
/** Python does not know it. */
const UNKNOWN = { id: 'unknown', name: 'Unknown', weight: 1 };
const ALL = [TABLE, CHAIR, LAMP, UNKNOWN];

export const PRODUCTS = {
  name: 'products',
  sdl: `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { product(id: ID!): Product products: [Product!]! pair: [Product] }
    type Product @key(fields: "id") { id: ID! name: String! weight: Int }`,
  resolvers: {
    Query: {
      product: (_: unknown, { id }: { id: string }) => ALL.find((one) => one.id === id),
      products: () => [TABLE, CHAIR, TABLE],
      pair: () => [LAMP, UNKNOWN, null],
    },
    Product: { __resolveReference: ({ id }: { id: string }) => ALL.find((one) => one.id === id) },
  },
};

export const PYTHON_BEHAVIOURS: readonly PythonBehaviour[] = [
  {
    name: 'a field in Python requires one in JavaScript, once for each of the equal entities',
    operation: '{ products { name postage fast: postage(express: true) } }',
    expected: {
      data: {
        products: [
          { name: 'Table', postage: 60, fast: 90 },
          { name: 'Chair', postage: 8, fast: 12 },
          { name: 'Table', postage: 60, fast: 90 },
        ],
      },
    },
  },
  {
    name: 'from Python to JavaScript and back, in a list with duplicates of an interface',
    operation: `{ latestReviews {
      __typename stars product { name postage } ... on TextReview { text } ... on PictureReview { url tags } } }`,
    expected: {
      data: {
        latestReviews: [
          { __typename: 'TextReview', stars: 3, product: { name: 'Table', postage: 60 }, text: 'It stands. ✓' },
          {
            ...{ __typename: 'PictureReview', stars: 5, product: { name: 'Chair', postage: 8 } },
            ...{ url: '/chair.png', tags: [['a', 'b'], []] },
          },
          { __typename: 'TextReview', stars: 5, product: { name: 'Table', postage: 60 }, text: 'Bought it again.' },
        ],
      },
    },
  },
  {
    name: 'enums and arguments with defaults, as literals and as variables',
    operation: `query($order: Order, $first: Int! = 1, $verdict: Verdict) {
      product(id: "1") {
        newest: reviews(first: $first) { stars }
        best: reviews(order: BEST) { stars }
        all: reviews(first: 9, order: $order) { stars }
        verdict
      }
      latestReviews(verdict: $verdict) { stars } }`,
    variables: { order: 'BEST', verdict: 'BAD' },
    expected: {
      data: {
        product: {
          newest: [{ stars: 3 }],
          best: [{ stars: 5 }, { stars: 3 }],
          all: [{ stars: 5 }, { stars: 3 }],
          verdict: 'GOOD',
        },
        latestReviews: [{ stars: 3 }],
      },
    },
  },
  {
    name: 'an error in Python, and an entity that Python does not know',
    operation: '{ pair { name opinion: verdict } }',
    expected: {
      data: { pair: [{ name: 'Lamp', opinion: null }, { name: 'Unknown', opinion: null }, null] },
      errors: ['pair.0.opinion'],
    },
  },
  {
    name: 'an error in Python in a field that may not be null',
    operation: '{ pair { name best { stars } } product(id: "2") { best { stars } } }',
    expected: {
      data: { pair: [null, null, null], product: { best: { stars: 5 } } },
      errors: ['pair.0.best', 'pair.1.best'],
    },
  },
  {
    name: 'what requires null is null',
    operation: '{ product(id: "3") { postage reviews { stars } } }',
    expected: { data: { product: { postage: null, reviews: [] } } },
  },
  {
    name: 'fragments, aliases and conditions',
    operation: `query($with: Boolean!) {
      product(id: "2") { id: name name: id ...P @include(if: $with) postage @skip(if: $with) } }
      fragment P on Product { weight: verdict reviews { ...R } }
      fragment R on Review { ... on TextReview { text } ... on PictureReview { text: tags product { id: verdict } } }`,
    variables: { with: true },
    expected: {
      data: {
        product: {
          ...{ id: 'Chair', name: '2', weight: 'GOOD' },
          reviews: [{ text: [['a', 'b'], []], product: { id: 'GOOD' } }],
        },
      },
    },
  },
  {
    name: 'introspection knows the types of both',
    operation: '{ __type(name: "Review") { possibleTypes { name } } }',
    expected: { data: { __type: { possibleTypes: [{ name: 'PictureReview' }, { name: 'TextReview' }] } } },
  },
];
