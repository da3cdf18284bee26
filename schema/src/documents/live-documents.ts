import type { Finding } from '../finding.ts';
import { REST_FOLDER, readRoutes } from '../openapi/read-routes.ts';
import { sha256Of } from '../sha256-of.ts';
import { SourceError } from '../subgraphs.ts';
import { readTrustedDocuments, type TrustedDocument } from '../trusted-documents.ts';
import { type RetiredDocument, readRetiredDocuments } from './retired-documents.ts';

export interface LiveDocuments {
  /** What applications send. */
  documents: TrustedDocument[];
  retired: RetiredDocument[];
  /** INVALID_DOCUMENT, RETIRED_INVALID; DOCUMENT_RETIRED, a warning, for a file that is in both places. */
  findings: Finding[];
}

/** The trusted documents of every application that are not retired, and those of the REST API. */
export function readLiveDocuments(root: string): LiveDocuments {
  const trusted = readTrustedDocuments(root);
  const rest = restDocuments(root);
  const { retired, findings } = readRetiredDocuments(root);
  const entryOf = ({ app, text }: TrustedDocument) => {
    const sha256 = sha256Of(text);
    return retired.find((entry) => entry.app === app && entry.sha256 === sha256);
  };
  const dead = trusted.documents.flatMap((document): Finding[] => {
    const entry = entryOf(document);
    if (entry === undefined) return [];
    return [
      {
        severity: 'warning',
        code: 'DOCUMENT_RETIRED',
        message: `${document.name} of ${document.app} was retired on ${entry.retiredAt}: the file does not count.`,
        hint: `Remove the file, or register it anew: graph documents register ${document.app} ${document.path}`,
        file: document.path,
      },
    ];
  });
  return {
    documents: [...trusted.documents.filter((document) => entryOf(document) === undefined), ...rest.documents],
    retired,
    findings: [...trusted.findings, ...rest.findings, ...findings, ...dead],
  };
}

/** What the REST API answers by is sent by the gateway itself. */
function restDocuments(root: string): { documents: TrustedDocument[]; findings: Finding[] } {
  try {
    const routes = readRoutes(root)?.routes ?? [];
    const documents = routes.map(({ name, file, text, document }) => {
      return { app: 'rest', name, path: `${REST_FOLDER}/${file}`, text, document };
    });
    return { documents, findings: [] };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const finding: Finding = { severity: 'error', code: 'INVALID_DOCUMENT', message: error.message, file: REST_FOLDER };
    return { documents: [], findings: [finding] };
  }
}
