import { CodedError } from '@tributary/service-kit';
import { GraphQLError } from 'graphql';
import { type FakeSubgraph, startFakeSubgraph } from './fake-subgraph.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])';

const BOOKS = [
  { isbn: '1', title: 'Emma', pages: 474 },
  { isbn: '2', title: 'Ulysses', pages: 730 },
  { isbn: '3', title: 'Beloved', pages: 324 },
];

/** A graph of books and their reviews: two subgraphs, of which no part of the gateway has ever heard. */
export const startBooks = (): Promise<FakeSubgraph> =>
  startFakeSubgraph({
    name: 'books',
    sdl: `${LINK}
      scalar Json
      type Query {
        books: [Book!]
        book(isbn: ID!): Book
        find(filter: BookFilter, genre: Genre): [Book!]
        echo(value: Json): Json
        broken: String
        refused: String
        denied: String!
      }
      type Mutation { addBook(title: String!): Book }
      type Subscription { bookAdded: Book }
      input BookFilter { title: String, password: String, maxPages: Int }
      enum Genre { NOVEL POEM }
      type Book @key(fields: "isbn") { isbn: ID! title: String! pages: Int! }`,
    resolvers: {
      Query: {
        books: () => BOOKS,
        book: (_: unknown, { isbn }: { isbn: string }) => BOOKS.find((book) => book.isbn === isbn),
        find: () => BOOKS,
        echo: (_: unknown, { value }: { value: unknown }) => value,
        broken: () => {
          throw new Error('connect to postgres://books:hunter2@10.0.0.1');
        },
        refused: () => {
          throw new GraphQLError('The library is closed.', {
            extensions: { code: 'LIBRARY_CLOSED', stacktrace: ['at /srv/books.ts:1'] },
          });
        },
        denied: () => {
          throw new GraphQLError(new CodedError('FORBIDDEN').message, { extensions: { code: 'FORBIDDEN' } });
        },
      },
      Mutation: { addBook: (_: unknown, { title }: { title: string }) => ({ isbn: '4', title, pages: 1 }) },
      Book: { __resolveReference: ({ isbn }: { isbn: string }) => BOOKS.find((book) => book.isbn === isbn) },
    },
  });

export const startReviews = (): Promise<FakeSubgraph> =>
  startFakeSubgraph({
    name: 'reviews',
    sdl: `${LINK}
      type Query { latestReviews: [Review!] }
      type Review { stars: Int! text: String book: Book! }
      type Book @key(fields: "isbn") {
        isbn: ID!
        pages: Int! @external
        rating: Float
        reviews: [Review!]
        weight: Int @requires(fields: "pages")
      }`,
    resolvers: {
      Query: { latestReviews: () => [{ stars: 5, text: 'Read it.', book: { isbn: '2' } }] },
      Book: {
        __resolveReference: (book: object) => book,
        rating: ({ isbn }: { isbn: string }) => {
          if (isbn === '3') throw new GraphQLError('Nobody has read it.', { extensions: { code: 'NOT_RATED' } });
          return 4.5;
        },
        reviews: () => [{ stars: 4, text: 'Good.', book: { isbn: '1' } }],
        weight: ({ pages }: { pages: number }) => pages * 2,
      },
    },
  });
