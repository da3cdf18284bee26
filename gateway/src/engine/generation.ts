import type { GatewaySchemaHash } from '@apollo/server-gateway-interface';
import type { GraphQLSchema } from 'graphql';
import { DocumentCache } from '../documents/document-cache.ts';

/** What was derived from one supergraph. A request keeps the one that it began with. */
export interface Generation {
  readonly schema: GraphQLSchema;
  readonly schemaHash: GatewaySchemaHash;
  readonly documents: DocumentCache;
}

let count = 0;

export const newGeneration = (schema: GraphQLSchema): Generation => ({
  schema,
  schemaHash: `generation-${++count}` as GatewaySchemaHash,
  documents: new DocumentCache(),
});
