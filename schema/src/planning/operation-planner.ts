import { DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES, parseOperation, Supergraph } from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { type DocumentNode, type GraphQLSchema, print } from 'graphql';
import { clientSchema } from '../sdl/client-schema.ts';

export interface OperationPlanner {
  /** What clients see; operations are valid by it before they are planned. */
  readonly apiSchema: GraphQLSchema;
  /** @param operationName of a document with several operations */
  plan(document: DocumentNode, operationName?: string): QueryPlan;
}

/** As the gateway plans: see gateway/src/planner/plan-function.ts. */
const OPTIONS = {
  ...{ reuseQueryFragments: false, typeConditionedFetching: true },
  // The gateway ends planning by time. Here the same document shall get the same answer on every machine: all that the
  // gateway plans of its largest test graph takes fewer ways than this, and what takes more ends within half a second.
  debug: { pathsLimit: 3000 },
};
const FEATURES = new Set([
  ...DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES,
  'https://specs.apollo.dev/context/v0.1',
  // Who may see what changes no plan of those who may see all of it.
  'https://specs.apollo.dev/authenticated/v0.1',
  'https://specs.apollo.dev/requiresScopes/v0.1',
  'https://specs.apollo.dev/policy/v0.1',
]);

/**
 * What plans for one supergraph, with @apollo/query-planner. Fetches and their order are the gateway's, which lifts
 * literals into variables before.
 *
 * @throws Error for what is no supergraph, or one that the gateway would refuse; `plan` throws for an operation that has
 * too many ways to be planned, see isTooComplex.
 */
export function operationPlanner(supergraphSdl: string): OperationPlanner {
  const supergraph = Supergraph.build(supergraphSdl, { supportedFeatures: FEATURES, validateSupergraph: false });
  const apiSchema = supergraph.apiSchema();
  const planner = new QueryPlanner(supergraph, OPTIONS);
  return {
    apiSchema: clientSchema(apiSchema),
    plan(document, operationName) {
      const options = { validate: false, ...(operationName === undefined ? {} : { operationName }) };
      return planner.buildQueryPlan(parseOperation(apiSchema, print(document), options));
    },
  };
}

/** Whether planning ended as there are too many ways, or too many to be written down. */
export const isTooComplex = (error: unknown): boolean =>
  error instanceof RangeError || (error instanceof Error && error.message.startsWith('Too many options generated'));
