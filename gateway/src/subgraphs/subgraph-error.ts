/** An error of a subgraph in the form in which a client may see it. `path` begins at the fetch's own root. */
export class SubgraphError extends Error {
  override readonly name = 'SubgraphError';
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string };

  constructor(message: string, code: string, path?: readonly (string | number)[]) {
    super(message);
    if (path !== undefined) this.path = path;
    this.extensions = { code };
  }
}
