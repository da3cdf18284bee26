import { GraphQLError } from 'graphql';
import type { Finding } from '../finding.ts';
import { placeOfSyntaxError } from '../sdl/place-at.ts';
import { discoverSubgraphs, type SubgraphSource } from '../subgraphs.ts';
import type { RuleSettings } from './lint-config.ts';
import type { LintSubgraph } from './lint-subgraph.ts';
import { type LintResult, lintSubgraphs } from './lint-subgraphs.ts';
import { parseSubgraph } from './parse-subgraph.ts';
import { rules } from './rules.ts';

/**
 * Lints every `subgraphs/<name>/schema.graphql`. Where one does not parse that is all there is to find: rules look
 * across subgraphs.
 *
 * @throws SourceError when the subgraphs cannot be read.
 */
export function lintRepository(
  root: string,
  settings: ReadonlyMap<string, RuleSettings>,
): LintResult & { subgraphs: number } {
  const sources = discoverSubgraphs(root);
  const read = sources.map((source) => parsed(root, source));
  const unreadable = read.filter((each): each is Finding => 'code' in each);
  const result =
    unreadable.length > 0
      ? { findings: unreadable, edits: new Map() }
      : lintSubgraphs(read as LintSubgraph[], rules, settings);
  return { subgraphs: sources.length, ...result };
}

function parsed(root: string, source: SubgraphSource): LintSubgraph | Finding {
  try {
    return parseSubgraph(root, source);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const finding = { severity: 'error', code: 'INVALID_GRAPHQL', message: error.message } as const;
    return { ...finding, subgraph: source.name, ...placeOfSyntaxError(error) };
  }
}
