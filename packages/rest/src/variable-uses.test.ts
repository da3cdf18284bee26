import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from './testing/books-graph.ts';
import { variableUses } from './variable-uses.ts';

test('a variable stands for an argument or an input field, also of a list; a condition is neither', () => {
  const document = parse(`mutation A($first: Int!, $title: String!, $genre: Genre, $id: ID!, $wide: Boolean!) {
    addBook(input: { title: "x", sequel: { title: $title, genre: $genre } }) { book { id @include(if: $wide) } }
    ... on Query { books(first: $first, ids: [$id]) { nodes { id } } }
  }`);
  expect(Object.fromEntries(variableUses(document, schema))).toEqual({
    title: { coordinate: 'BookInput.title', description: undefined },
    genre: { coordinate: 'BookInput.genre', description: undefined },
    first: { coordinate: 'Query.books(first:)', description: 'At most 100.' },
    id: { coordinate: 'Query.books(ids:)', description: undefined },
  });
});
