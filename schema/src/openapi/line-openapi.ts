import { bindRoutes, buildOpenApi, type OpenApiDocument, type RestFolder } from '@tributary/rest';
import type { VersionLine } from '@tributary/service-kit/sdl';
import { cutLine } from '../lines/cut-line.ts';
import { readSunsets } from '../lines/sunsets.ts';
import { SourceError } from '../subgraphs.ts';
import { REST_FOLDER } from './read-routes.ts';

export interface LineOpenApi {
  readonly document: OpenApiDocument;
  /** Routes that the line does not have, and why. */
  readonly missing: readonly { readonly file: string; readonly why: string }[];
}

/**
 * OpenAPI 3.1 of one version line, cut from the supergraph.
 *
 * @throws SourceError for a line that the supergraph does not have
 */
export function lineOpenApi(supergraphSdl: string, { routes, settings }: RestFolder, line: VersionLine): LineOpenApi {
  const { apiSchema, problems } = cutLine(supergraphSdl, line.major);
  if (apiSchema === undefined)
    throw new SourceError(`Line ${line.major} is no valid schema: ${problems.map(({ message }) => message).join(' ')}`);
  const bound = bindRoutes(routes, apiSchema, line.major);
  const document = buildOpenApi({
    routes: bound.routes,
    schema: apiSchema,
    ...{ settings, line },
    sunsets: [...readSunsets(supergraphSdl).sunsets].map(([coordinate, { on }]) => [coordinate, on]),
  });
  const missing = bound.missing.map(({ route: { file }, refusals }) => ({
    file: `${REST_FOLDER}/${file}`,
    why: refusals.join(' '),
  }));
  return { document, missing };
}
