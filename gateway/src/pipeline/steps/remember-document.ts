import type { Logger, Metrics } from '@tributary/service-kit';
import type { KnownDocument } from '../../documents/document-cache.ts';
import type { PersistedDocuments } from '../../persisted-documents/persisted-documents.ts';
import type { Step } from '../exchange.ts';

/**
 * Registers a document that came with its hash, and tells of one that is not trusted where that is asked for. It stands
 * behind all that refuses: neither the store nor the log fills with what is never executed.
 */
export function rememberDocument(documents: PersistedDocuments, log: Logger, metrics: Metrics): Step {
  const { mode, automatic } = documents;
  const counts = (outcome: string) => metrics.counter('graphql_persisted_documents_total', { outcome });
  const registered = counts('registered');
  const unknown = counts('unknown');
  /** One line a document, for as long as it stays parsed. */
  const told = new WeakSet<KnownDocument>();
  return ({ isKnownDocument, params, document, client, operation }) => {
    if (isKnownDocument) return;
    if (params.documentId !== undefined && automatic?.add(document.hash, document.source)) registered.inc();
    if (mode !== 'log') return;
    unknown.inc();
    if (told.has(document)) return;
    told.add(document);
    log.warn(
      { client: client.name, operation: operation?.name?.value.slice(0, 100), document_hash: document.hash },
      'document is not trusted',
    );
  };
}
