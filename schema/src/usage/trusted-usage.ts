import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operationUsage, variableUsage } from '@tributary/service-kit';
import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInputType,
  isRequiredInputField,
  Kind,
  type OperationDefinitionNode,
  type TypeNode,
  typeFromAST,
} from 'graphql';
import type { TrustedDocument } from '../trusted-documents.ts';

/** What a trusted document uses, whether or not it was seen at a gateway. */
export interface TrustedUsage {
  /** Relative to the root. */
  readonly path: string;
  readonly app: string;
  readonly name: string;
  /** By which gateways know it. */
  readonly hash: string;
  readonly coordinates: ReadonlySet<string>;
}

/** Of what its variables can hold, that is what its example variables hold, and what no such value can do without. */
export function trustedUsage(
  root: string,
  schema: GraphQLSchema,
  { path, app, name, document }: TrustedDocument,
): TrustedUsage {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) return { path, app, name, hash: '', coordinates: new Set() };
  const { document: hash, coordinates } = operationUsage(schema, document, operation);
  const used = new Set(coordinates);
  addRequired(schema, operation, used);
  variableUsage(schema, operation)?.(exampleVariables(root, path), (coordinate) => used.add(coordinate));
  return { path, app, name, hash, coordinates: used };
}

function addRequired(schema: GraphQLSchema, { variableDefinitions = [] }: OperationDefinitionNode, used: Set<string>) {
  const seen = new Set<GraphQLInputType>();
  const add = (type: GraphQLInputType) => {
    const named = getNamedType(type);
    if (!isInputObjectType(named) || seen.has(named)) return;
    seen.add(named);
    for (const field of Object.values(named.getFields()).filter(isRequiredInputField)) {
      used.add(`${named.name}.${field.name}`);
      add(field.type);
    }
  };
  for (const { type } of variableDefinitions) {
    const declared = typeFromAST(schema, type as TypeNode as never);
    if (isInputType(declared)) add(declared);
  }
}

/** None where they are no JSON object, which `graph compose` tells. */
function exampleVariables(root: string, path: string): Record<string, unknown> {
  const file = join(root, path.replace(/\.graphql$/, '.variables.json'));
  if (!existsSync(file)) return {};
  try {
    return { ...JSON.parse(readFileSync(file, 'utf8')) };
  } catch {
    return {};
  }
}
