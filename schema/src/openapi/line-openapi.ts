import { bindRoute, buildOpenApi, isInLine, type OpenApiDocument, type RestFolder } from '@tributary/rest';
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
  const results = routes
    .filter((route) => isInLine(route, line.major))
    .map((route) => ({ route, bound: bindRoute(route, apiSchema) }));
  const bound = results.flatMap((one) => ('refusals' in one.bound ? [] : [one.bound]));
  const missing = results.flatMap(({ route: { file }, bound: one }) =>
    'refusals' in one ? [{ file: `${REST_FOLDER}/${file}`, why: one.refusals.join(' ') }] : [],
  );
  const sunsets = [...readSunsets(supergraphSdl).sunsets].flatMap(([coordinate, { on }]) =>
    on === undefined ? [] : [[coordinate, on] as const],
  );
  const document = buildOpenApi({
    routes: bound,
    schema: apiSchema,
    settings,
    line: { major: line.major, version: line.version, isDeprecated: line.state === 'deprecated' },
    sunsets: new Map(sunsets),
  });
  return { document, missing };
}
