import { describe, expect, test } from 'vitest';
import { newId } from '../http/new-id.ts';
import { connectionOf, idConnection, idSlice } from './connection.ts';
import { encodeCursor } from './page.ts';

const refused = expect.objectContaining({ code: 'BAD_USER_INPUT' });
const rows = [newId(), newId(), newId()].map((id) => ({ id }));
const [first, second] = rows as [{ id: string }, { id: string }];

describe('a connection by ids', () => {
  test('asks for one row more than it shows, and knows by it that there is a next page', () => {
    expect(idSlice({ first: 2 })).toEqual({ limit: 3, after: undefined });
    const page = idConnection({ first: 2 }, rows);
    const endCursor = encodeCursor([second.id]);
    expect(page).toEqual({
      nodes: [first, second],
      edges: [
        { node: first, cursor: encodeCursor([first.id]) },
        { node: second, cursor: endCursor },
      ],
      pageInfo: { hasNextPage: true, endCursor },
    });
    expect(idSlice({ first: 2, after: endCursor })).toEqual({ limit: 3, after: second.id });
  });

  test('ends where there are no more', () => {
    expect(idConnection({ first: 3 }, rows).pageInfo.hasNextPage).toBe(false);
    expect(idConnection({ first: 3, after: null }, [])).toEqual({
      nodes: [],
      edges: [],
      pageInfo: { hasNextPage: false, endCursor: null },
    });
  });

  test.each([{ first: 0 }, { first: 101 }, { first: 1, after: encodeCursor(['x']) }, { first: 1, after: 'x' }])(
    'refuses %j',
    (asked) => expect(() => idSlice(asked)).toThrow(refused),
  );
});

test('a connection of anything has the cursors that it is given', () => {
  const edges = [7, 8].map((node) => ({ node, cursor: `c${node}` }));
  expect(connectionOf({ first: 1 }, edges)).toEqual({
    nodes: [7],
    edges: [edges[0]],
    pageInfo: { hasNextPage: true, endCursor: 'c7' },
  });
});
