import type { Tracer } from '@opentelemetry/api';
import { CodedError } from '@tributary/service-kit';
import { type DocumentNode, GraphQLError, parse } from 'graphql';
import { inSyncSpan } from '../../tracing/in-sync-span.ts';
import { clientMessage } from '../client-message.ts';
import type { Step } from '../exchange.ts';

/** Deep nesting needs tokens too: fewer than a parser's stack could be overflown with. */
const MAX_TOKENS = 2000;

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
