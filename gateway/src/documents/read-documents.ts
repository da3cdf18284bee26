import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@tributary/service-kit';
import { GraphQLError, Kind, type OperationTypeNode, parse } from 'graphql';

/** A known operation of an application. */
export interface ExampleDocument {
  /** The application: the folder's name. */
  app: string;
  /** The operation's name. */
  name: string;
  type: OperationTypeNode;
  /** What it is for: the comment above it. */
  description: string;
  /** The document without that comment. */
  text: string;
  /** JSON with which it can be sent: `<file>.variables.json` beside it, where there is one. */
  variables: string | undefined;
}

/**
 * Reads `<folder>/<app>/*.graphql`, by name.
 *
 * @throws ConfigError for a folder that is not there, and a file that is not one named operation.
 */
export function readDocuments(folder: string): ExampleDocument[] {
  try {
    return foldersIn(folder).flatMap((app) =>
      readdirSync(join(folder, app))
        .filter((file) => file.endsWith('.graphql'))
        .sort()
        .map((file) => readDocument(app, join(folder, app, file))),
    );
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`home.documents: ${folder} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

const foldersIn = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

function readDocument(app: string, file: string): ExampleDocument {
  const lines = readFileSync(file, 'utf8').split('\n');
  const start = lines.findIndex((line) => !line.startsWith('#') && line.trim() !== '');
  const text = lines.slice(start).join('\n').trim();
  const description = lines
    .slice(0, start)
    .map((line) => line.replace(/^#\s*/, '').trim())
    .filter((line) => line !== '')
    .join(' ');
  const operation = operationIn(text, file);
  const variables = readVariables(file.replace(/\.graphql$/, '.variables.json'));
  return { app, name: operation.name, type: operation.type, description, text, variables };
}

function readVariables(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.stringify(JSON.parse(readFileSync(file, 'utf8')), null, 2);
  } catch {
    throw new ConfigError(`home.documents: ${file} is not JSON`);
  }
}

function operationIn(text: string, file: string): { name: string; type: OperationTypeNode } {
  try {
    const operations = parse(text).definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
    const [operation] = operations;
    if (operations.length === 1 && operation?.name !== undefined) {
      return { name: operation.name.value, type: operation.operation };
    }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
  }
  throw new ConfigError(`home.documents: ${file} is not one named operation`);
}
