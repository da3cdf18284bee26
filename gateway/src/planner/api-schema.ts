import { Supergraph } from '@apollo/federation-internals';
import { assertValidSchema, print } from 'graphql';
import { SUPPORTED_FEATURES } from './supported-features.ts';

/** @throws Error for what is no valid supergraph, or needs a feature (`@link(for:)`) that nothing here has. */
export const validSupergraph = (supergraphSdl: string): Supergraph =>
  Supergraph.build(supergraphSdl, { supportedFeatures: new Set(SUPPORTED_FEATURES), validateSupergraph: true });

/** The schema that clients see of a supergraph, as SDL. */
export function apiSchemaSdl(supergraph: Supergraph): string {
  const apiSchema = supergraph.apiSchema();
  assertValidSchema(apiSchema.toGraphQLJSSchema());
  return print(apiSchema.toAST());
}
