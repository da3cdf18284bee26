import { type Behaviour, fail, findBy } from '../behaviour.ts';

type Id = { id: string };

const BOOK = { __typename: 'Book', id: '1', title: 'Emma', pages: 474 };
const FILM = { __typename: 'Film', id: '2', title: 'Heat', minutes: 170 };
const MEDIA = [BOOK, FILM];

/** Media as an interface with a key. */
const media = {
  sdl: `
    type Query { media: [Media] }
    interface Media @key(fields: "id") { id: ID! title: String }
    type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }
    type Film implements Media @key(fields: "id") { id: ID! title: String minutes: Int }`,
  resolvers: {
    Query: { media: () => [BOOK, FILM, null, BOOK] },
    Media: { __resolveReference: findBy(MEDIA as Id[], 'id') },
    Book: { __resolveReference: findBy([BOOK], 'id') },
    Film: { __resolveReference: findBy([FILM], 'id') },
  },
};
/** Media as an object, of which is not known which. */
const ratings = {
  sdl: `
    type Query { best: Media rated: [Media!]! }
    type Media @interfaceObject @key(fields: "id") { id: ID! stars: Int review(long: Boolean! = false): Review }
    type Review { text: String media: Media }`,
  resolvers: {
    Query: { best: () => ({ id: '2' }), rated: () => [{ id: '1' }, { id: '2' }, { id: '1' }] },
    Media: {
      stars: ({ id }: Id) => Number(id) + 3,
      review: ({ id }: Id, { long }: { long: boolean }) => ({ text: long ? `long ${id}` : id, media: { id } }),
    },
  },
};

/** Media as an interface without a key, its entities' fields in another subgraph. */
const shelf = {
  sdl: `
    type Query { shelf: [Item] any: [Any] }
    interface Item { title: String }
    union Any = Book | Film | Note
    type Book implements Item @key(fields: "id") { id: ID! title: String }
    type Film implements Item @key(fields: "id") { id: ID! title: String }
    type Note implements Item { title: String text: String }`,
  resolvers: {
    Query: {
      shelf: () => [FILM, { __typename: 'Note', title: 'Note', text: 'x' }, BOOK, null, BOOK],
      any: () => [BOOK, { __typename: 'Note', title: 'Note', text: 'x' }, FILM],
    },
  },
};
const lengths = {
  sdl: `
    interface Timed { length: Int! }
    type Book implements Timed @key(fields: "id") { id: ID! length: Int! }
    type Film implements Timed @key(fields: "id") { id: ID! length: Int! }
    type Game implements Timed { length: Int! }`,
  resolvers: { Book: { length: () => 474 }, Film: { length: () => 170 } },
};

