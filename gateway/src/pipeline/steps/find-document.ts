import type { Tracer } from '@opentelemetry/api';
import { CodedError } from '@tributary/service-kit';
import { type DocumentNode, GraphQLError } from 'graphql';
import type { DocumentLimits } from '../../limits/document-limits.ts';
import { parseLimited } from '../../limits/parse-limited.ts';
import { inSyncSpan } from '../../tracing/in-sync-span.ts';
import { clientMessage } from '../client-message.ts';
import type { Step } from '../exchange.ts';

/** The parsed document, within its limits; from the cache of this schema, or this version line, where it has been seen before. */
export const findDocument =
  (tracer: Tracer, limits: DocumentLimits): Step =>
  (exchange) => {
    const { documents } = exchange.view;
    const { query } = exchange.params;
    const known = documents.get(query);
    if (known !== undefined) {
      exchange.document = known;
      return;
    }
    const refusal = documents.refusalOf(query);
    if (refusal !== undefined) throw refusal;
    try {
      const document = inSyncSpan(tracer, 'graphql.parse', () => parseDocument(query, limits));
      exchange.document = documents.add(query, document);
    } catch (error) {
      if (error instanceof CodedError) documents.refuse(query, error);
      throw error;
    }
  };

function parseDocument(source: string, limits: DocumentLimits): DocumentNode {
  try {
    return parseLimited(source, limits);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new CodedError('GRAPHQL_PARSE_FAILED', clientMessage(error));
  }
}
