/** A page of a list, as the schema's connections have it. */
export interface Connection<Node> {
  nodes: Node[];
  edges: { node: Node; cursor: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** A page of `first` rows from up to one more, which tells whether there is a next page. */
export function connectionOf<Node>(rows: readonly { node: Node; cursor: string }[], first: number): Connection<Node> {
  const edges = rows.slice(0, first);
  return {
    nodes: edges.map(({ node }) => node),
    edges,
    pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null },
  };
}
