import { type DocumentNode, type GraphQLSchema, getOperationAST } from 'graphql';
import type { NormalOperation } from '../normal-operation.ts';
import { normaliseOperation } from '../normalise-operation.ts';

/** The one operation of a document. */
export function normalised(schema: GraphQLSchema, document: DocumentNode): NormalOperation {
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('no operation');
  return normaliseOperation(schema, document, operation);
}
