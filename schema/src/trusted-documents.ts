import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { operationRules } from '@tributary/service-kit';
import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, parse, validate } from 'graphql';
import type { Finding } from './finding.ts';

export interface TrustedDocument {
  /** The application: the folder's name. */
  app: string;
  /** The operation's name. */
  name: string;
  /** Relative to the root. */
  path: string;
  text: string;
  document: DocumentNode;
}

/** `PlaceOrder` as the file is called: `place-order`. */
export const kebabCase = (name: string) => name.replaceAll(/(?<=[a-z0-9])([A-Z])/g, '-$1').toLowerCase();

/** Reads `schema/documents/<app>/*.graphql`; what has not the form of schema/documents/README.md is a finding. */
export function readTrustedDocuments(root: string): { documents: TrustedDocument[]; findings: Finding[] } {
  const documents: TrustedDocument[] = [];
  const findings: Finding[] = [];
  for (const { app, path } of documentFiles(root)) {
    const text = readFileSync(join(root, path), 'utf8');
    const refuse = (message: string, place: Partial<Finding> = {}) =>
      findings.push({ severity: 'error', code: 'INVALID_DOCUMENT', message, file: path, line: 1, column: 1, ...place });
    try {
      const document = parse(text);
      const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
      const name = operations[0]?.name?.value;
      if (operations.length !== 1 || name === undefined)
        refuse('A trusted document holds exactly one operation, with a name.');
      else if (!path.endsWith(`/${kebabCase(name)}.graphql`))
        refuse(`The file of ${name} is called ${kebabCase(name)}.graphql.`);
      else documents.push({ app, name, path, text, document });
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      refuse(error.message, placeInDocument(error, text));
    }
  }
  return { documents, findings };
}

/** Each document against the schema that clients see. */
export const validateTrustedDocuments = (schema: GraphQLSchema, documents: readonly TrustedDocument[]): Finding[] =>
  documents.flatMap(({ document, path, text }) =>
    validate(schema, document, operationRules).map(
      (error): Finding => ({
        severity: 'error',
        code: 'DOCUMENT_NOT_VALID',
        message: error.message,
        file: path,
        ...placeInDocument(error, text),
      }),
    ),
  );

/** Where an error of a document stands. */
export function placeInDocument(error: GraphQLError, text: string): Partial<Finding> {
  const { line = 1, column = 1 } = error.locations?.[0] ?? {};
  const source = text.split('\n')[line - 1];
  return { line, column, ...(source === undefined ? {} : { source }) };
}

function documentFiles(root: string): { app: string; path: string }[] {
  const folder = join(root, 'schema/documents');
  if (!existsSync(folder)) return [];
  const apps = readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory());
  return apps.sort().flatMap((app) =>
    readdirSync(join(folder, app))
      .filter((name) => name.endsWith('.graphql'))
      .sort()
      .map((name) => ({ app, path: `schema/documents/${app}/${name}` })),
  );
}
