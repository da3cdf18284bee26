import { DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { assertValidSchema, print } from 'graphql';

/**
 * The schema that clients see of a supergraph, as SDL.
 *
 * @throws Error for what is no valid supergraph, or needs a feature (`@link(for:)`) that nothing here has.
 */
export function apiSchemaSdl(supergraphSdl: string): string {
  const supergraph = Supergraph.build(supergraphSdl, {
    supportedFeatures: DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES,
    validateSupergraph: true,
  });
  const apiSchema = supergraph.apiSchema();
  assertValidSchema(apiSchema.toGraphQLJSSchema());
  return print(apiSchema.toAST());
}
