import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires", "@shareable", "@override"])`;

/** The supergraph of subgraphs by name. */
export function composed(subgraphs: Readonly<Record<string, string>>): string {
  const { supergraphSdl, errors } = composeServices(
    Object.entries(subgraphs).map(([name, sdl]) => ({
      name,
      url: `http://${name}.test`,
      typeDefs: parse(`${LINK}\n${sdl}`),
    })),
  );
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? [], 'the subgraphs do not compose');
  return supergraphSdl;
}

export const petsSupergraph = (): string =>
  composed({
    owners: `
      type Query { owner(id: ID!): Owner }
      type Owner @key(fields: "id") { id: ID! name: String city: String }`,
    pets: `
      type Owner @key(fields: "id") { id: ID! pet: Pet city: String @override(from: "owners", label: "percent(50)") }
      type Pet { name: String age: Int }`,
  });

/** A supergraph that plans of many fields take long on: each subgraph could answer everything. */
export const interchangeableSupergraph = (): string =>
  composed(
    Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `s${index}`,
        `type Query { node: Node @shareable }
         type Node @key(fields: "id") { id: ID! @shareable node${index}: Node next: Node @shareable f${index}: Int }`,
      ]),
    ),
  );
