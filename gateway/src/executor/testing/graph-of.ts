import { composeServices } from '@apollo/composition';
import type { QueryPlan } from '@apollo/query-planner';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import { planFunction } from '../../planner/plan-function.ts';
import { readAnswer } from '../../subgraphs/read-answer.ts';
import { type SupergraphTypes, supergraphTypes } from '../../supergraph/supergraph-types.ts';
import type { AskSubgraph, PlanRequest } from '../subgraph-access.ts';

export interface SubgraphParts {
  sdl: string;
  // biome-ignore lint/suspicious/noExplicitAny: resolvers of many shapes
  resolvers: any;
}

/** A federated graph in one process: its planner, and subgraphs that write down what they are asked. */
export interface TestGraph {
  supergraphSdl: string;
  types: SupergraphTypes;
  plan(query: string): QueryPlan;
  ask: AskSubgraph;
  /** In the order in which they came. */
  requests: PlanRequest[];
}

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@external", "@requires", "@provides", "@shareable", "@interfaceObject", "@override", "@inaccessible"])`;

export function graphOf(subgraphs: Readonly<Record<string, SubgraphParts>>): TestGraph {
  const modules = Object.entries(subgraphs).map(([name, { sdl, resolvers }]) => {
    const typeDefs = parse(`${LINK}\n${sdl}`);
    return { name, typeDefs, schema: buildSubgraphSchema([{ typeDefs, resolvers }]) };
  });
  const { supergraphSdl, errors } = composeServices(
    modules.map(({ name, typeDefs }) => ({ name, typeDefs, url: `http://${name}.test/` })),
  );
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? []);
  const requests: PlanRequest[] = [];
  return {
    supergraphSdl,
    types: supergraphTypes(parse(supergraphSdl)),
    plan: planFunction(supergraphSdl),
    async ask(request) {
      requests.push(request);
      const { schema } = modules.find(({ name }) => name === request.subgraph) ?? {};
      if (schema === undefined) throw new Error(`no subgraph ${request.subgraph}`);
      const variableValues = JSON.parse(request.variables);
      const answer = await graphql({ schema, source: request.query, variableValues });
      const body = Buffer.from(JSON.stringify(answer));
      return readAnswer(
        { status: 200, contentType: 'application/json', cacheControl: '', body },
        request.entities,
        request.expected,
      );
    },
    requests,
  };
}
