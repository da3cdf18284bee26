import { type DocumentNode, GraphQLError, Kind } from 'graphql';
import type { DocumentLimits } from '../limits/document-limits.ts';
import { LimitExceeded } from '../limits/limit-exceeded.ts';
import { parseLimited } from '../limits/parse-limited.ts';
import { SourceError } from '../sources/supergraph-source.ts';

/** As large as `limits` of the configuration can let a document get, so that whatever walks through one comes to its end. */
const LARGEST: DocumentLimits = {
  ...{ tokens: 20_000, directives: 20_000, selections: 20_000, aliases: 20_000, rootFields: 20_000 },
  ...{ depth: 100, introspectionDepth: 100, duplicates: 1_000_000 },
};

export interface TrustedParts {
  readonly document: DocumentNode;
  /** Of its operations. */
  readonly names: readonly string[];
}

/**
 * What a document is made of.
 *
 * @param place names the document for its operator
 * @throws SourceError for what is no document, one without an operation, and one that could not be executed by any limits
 */
export function parseTrusted(text: string, place: string): TrustedParts {
  const document = parsed(text, place);
  const operations = document?.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION) ?? [];
  if (document === undefined || operations.length === 0) {
    throw new SourceError(`${place} is no document with an operation`);
  }
  return { document, names: operations.flatMap(({ name }) => name?.value ?? []) };
}

/** Undefined for what is no document. */
function parsed(text: string, place: string): DocumentNode | undefined {
  try {
    return parseLimited(text, LARGEST);
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    if (!(error instanceof LimitExceeded)) throw error;
    throw new SourceError(`${place} cannot be executed: ${error.message}`);
  }
}