export const abstractTypeBehaviours: readonly Behaviour[] = [
  {
    name: 'fields of an interface’s implementations are in another subgraph',
    rule: 'entities',
    subgraphs: { shelf, lengths },
    operation: '{ shelf { title ... on Book { length } ... on Film { minutes: length } } }',
    expected: {
      data: {
        shelf: [
          { title: 'Heat', minutes: 170 },
          { title: 'Note' },
          { title: 'Emma', length: 474 },
          null,
          { title: 'Emma', length: 474 },
        ],
      },
    },
  },
  {
    name: 'a fragment on an interface that the types implement in another subgraph alone',
    rule: 'fields',
    subgraphs: { shelf, lengths },
    operation:
      '{ shelf { ... on Timed { length } __typename } any { ... on Item { ... on Timed { length ... on Book { title } } } } }',
    expected: {
      data: {
        shelf: [
          { length: 170, __typename: 'Film' },
          { __typename: 'Note' },
          { length: 474, __typename: 'Book' },
          null,
          { length: 474, __typename: 'Book' },
        ],
        any: [{ length: 474, title: 'Emma' }, {}, { length: 170 }],
      },
    },
  },
  {
    name: 'fragments in fragments on interfaces and unions, with nothing left for some types',
    rule: 'fields',
    subgraphs: { shelf, lengths },
    operation: `
      { any { ...Outer } }
      fragment Outer on Any { ... on Item { ...Inner ... on Note { text } } }
      fragment Inner on Item { ... on Film { kind: __typename ... on Item { title ... on Book { id } } } }`,
    expected: { data: { any: [{}, { text: 'x' }, { kind: 'Film', title: 'Heat' }] } },
  },
  {
    name: 'an error in a list of several types is at its index',
    rule: 'errorPaths',
    subgraphs: {
      shelf,
      lengths: {
        sdl: lengths.sdl.replaceAll('length: Int!', 'length: Int'),
        resolvers: { Book: { length: () => 1 }, Film: { length: fail } },
      },
    },
    operation: '{ any { ... on Book { length } ... on Film { length } } shelf { ... on Timed { length } title } }',
    expected: {
      data: {
        any: [{ length: 1 }, {}, { length: null }],
        shelf: [
          { length: null, title: 'Heat' },
          { title: 'Note' },
          { length: 1, title: 'Emma' },
          null,
          { length: 1, title: 'Emma' },
        ],
      },
      errors: ['any.2.length', 'shelf.0.length'],
    },
    wrong: {
      stock: {
        answer: {
          data: {
            any: [{ length: 1 }, {}, { length: null }],
            shelf: [
              { length: null, title: 'Heat' },
              { title: 'Note' },
              { length: 1, title: 'Emma' },
              null,
              { length: 1, title: 'Emma' },
            ],
          },
          errors: ['any.1.length', 'shelf.0.length'],
        },
        why: 'The index counts the entities that were sent, not the items of the list.',
      },
    },
  },
  {
    name: 'a field stands where it is met first for the type of the object',
    rule: 'fields',
    subgraphs: { shelf, lengths },
    operation: '{ shelf { ... on Book { length title } __typename title ... on Timed { length } } }',
    expected: {
      data: {
        shelf: [
          { __typename: 'Film', title: 'Heat', length: 170 },
          { __typename: 'Note', title: 'Note' },
          { length: 474, title: 'Emma', __typename: 'Book' },
          null,
          { length: 474, title: 'Emma', __typename: 'Book' },
        ],
      },
    },
  },
  {
    name: 'an error is at the name that the field has for the type of the object',
    rule: 'errorPaths',
    subgraphs: {
      shelf,
      lengths: {
        sdl: lengths.sdl.replaceAll('length: Int!', 'length: Int'),
        resolvers: { Book: { length: fail }, Film: { length: fail } },
      },
    },
    operation: '{ any { ... on Book { a: length } ... on Film { b: length c: length } ... on Timed { d: length } } }',
    expected: {
      data: { any: [{ a: null, d: null }, {}, { b: null, c: null, d: null }] },
      errors: ['any.0.a', 'any.0.d', 'any.2.b', 'any.2.c', 'any.2.d'],
    },
    wrong: {
      stock: {
        answer: {
          data: { any: [{ a: null, d: null }, {}, { b: null, c: null, d: null }] },
          errors: ['any.0.a', 'any.0.d', 'any.1.b', 'any.1.c', 'any.1.d'],
        },
        why: 'The index counts the entities that were sent, not the items of the list.',
      },
    },
  },
  {
    name: 'an error in a field that may not be null empties the items of its type alone',
    rule: 'errors',
    subgraphs: { shelf, lengths: { ...lengths, resolvers: { Book: { length: () => 1 }, Film: { length: fail } } } },
    operation: '{ shelf { title ... on Book { length } ... on Film { length } } }',
    expected: {
      data: { shelf: [null, { title: 'Note' }, { title: 'Emma', length: 1 }, null, { title: 'Emma', length: 1 }] },
      errors: ['shelf.0.length'],
    },
  },
  {
    name: 'a member of a union is known to one subgraph alone',
    rule: 'composition',
    subgraphs: {
      a: {
        sdl: `
          type Query { a: Any }
          union Any = Book | Film
          type Book @key(fields: "id") { id: ID! title: String }
          type Film { name: String }`,
        resolvers: { Query: { a: () => BOOK }, Book: { __resolveReference: findBy([BOOK], 'id') } },
      },
      b: {
        sdl: 'type Query { b: Any } union Any = Book | Song type Book @key(fields: "id") { id: ID! } type Song { name: String @shareable }',
        resolvers: { Query: { b: () => ({ __typename: 'Song', name: 'So What' }) } },
      },
    },
    operation:
      '{ a { ...F } b { ...F } } fragment F on Any { __typename ... on Book { title } ... on Film { film: name } ... on Song { song: name } }',
    expected: { data: { a: { __typename: 'Book', title: 'Emma' }, b: { __typename: 'Song', song: 'So What' } } },
  },
  {
    name: 'the same response name has other types in implementations that exclude each other',
    rule: 'fields',
    subgraphs: {
      shelf: media,
      lengths: {
        sdl: 'type Book @key(fields: "id") { id: ID! length: Int } type Film @key(fields: "id") { id: ID! length: Int }',
        resolvers: { Book: { length: () => 1 }, Film: { length: () => 2 } },
      },
    },
    operation: '{ media { ... on Book { size: pages x: length } ... on Film { size: length x: minutes } } }',
    expected: { data: { media: [{ size: 474, x: 1 }, { size: 2, x: 170 }, null, { size: 474, x: 1 }] } },
  },
  {
    name: 'a subgraph adds a field to all implementations of an interface',
    rule: 'interfaceObject',
    subgraphs: { media, ratings },
    operation: '{ media { title stars review(long: true) { text } } }',
    expected: {
      data: {
        media: [
          { title: 'Emma', stars: 4, review: { text: 'long 1' } },
          { title: 'Heat', stars: 5, review: { text: 'long 2' } },
          null,
          { title: 'Emma', stars: 4, review: { text: 'long 1' } },
        ],
      },
    },
  },
  {
    name: 'what an object of an @interfaceObject really is: `__typename` alone',
    rule: 'interfaceObject',
    subgraphs: { media, ratings },
    operation: '{ best { __typename } rated { is: __typename } }',
    expected: { data: { best: { __typename: 'Film' }, rated: [{ is: 'Book' }, { is: 'Film' }, { is: 'Book' }] } },
  },
  {
    name: 'a fragment on one implementation, where the subgraph has an @interfaceObject',
    rule: 'interfaceObject',
    subgraphs: { media, ratings },
    operation: '{ rated { ... on Film { id stars } ... on Book { pages } } best { ... on Book { stars } } }',
    expected: { data: { rated: [{ pages: 474 }, { id: '2', stars: 5 }, { pages: 474 }], best: {} } },
  },
  {
    name: 'fields of the interface and of an @interfaceObject, there and back',
    rule: 'interfaceObject',
    subgraphs: { media, ratings },
    operation: '{ best { title review { media { title stars __typename } } } }',
    expected: {
      data: { best: { title: 'Heat', review: { media: { title: 'Heat', stars: 5, __typename: 'Film' } } } },
    },
  },
  {
    name: 'fields of an @interfaceObject alone ask nobody else',
    rule: 'interfaceObject',
    subgraphs: {
      media: { ...media, resolvers: { ...media.resolvers, Media: { __resolveReference: fail } } },
      ratings,
    },
    operation: '{ best { id stars } }',
    expected: { data: { best: { id: '2', stars: 5 } } },
  },
  {
    name: 'an implementation that only one subgraph knows has the fields of the @interfaceObject',
    rule: 'interfaceObject',
    subgraphs: {
      media: { ...media, sdl: media.sdl.replace('Media @key(fields: "id")', 'Media') },
      ratings,
      games: {
        sdl: 'type Query { game: Game } interface Media @key(fields: "id") { id: ID! } type Game implements Media @key(fields: "id") { id: ID! title: String } type Book implements Media @key(fields: "id") { id: ID! } type Film implements Media @key(fields: "id") { id: ID! }',
        resolvers: { Query: { game: () => ({ id: '9', title: 'Go' }) } },
      },
    },
    operation: '{ game { title stars } }',
    expected: { data: { game: { title: 'Go', stars: 12 } } },
  },
  {
    name: 'an object of an @interfaceObject of which nobody knows what it is',
    rule: 'completion',
    subgraphs: {
      media,
      ratings: {
        ...ratings,
        resolvers: { ...ratings.resolvers, Query: { best: () => ({ id: '99' }), rated: () => [] } },
      },
    },
    operation: '{ best { id stars title } }',
    expected: { data: { best: null }, errors: ['best'] },
    wrong: {
      stock: {
        answer: { data: { best: { id: '99', stars: 102, title: null } }, errors: ['best'] },
        why: 'An object without a type is no object of the interface, and the error is at a field that is not null.',
      },
    },
  },
  {
    name: 'a field of an @interfaceObject requires one of the interface',
    rule: 'interfaceObject',
    subgraphs: {
      media,
      ratings: {
        sdl: `
          type Query { best: Media }
          type Media @interfaceObject @key(fields: "id") {
            id: ID! title: String @external
            label: String @requires(fields: "title")
          }`,
        resolvers: {
          Query: { best: () => ({ id: '2' }) },
          Media: { label: ({ title }: { title: string }) => title.toUpperCase() },
        },
      },
    },
    operation: '{ best { label } media { ... on Film { label } } }',
    expected: { data: { best: { label: 'HEAT' }, media: [{}, { label: 'HEAT' }, null, {}] } },
  },
  {
    name: 'one implementation’s field is in this subgraph, the other’s in that one',
    rule: 'entities',
    subgraphs: {
      pets: {
        sdl: `
          type Query { pets: [Pet] }
          interface Pet { id: ID! name: String }
          type Cat implements Pet @key(fields: "id") { id: ID! name: String }
          type Dog implements Pet @key(fields: "id") { id: ID! name: String @external }`,
        resolvers: {
          Query: {
            pets: () => [
              { __typename: 'Cat', id: '1', name: 'Tom' },
              { __typename: 'Dog', id: '2' },
            ],
          },
        },
      },
      dogs: {
        sdl: 'type Dog @key(fields: "id") { id: ID! name: String }',
        resolvers: { Dog: { name: ({ id }: Id) => `Rex ${id}` } },
      },
    },
    operation: '{ pets { name id } }',
    expected: {
      data: {
        pets: [
          { name: 'Tom', id: '1' },
          { name: 'Rex 2', id: '2' },
        ],
      },
    },
  },
];
