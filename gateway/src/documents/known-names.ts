import type { ExampleDocument } from './read-documents.ts';

/** Names that may be metric labels. */
export interface KnownNames {
  operations: ReadonlySet<string>;
  clients: ReadonlySet<string>;
}

/** The operations of known documents, and the applications that send them. */
export const namesIn = (documents: readonly ExampleDocument[]): KnownNames => ({
  operations: new Set(documents.map(({ name }) => name)),
  clients: new Set(documents.map(({ app }) => app)),
});
