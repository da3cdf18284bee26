import { type ConstDirectiveNode, GraphQLError, Kind } from 'graphql';
import { parseGraphql } from '../parse-graphql.ts';
import { SourceError } from '../subgraphs.ts';

/**
 * The names of a supergraph's subgraphs, sorted, by the enum `join__Graph` (Federation's join specification).
 *
 * @param file the supergraph's, for messages
 * @throws SourceError when the text is no supergraph.
 */
export function subgraphsOfSupergraph(sdl: string, file: string): string[] {
  const document = parseGraphql(sdl);
  if (document instanceof GraphQLError) throw new SourceError(`${file} is no supergraph: ${document.message}`);
  const values = document.definitions.flatMap((node) =>
    node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph' ? (node.values ?? []) : [],
  );
  const names = values.flatMap(({ directives = [] }) => directives.flatMap(nameInGraph));
  if (names.length === 0) throw new SourceError(`${file} is no supergraph: no enum join__Graph names its subgraphs.`);
  return [...new Set(names)].sort();
}

function nameInGraph(directive: ConstDirectiveNode): string[] {
  if (directive.name.value !== 'join__graph') return [];
  return (directive.arguments ?? []).flatMap(({ name, value }) =>
    name.value === 'name' && value.kind === Kind.STRING ? [value.value] : [],
  );
}
