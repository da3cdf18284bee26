import {
  type DocumentNode,
  type GraphQLSchema,
  isScalarType,
  type OperationDefinitionNode,
  separateOperations,
} from 'graphql';
import { coordinatesOf } from '../graphql/coordinates-of.ts';
import { documentHash } from './document-hash.ts';

/** What is known of an operation before it is asked for. */
export interface OperationUsage {
  /** Its name, cut to 100 characters; '' where it has none. */
  readonly operation: string;
  /** See `documentHash`. */
  readonly document: string;
  /** What it uses of the schema, whatever its variables hold. Nothing of introspection. */
  readonly coordinates: readonly string[];
}

const MAX_NAME_LENGTH = 100;

/** @param document valid by the schema, with any other operations too */
export function operationUsage(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): OperationUsage {
  const own = ownDocument(document, operation);
  return {
    operation: operation.name?.value.slice(0, MAX_NAME_LENGTH) ?? '',
    document: documentHash(own),
    coordinates: [...coordinatesOf(schema, own)].filter((coordinate) => isCounted(schema, coordinate)),
  };
}

/** What usage knows an operation of a document by: see `documentHash`. */
export const operationHash = (document: DocumentNode, operation: OperationDefinitionNode): string =>
  documentHash(ownDocument(document, operation));

const ownDocument = (document: DocumentNode, { name }: OperationDefinitionNode) =>
  separateOperations(document)[name?.value ?? ''] ?? document;

/** Neither introspection, nor a key in a literal of a custom scalar: it is no part of the schema, but the client's. */
function isCounted(schema: GraphQLSchema, coordinate: string): boolean {
  if (/(^|\.)__/.test(coordinate)) return false;
  const [type = '', member] = coordinate.split('.', 2);
  return member === undefined || !isScalarType(schema.getType(type));
}
