import { expect, test } from 'vitest';
import { type RestInput, readVariables } from './read-variables.ts';
import { ADD, bound, GET, LIST } from './testing/books-graph.ts';

const read = (text: string, input: Partial<RestInput>) =>
  readVariables(bound(text), { path: {}, query: {}, headers: {}, body: undefined, ...input });

test('text becomes what the variables are of; what is left out is left to their defaults', () => {
  const query = { first: '5', genre: 'CRIME', ids: ['a', 'b'], price: '-1.5e2', sold: 'false' };
  expect(read(LIST, { query })).toEqual({
    variables: { first: 5, genre: 'CRIME', ids: ['a', 'b'], price: -150, sold: false },
  });
  expect(read(LIST, { query: { ids: 'a' } })).toEqual({ variables: { ids: ['a'] } });
  expect(read(LIST, {})).toEqual({ variables: {} });
  expect(read(GET, { path: { id: '7' } })).toEqual({ variables: { id: '7' } });
});

test('all that is wrong is told, and no value', () => {
  const query = { first: '1e3', price: 'cheap', sold: 'yes', after: ['a', 'b'], color: 'red' };
  expect(read(LIST, { query })).toEqual({
    issues: [
      { in: 'query', name: 'first', detail: 'It is no whole number of 32 bits.' },
      { in: 'query', name: 'after', detail: 'It is there more than once.' },
      { in: 'query', name: 'price', detail: 'It is no number.' },
      { in: 'query', name: 'sold', detail: 'It is neither true nor false.' },
      { in: 'query', name: 'color', detail: '/books has no such parameter.' },
    ],
  });
});

test.each(['2147483648', '1.0', '01', ' 1', '', '0x1', '٣'])('"%s" is no Int', (first) => {
  expect(read(LIST, { query: { first } })).toHaveProperty('issues');
});

test('a body has the other variables of a mutation, as JSON', () => {
  const body = { title: 'Dune', sequel: { title: 'Dune Messiah' } };
  expect(read(ADD, { body })).toEqual({ variables: body });
  expect(read(ADD, { body: { title: null } })).toEqual({ variables: { title: null } });
  expect(read(ADD, {})).toEqual({
    issues: [
      { in: 'body', name: '', detail: 'The body must be a JSON object.' },
      { in: 'body', name: 'title', detail: 'It is missing.' },
    ],
  });
  expect(read(ADD, { body: { title: 'Dune', pages: 1 }, query: { title: 'Dune' } })).toEqual({
    issues: [
      { in: 'query', name: 'title', detail: '/books has no such parameter.' },
      { in: 'body', name: 'pages', detail: 'The body has no such member.' },
    ],
  });
});
