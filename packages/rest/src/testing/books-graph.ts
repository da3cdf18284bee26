import { buildSchema } from 'graphql';
import { type BoundRoute, bindRoute } from '../bind-route.ts';
import { parseRestRoute } from '../parse-rest-route.ts';

/** A graph for tests of this package. */
export const schema = buildSchema(`
  scalar DateTime
  type Query {
    books(
      "At most 100."
      first: Int! = 10
      after: String
      genre: Genre @deprecated(reason: "Use found.")
      ids: [ID!]
      price: Float
      sold: Boolean
    ): Books!
    newest: Book @deprecated(reason: "Use books.")
    book(id: ID!): Book
    found(text: String!): [Item]
  }
  type Mutation { addBook(input: BookInput!): AddBookPayload! sort: Boolean }
  type Books { nodes: [Book!]! pageInfo: PageInfo! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  "What is read."
  type Book { id: ID! title: String! genre: Genre isbn: String @deprecated(reason: "Use id.") added: DateTime! author: Author }
  type Author { id: ID! name: String! }
  union Item = Book | Author
  enum Genre { "With a murderer." CRIME POETRY }
  input BookInput { title: String! genre: Genre = POETRY sequel: BookInput @deprecated(reason: "Add it, too.") }
  type AddBookPayload { book: Book errors: [AddBookError!]! }
  interface DomainError { code: String! message: String! }
  union AddBookError = TitleTaken
  type TitleTaken implements DomainError { code: String! message: String! }
`);

export function bound(text: string): BoundRoute {
  const route = bindRoute(parseRestRoute(text, 'test.graphql'), schema);
  if ('refusals' in route) throw new Error(route.refusals.join());
  return route;
}

export const LIST = `
# List books.
query ListBooks($first: Int! = 10, $after: String, $genre: Genre, $ids: [ID!], $price: Float, $sold: Boolean)
@rest(path: "/books", result: "books") {
  books(first: $first, after: $after, genre: $genre, ids: $ids, price: $price, sold: $sold) {
    nodes { id title genre isbn }
    pageInfo { hasNextPage endCursor }
  }
}`;

export const GET = `
query GetBook($id: ID!) @rest(path: "/books/{id}", result: "book") {
  book(id: $id) { id title added author { ...Named } }
}
fragment Named on Author { name }`;

export const ADD = `
mutation AddBook($title: String!, $sequel: BookInput)
@rest(path: "/books", result: "addBook.book", errors: "addBook.errors", status: 201) {
  addBook(input: { title: $title, sequel: $sequel }) {
    book { id title }
    errors { __typename ... on DomainError { code message } }
  }
}`;

export const FIND = `
query Find($text: String!, $wide: Boolean! = false) @rest(path: "/found", result: "found") {
  found(text: $text) { __typename ... on Book { title id @include(if: $wide) } ... on Author { name } }
}`;
