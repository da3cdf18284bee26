import { CodedError, type Metrics } from '@tributary/service-kit';
import { addVary } from '../../http/vary.ts';
import type { PersistedDocuments } from '../../persisted-documents/persisted-documents.ts';
import { sha256Of } from '../../persisted-documents/trusted-documents.ts';
import type { Step } from '../exchange.ts';

/** By these texts clients know that they have to send the document too, or never a hash again. */
const NOT_FOUND = 'PersistedQueryNotFound';
const NOT_SUPPORTED = 'PersistedQueryNotSupported';

/**
 * The text of a document that is named by its hash or id (GraphQL over HTTP, "Persisted Documents"; Apollo's automatic
 * persisted queries); and whether it is one that an operator trusts.
 */
export function findText(documents: PersistedDocuments, metrics: Metrics): Step {
  const { mode, automatic } = documents;
  const counts = (outcome: string) => metrics.counter('graphql_persisted_documents_total', { outcome });
  const hits = counts('hit');
  const misses = counts('miss');
  const mismatches = counts('mismatch');
  const refused = counts('refused');

  const refuseUnknown = () => {
    refused.inc();
    throw new CodedError('PERSISTED_DOCUMENT_UNKNOWN');
  };
  const textOf = (id: string): string => {
    const text = automatic?.get(id);
    if (text !== undefined) {
      hits.inc();
      return text;
    }
    if (mode === 'only') refuseUnknown();
    if (automatic === undefined) throw new CodedError('PERSISTED_QUERY_NOT_SUPPORTED', NOT_SUPPORTED);
    misses.inc();
    throw new CodedError('PERSISTED_QUERY_NOT_FOUND', NOT_FOUND);
  };
  const checkHash = (text: string, hash: string) => {
    if (automatic?.get(hash) === text || sha256Of(text) === hash) return;
    mismatches.inc();
    throw new CodedError('PERSISTED_QUERY_HASH_MISMATCH');
  };

  return (exchange) => {
    const { params, client } = exchange;
    const { query, documentId } = params;
    const { trusted } = documents;
    // An application's ids are its own.
    if (trusted !== undefined) addVary(exchange.reply, 'apollographql-client-name');
    if (query === '') {
      // One of both is there: parse-request has seen to it.
      const id = documentId as string;
      const text = trusted?.textOf(id, client.name);
      if (text === undefined) {
        params.query = textOf(id);
        return;
      }
      hits.inc();
      params.query = text;
      exchange.isKnownDocument = true;
      return;
    }
    if (documentId !== undefined) checkHash(query, documentId);
    if (trusted?.hasText(query, client.name)) {
      if (mode !== 'allow') hits.inc();
      exchange.isKnownDocument = true;
      return;
    }
    if (mode === 'only') refuseUnknown();
    if (documentId !== undefined && automatic === undefined) {
      throw new CodedError('PERSISTED_QUERY_NOT_SUPPORTED', NOT_SUPPORTED);
    }
  };
}
