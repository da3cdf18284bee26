import { isId } from '../http/is-id.ts';
import { checkLimit, decodeCursor, encodeCursor } from './page.ts';

/** Arguments of a connection. */
export interface ConnectionArguments {
  first: number;
  after?: string | null | undefined;
}

/** A page of a list, as the schemas' connections have it. */
export interface Connection<Node> {
  nodes: Node[];
  edges: { node: Node; cursor: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** A page from the edges of its slice: up to one more than it shows, which tells whether there is a next page. */
export function connectionOf<Node>(
  { first }: ConnectionArguments,
  slice: readonly { node: Node; cursor: string }[],
): Connection<Node> {
  const edges = slice.slice(0, first);
  return {
    nodes: edges.map(({ node }) => node),
    edges,
    pageInfo: { hasNextPage: slice.length > first, endCursor: edges.at(-1)?.cursor ?? null },
  };
}

/** A part of a list in the order of ids. */
export interface IdSlice {
  /** Where it begins: after the row with this id. */
  after: string | undefined;
  limit: number;
}

/** Which rows a page of a list in the order of ids needs. @throws CodedError BAD_USER_INPUT */
export function idSlice({ first, after }: ConnectionArguments): IdSlice {
  const limit = checkLimit('first', first) + 1;
  const [lastId] = after == null ? [] : decodeCursor(after, [isId]);
  return { after: lastId?.toString(), limit };
}

/** A page from the rows of its `idSlice`. */
export const idConnection = <Row extends { id: string }>(
  asked: ConnectionArguments,
  slice: readonly Row[],
): Connection<Row> =>
  connectionOf(
    asked,
    slice.map((node) => ({ node, cursor: encodeCursor([node.id]) })),
  );
