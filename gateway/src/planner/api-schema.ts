import { errorCauses, Supergraph } from '@apollo/federation-internals';
import { markLine } from '@tributary/service-kit/sdl';
import { assertValidSchema, parse, print } from 'graphql';
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

/**
 * The schema that clients of one version line see, as SDL.
 *
 * @param supergraphSdl Valid.
 * @throws Error where something of the line needs what is not in it
 */
export function lineSchemaSdl(supergraphSdl: string, major: number): string {
  const { document } = markLine(parse(supergraphSdl, { noLocation: true }), major);
  const supergraph = Supergraph.build(document, { supportedFeatures: null, validateSupergraph: false });
  try {
    return apiSchemaSdl(supergraph);
  } catch (error) {
    const causes = errorCauses(error as Error) ?? [error as Error];
    const what = causes.map(({ message }) => message.replaceAll('@inaccessible', `not in line ${major}`)).join(' ');
    throw new Error(`Version line ${major} cannot be cut: ${what}`, { cause: error });
  }
}
