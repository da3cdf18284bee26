import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GraphQLSchema, getVariableValues, Kind } from 'graphql';
import type { Finding } from './finding.ts';
import type { TrustedDocument } from './trusted-documents.ts';

/** `<operation-name>.variables.json` beside a trusted document: each must be variables with which it can be sent. */
export function checkExampleVariables(
  root: string,
  schema: GraphQLSchema,
  documents: readonly TrustedDocument[],
): Finding[] {
  return documents.flatMap(({ path, document }) => {
    const file = path.replace(/\.graphql$/, '.variables.json');
    if (!existsSync(join(root, file))) return [];
    const refuse = (message: string): Finding => ({ severity: 'error', code: 'INVALID_VARIABLES', message, file });
    const variables = parseJson(readFileSync(join(root, file), 'utf8'));
    if (typeof variables !== 'object' || variables === null) return [refuse('This is not a JSON object.')];
    const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
    const definitions = operation?.variableDefinitions ?? [];
    const declared = new Set(definitions.map(({ variable }) => variable.name.value));
    const unknown = Object.keys(variables).filter((name) => !declared.has(name));
    const { errors = [] } = getVariableValues(schema, definitions, { ...variables });
    return [
      ...unknown.map((name) => refuse(`The operation has no variable $${name}.`)),
      ...errors.map(({ message }) => refuse(message)),
    ];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
