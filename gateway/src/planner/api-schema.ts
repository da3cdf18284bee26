import { Supergraph } from '@apollo/federation-internals';
import { assertValidSchema, print } from 'graphql';
import { SUPPORTED_FEATURES } from './supported-features.ts';

/**
 * The schema that clients see of a supergraph, as SDL.
 *
 * @throws Error for what is no valid supergraph, or needs a feature (`@link(for:)`) that nothing here has.
 */
export function apiSchemaSdl(supergraphSdl: string): string {
  const supergraph = Supergraph.build(supergraphSdl, {
    supportedFeatures: new Set(SUPPORTED_FEATURES),
    validateSupergraph: true,
  });
  const apiSchema = supergraph.apiSchema();
  assertValidSchema(apiSchema.toGraphQLJSSchema());
  return print(apiSchema.toAST());
}
