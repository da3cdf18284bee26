import { z } from 'zod';
import { othersFirst } from '../others-first.ts';
import { SourceError } from '../sources/supergraph-source.ts';
import { parseTrusted } from './parse-trusted.ts';
import type { TrustedDocument } from './trusted-documents.ts';

/** Apollo's `generate-persisted-query-manifest` and its clients for iOS and Android write this. */
const apolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string(), clientName: z.string().nullish() })),
});
/** Relay's compiler, and GraphQL Code Generator, write texts by their id. */
const textsById = z.record(z.string().min(1), z.string());

/** So many are parsed before others have their turn. */
const AT_ONCE = 10;

/**
 * The documents of a manifest: Apollo's format, or an object of texts by id.
 *
 * @param place names the manifest for its operator
 * @param app whose they are where the manifest does not say; undefined: everybody's
 * @throws SourceError for a manifest of neither form, and as `parseTrusted`
 */
export async function readManifest(json: string, place: string, app: string | undefined): Promise<TrustedDocument[]> {
  const entries = entriesOf(json, place);
  const documents: TrustedDocument[] = [];
  for (const [index, { id, body, clientName }] of entries.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await othersFirst();
    const { names } = parseTrusted(body, `${place}: the document ${id.slice(0, 100)}`);
    documents.push({ id, text: body, app: clientName ?? app, names });
  }
  return documents;
}

function entriesOf(
  json: string,
  place: string,
): { id: string; body: string; clientName?: string | null | undefined }[] {
  const value = jsonOf(json, place);
  const apollo = apolloManifest.safeParse(value);
  if (apollo.success) return apollo.data.operations;
  const texts = textsById.safeParse(value);
  if (texts.success) return Object.entries(texts.data).map(([id, body]) => ({ id, body }));
  throw new SourceError(`${place} is neither an Apollo manifest of version 1 nor an object of texts by id`);
}

function jsonOf(json: string, place: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new SourceError(`${place} is not JSON`);
  }
}
