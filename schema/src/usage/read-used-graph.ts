import { type GraphQLSchema, printSchema } from 'graphql';
import { composeSupergraph } from '../compose.ts';
import { readLiveDocuments } from '../documents/live-documents.ts';
import { formatFinding } from '../formats/text.ts';
import { readSunsets } from '../lines/sunsets.ts';
import { discoverSubgraphs, SourceError } from '../subgraphs.ts';
import { type TrustedUsage, trustedUsage } from './trusted-usage.ts';

/** What there is to be used, and what trusted documents use of it. */
export interface UsedGraph {
  readonly api: GraphQLSchema;
  /** Types, fields, arguments, input fields and enum values that clients see. */
  readonly coordinates: ReadonlySet<string>;
  readonly deprecated: ReadonlySet<string>;
  /** `YYYY-MM-DD` by coordinate. */
  readonly sunsets: ReadonlyMap<string, string>;
  /** Of live documents. */
  readonly trusted: readonly TrustedUsage[];
}

/** @throws SourceError when the subgraphs cannot be read, or do not compose */
export function readUsedGraph(root: string): UsedGraph {
  const { supergraphSdl, apiSchema, findings } = composeSupergraph(discoverSubgraphs(root));
  if (supergraphSdl === undefined || apiSchema === undefined) {
    throw new SourceError(findings.map(formatFinding).join('\n\n'));
  }
  const { coordinates, deprecated } = readSunsets(printSchema(apiSchema));
  const sunsets = new Map<string, string>();
  for (const [coordinate, { on }] of readSunsets(supergraphSdl).sunsets)
    if (on !== undefined) sunsets.set(coordinate, on);
  const trusted = readLiveDocuments(root).documents.map((document) => trustedUsage(root, apiSchema, document));
  // Directives are how something is asked for, and used by no coordinate.
  const ofTypes = new Set([...coordinates].filter((coordinate) => !coordinate.startsWith('@')));
  return { api: apiSchema, coordinates: ofTypes, deprecated, sunsets, trusted };
}
