import { Supergraph } from '@apollo/federation-internals';
import type { VersionLine } from '@tributary/service-kit/sdl';
import { parseSdl } from '@tributary/service-kit/sdl';
import { buildASTSchema, parse, printSchema } from 'graphql';
import { composeSupergraph } from '../compose.ts';
import type { ComposedSide, GraphSide, LineSide, SubgraphSide } from '../diff/graph-side.ts';
import type { Finding } from '../finding.ts';
import { cutLine } from '../lines/cut-line.ts';
import { lineDirectiveFindings } from '../lines/line-directive-findings.ts';
import { lineNotValid } from '../lines/line-not-valid.ts';
import { readLines } from '../lines/read-lines.ts';
import { invalidDeprecations } from '../lint/invalid-deprecations.ts';
import { wrongEventStreams } from '../lint/wrong-event-streams.ts';
import { clientSchema } from '../sdl/client-schema.ts';
import { discoverSubgraphs, SourceError, type SubgraphSource } from '../subgraphs.ts';
import type { Cache } from './cache.ts';

export interface CheckedSide extends GraphSide {
  readonly supergraphSdl: string | undefined;
  readonly lines: readonly VersionLine[];
  /** What is wrong with it by itself. */
  readonly findings: readonly Finding[];
}

/** A repository's subgraphs, composed, and its version lines. */
export function readRepository(root: string, cache: Cache): CheckedSide {
  const sources = discoverSubgraphs(root);
  const { supergraphSdl, apiSdl, findings } = composed(sources, cache);
  const { lines, findings: wrongLines } = readLines(root);
  const silent = [...lineDirectiveFindings(sources), ...invalidDeprecations(root), ...wrongEventStreams(root)];
  const all = [...findings, ...wrongLines, ...silent];
  if (supergraphSdl === undefined || apiSdl === undefined) {
    return { subgraphs: parsed(sources), composed: undefined, supergraphSdl, lines, findings: all };
  }
  const api = schemaFrom(apiSdl);
  const cut = new Map<number, LineSide>();
  for (const { major } of lines) {
    const { apiSchema: api, supergraphSdl: sdl, problems } = cutLine(supergraphSdl, major);
    all.push(...lineNotValid(problems, major, sources));
    if (api !== undefined) cut.set(major, { api, supergraphSdl: sdl });
  }
  const side: ComposedSide = { supergraph: parse(supergraphSdl), api, lines: cut };
  return { subgraphs: parsed(sources), composed: side, supergraphSdl, lines, findings: all };
}

/**
 * A supergraph, and the subgraphs as far as it tells of them: without descriptions, and without what only composition
 * looked at.
 *
 * @throws SourceError for what is none.
 */
export function readSupergraph(sdl: string, label: string): CheckedSide {
  try {
    const supergraph = Supergraph.build(sdl, { supportedFeatures: null });
    const subgraphs = [...supergraph.subgraphs()].map((subgraph) => ({
      name: subgraph.name,
      url: subgraph.url,
      document: parse(subgraph.toString()),
    }));
    const api = clientSchema(supergraph.apiSchema());
    return {
      subgraphs,
      composed: { supergraph: parse(sdl), api, lines: new Map() },
      supergraphSdl: sdl,
      lines: [],
      findings: [],
    };
  } catch (error) {
    throw new SourceError(`${label} is no supergraph: ${(error as Error).message.split('\n', 1)[0]}`);
  }
}

interface Composed {
  supergraphSdl?: string | undefined;
  apiSdl?: string | undefined;
  findings: Finding[];
}

const composed = (sources: readonly SubgraphSource[], cache: Cache): Composed =>
  cache.of(['compose', JSON.stringify(sources)], () => {
    const { supergraphSdl, apiSchema, findings } = composeSupergraph(sources);
    return { supergraphSdl, apiSdl: apiSchema && printSchema(apiSchema), findings };
  });

const schemaFrom = (sdl: string) =>
  buildASTSchema(parse(sdl, { noLocation: true }), { assumeValid: true, assumeValidSDL: true });

/** What is no GraphQL is a finding of composition. */
const parsed = (sources: readonly SubgraphSource[]): SubgraphSide[] =>
  sources.flatMap(({ name, url, files }) => {
    try {
      return [{ name, url, document: parseSdl(files) }];
    } catch {
      return [];
    }
  });
