import { ApolloGateway, type GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import { MAX_EVALUATED_PLANS, type StartSubject } from '../subject.ts';
import { executeThrough } from './execute-through.ts';

const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

/** Stock @apollo/gateway. */
export const startApolloGateway: StartSubject = async (supergraphSdl, subgraphs) => {
  // Apollo reads it in the constructor; there is no option for it.
  process.env.APOLLO_TELEMETRY_DISABLED = '1';
  const gateway = new ApolloGateway({
    supergraphSdl,
    logger: QUIET,
    queryPlannerConfig: { debug: { maxEvaluatedPlans: MAX_EVALUATED_PLANS } },
    buildService: ({ name }) => ({
      async process({ request }: GraphQLDataSourceProcessOptions) {
        const ask = subgraphs.get(name);
        if (ask === undefined) throw new Error(`no subgraph ${name}`);
        const { data = null, errors } = await ask({ query: request.query ?? '', variables: request.variables ?? {} });
        // They came through JSON: plain objects by now.
        return errors === undefined ? { data } : { data, errors: [...errors] as never[] };
      },
    }),
  });
  const { schema, executor } = await gateway.load();
  return {
    execute: (source, variables) => executeThrough(executor, schema, source, variables),
    close: () => gateway.stop(),
  };
};
