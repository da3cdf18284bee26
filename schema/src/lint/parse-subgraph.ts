import { join } from 'node:path';
import { parseSdl } from '@tributary/service-kit/sdl';
import { type DocumentNode, Kind } from 'graphql';
import type { SubgraphSource } from '../subgraphs.ts';
import { canonicalDirectives } from './canonical-directives.ts';
import { elementsOf } from './elements-of.ts';
import type { LintSubgraph } from './lint-subgraph.ts';
import { typesOf } from './types-of.ts';

/**
 * Reads a subgraph's SDL for the rules. Nothing but its syntax is checked: composition says what else is wrong.
 *
 * @throws GraphQLError where the syntax is wrong.
 */
export function parseSubgraph(root: string, { name, files }: SubgraphSource): LintSubgraph {
  const { document, directives } = canonicalDirectives(parseSdl(files));
  const elements = elementsOf(document);
  return {
    name,
    document,
    elements,
    types: typesOf(elements),
    roots: rootsOf(document),
    directives,
    sourceFolder: join(root, 'subgraphs', name, 'src'),
  };
}

function rootsOf(document: DocumentNode): LintSubgraph['roots'] {
  const roots = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const { operation, type } of definition.operationTypes ?? []) roots[operation] = type.name.value;
  }
  return roots;
}
