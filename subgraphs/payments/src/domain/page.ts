import { CodedError, checkLimit, decodeCursor, encodeCursor } from '@tributary/service-kit';
import { isId } from './is-id.ts';

/** Arguments of a connection. */
export interface PageArguments {
  first: number;
  after?: string | null | undefined;
}

/** A connection of rows that are ordered by id. */
export interface Page<Row> {
  nodes: Row[];
  edges: { node: Row; cursor: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** Which rows a page needs: one more than it shows tells whether there is a next one. @throws CodedError BAD_USER_INPUT */
export function pageSlice({ first, after }: PageArguments): { limit: number; after: string | undefined } {
  const limit = checkLimit('first', first) + 1;
  const [lastId] = after == null ? [] : decodeCursor(after, 1);
  if (lastId !== undefined && !isId(String(lastId))) {
    throw new CodedError('BAD_USER_INPUT', 'The cursor is not one that this list gave.');
  }
  return { limit, after: lastId?.toString() };
}

/** A page from the rows of its slice. */
export function pageOf<Row extends { id: string }>({ first }: PageArguments, rows: readonly Row[]): Page<Row> {
  const nodes = rows.slice(0, first);
  const edges = nodes.map((node) => ({ node, cursor: encodeCursor([node.id]) }));
  return { nodes, edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null } };
}
