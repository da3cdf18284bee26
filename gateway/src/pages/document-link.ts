import type { FastifyRequest } from 'fastify';
import type { ExampleDocument } from '../documents/read-documents.ts';

/** Address of an editor's page with a known document in its editor. */
export const documentLink = (editor: string, { app, name }: ExampleDocument): string =>
  `${editor}?document=${encodeURIComponent(`${app}/${name}`)}`;

/** That such an address names; undefined: none, or none that is known. */
export function linkedDocument(
  { query }: FastifyRequest,
  documents: readonly ExampleDocument[],
): ExampleDocument | undefined {
  const { document: wanted } = query as { document?: unknown };
  return documents.find(({ app, name }) => `${app}/${name}` === wanted);
}
