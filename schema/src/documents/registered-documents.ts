import { Supergraph } from '@apollo/federation-internals';
import { operationRules } from '@tributary/service-kit';
import { GraphQLError, Kind, validate } from 'graphql';
import type { Finding } from '../finding.ts';
import { parseGraphql } from '../parse-graphql.ts';
import { readSupergraph } from '../planning/read-supergraph.ts';
import { readText } from '../read-text.ts';
import { clientSchema } from '../sdl/client-schema.ts';
import { placeInDocument } from '../trusted-documents.ts';
import type { NewDocument } from './changed-documents.ts';

/**
 * Files that are to become trusted documents, each one named operation that is valid by the API: INVALID_DOCUMENT and
 * DOCUMENT_NOT_VALID are errors.
 *
 * @throws SourceError for a file that cannot be read.
 */
export function registeredDocuments(
  root: string,
  files: readonly string[],
): { documents: NewDocument[]; findings: Finding[] } {
  const schema = clientSchema(Supergraph.build(readSupergraph(root), { supportedFeatures: null }).apiSchema());
  const documents: NewDocument[] = [];
  const findings: Finding[] = [];
  for (const file of files) {
    const text = readText(file);
    const refuse = (code: string, error: GraphQLError) =>
      findings.push({ severity: 'error', code, message: error.message, file, ...placeInDocument(error, text) });
    const document = parseGraphql(text);
    if (document instanceof GraphQLError) {
      refuse('INVALID_DOCUMENT', document);
      continue;
    }
    const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
    const name = operations[0]?.name?.value;
    const errors = validate(schema, document, operationRules);
    for (const error of errors) refuse('DOCUMENT_NOT_VALID', error);
    if (name === undefined || operations.length !== 1)
      refuse('INVALID_DOCUMENT', new GraphQLError('A trusted document holds exactly one operation, with a name.'));
    else if (errors.length === 0) documents.push({ name, text: text.endsWith('\n') ? text : `${text}\n` });
  }
  return { documents, findings };
}
