import { HEALTH_CHECK_QUERY, RemoteGraphQLDataSource, type SupergraphManager } from '@apollo/gateway';
import { readSupergraph } from './candidate.ts';

type Hooks = Parameters<SupergraphManager['initialize']>[0];
type Asked = Parameters<RemoteGraphQLDataSource['process']>[0];

/** Apollo's enumeration of kinds is not exported. */
const HEALTH_CHECK = { kind: 'health check', request: { query: HEALTH_CHECK_QUERY }, context: {} } as unknown as Asked;

/** What Apollo's managers ask of a gateway, such as `IntrospectAndCompose`; as ApolloGateway gives it. */
export const managerHooks: Omit<Hooks, 'update'> = {
  getDataSource: ({ url = '' }) => new RemoteGraphQLDataSource({ url }),
  async healthCheck(supergraphSdl) {
    const { urls } = readSupergraph(supergraphSdl, {});
    const check = async ([name, url]: [string, string]) => {
      await new RemoteGraphQLDataSource({ url }).process(HEALTH_CHECK).catch((cause) => {
        throw new Error(`The health check failed: [${name}]: ${cause.message}`, { cause });
      });
    };
    await Promise.all([...urls].map(check));
  },
};
