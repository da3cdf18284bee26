import { type DocumentNode, type GraphQLSchema, getOperationAST } from 'graphql';
import type { NormalOperation } from '../normal-operation.ts';
import { normaliseOperation } from '../normalise-operation.ts';

const NOTHING = { withArguments: new Set<string>(), withoutArguments: new Set<string>() };

/** The one operation of a document, on a graph whose subgraphs require nothing of each other unless it is said. */
export function normalised(schema: GraphQLSchema, document: DocumentNode, required = NOTHING): NormalOperation {
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('no operation');
  return normaliseOperation(schema, document, operation, required);
}
