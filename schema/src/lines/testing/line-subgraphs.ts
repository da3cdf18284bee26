import { LINES_SDL } from '@tributary/service-kit/sdl';
import { composeSupergraph } from '../../compose.ts';
import type { SubgraphSource } from '../../subgraphs.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@shareable", "@inaccessible", "@composeDirective"])';

/** Subgraphs by name, whose SDL begins in line 2 and which have the directives of version lines. */
export const lineSubgraphs = (subgraphs: Record<string, string>): SubgraphSource[] =>
  Object.entries(subgraphs).map(([name, sdl], index) => ({
    name,
    url: `http://127.0.0.1:${5001 + index}/graphql`,
    schemaPath: `subgraphs/${name}/schema.graphql`,
    files: [{ path: `subgraphs/${name}/schema.graphql`, text: `${LINK}\n${sdl}\n${LINES_SDL}` }],
  }));

/** What they compose to; throws when they do not. */
export function lineSupergraph(subgraphs: Record<string, string>): string {
  const { supergraphSdl, findings } = composeSupergraph(lineSubgraphs(subgraphs));
  if (supergraphSdl === undefined) throw new Error(findings.map(({ message }) => message).join('\n'));
  return supergraphSdl;
}
