import type { Tracer } from '@opentelemetry/api';
import { CodedError } from '@tributary/service-kit';
import { type DocumentNode, GraphQLError, parse } from 'graphql';
import { writtenOut } from '../../documents/written-out.ts';
import { inSyncSpan } from '../../tracing/in-sync-span.ts';
import { clientMessage } from '../client-message.ts';
import type { Step } from '../exchange.ts';

/** Deep nesting needs tokens too: fewer than a parser's stack could be overflown with. */
const MAX_TOKENS = 2000;
/** About what so many tokens could say without fragments: with them a few lines say 2^20 times as much. */
const MAX_SELECTIONS = 2000;
/** A list inside a list multiplies: where a customer's orders have a customer, a few levels more exhaust a service. */
const MAX_DEPTH = 10;

/** The parsed document, from the cache of this schema where it has been seen before. */
export const findDocument =
  (tracer: Tracer): Step =>
  (exchange) => {
    const { documents } = exchange.generation;
    const { query } = exchange.params;
    exchange.document =
      documents.get(query) ??
      documents.add(
        query,
        inSyncSpan(tracer, 'graphql.parse', () => parseDocument(query)),
      );
  };

function parseDocument(source: string): DocumentNode {
  const document = parseTokens(source);
  const { selections, depth } = writtenOut(document);
  if (selections > MAX_SELECTIONS) {
    throw new CodedError(
      'BAD_REQUEST',
      `The document has more than ${MAX_SELECTIONS} selections, fragments written out.`,
    );
  }
  if (depth > MAX_DEPTH) throw new CodedError('BAD_REQUEST', `The document is more than ${MAX_DEPTH} levels deep.`);
  return document;
}

function parseTokens(source: string): DocumentNode {
  try {
    return parse(source, { maxTokens: MAX_TOKENS });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    if (error.message.includes(`more that ${MAX_TOKENS} tokens`)) {
      throw new CodedError('BAD_REQUEST', `The document has more than ${MAX_TOKENS} tokens.`);
    }
    throw new CodedError('GRAPHQL_PARSE_FAILED', clientMessage(error));
  }
}
