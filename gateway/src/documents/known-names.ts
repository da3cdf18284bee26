import type { ExampleDocument } from './read-documents.ts';

/** Names that may be metric labels. */
export interface KnownNames {
  readonly operations: Pick<ReadonlySet<string>, 'has'>;
  readonly clients: Pick<ReadonlySet<string>, 'has'>;
}

/** The operations of known documents, and the applications that send them. */
export const namesIn = (documents: readonly Pick<ExampleDocument, 'app' | 'name'>[]): KnownNames => ({
  operations: new Set(documents.map(({ name }) => name)),
  clients: new Set(documents.map(({ app }) => app)),
});

/** Those of either; what changes while the gateway runs is asked each time. */
export const namesOfBoth = (a: KnownNames, b: KnownNames): KnownNames => ({
  operations: { has: (name) => a.operations.has(name) || b.operations.has(name) },
  clients: { has: (name) => a.clients.has(name) || b.clients.has(name) },
});
