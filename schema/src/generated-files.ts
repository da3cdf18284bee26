import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { generateResolverTypes } from './codegen.ts';
import { composeSupergraph } from './compose.ts';
import { formatFinding } from './formats/text.ts';
import { lineNotesFiles } from './lines/line-notes-files.ts';
import { openApiFiles } from './openapi/openapi-files.ts';
import { discoverSubgraphs, SourceError } from './subgraphs.ts';

export interface GeneratedFile {
  /** Relative to the root. */
  path: string;
  content: string;
}

/**
 * What this package makes of the subgraphs' schemas: their resolver types, the supergraph, the OpenAPI
 * documents of its REST API, and what each version line changes.
 *
 * @throws SourceError with the findings when the subgraphs do not compose.
 */
export async function generatedFiles(root: string): Promise<GeneratedFile[]> {
  const { supergraphSdl, findings } = composeSupergraph(discoverSubgraphs(root));
  if (supergraphSdl === undefined) throw new SourceError(findings.map(formatFinding).join('\n\n'));
  const folders = readdirSync(join(root, 'subgraphs')).filter((name) =>
    existsSync(join(root, 'subgraphs', name, 'schema.graphql')),
  );
  const types = folders.map(async (name) => ({
    path: `subgraphs/${name}/src/schema.generated.ts`,
    content: await generateResolverTypes(join(root, 'subgraphs', name)),
  }));
  return [
    ...(await Promise.all(types)),
    { path: 'schema/supergraph.graphql', content: supergraphSdl },
    ...(await openApiFiles(root, supergraphSdl)),
    ...lineNotesFiles(root, supergraphSdl),
  ];
}
