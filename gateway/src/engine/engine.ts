import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import { type Component, ConfigError } from '@tributary/service-kit';
import type { FetchScopes } from '../subgraphs/fetch-scope.ts';
import { type Generation, newGeneration } from './generation.ts';
import type { TributaryGateway } from './tributary-gateway.ts';

/** The gateway class as the shipped pipeline uses it: load, execute, stop. */
export interface Engine extends Component {
  /** @throws Error before a supergraph was loaded. */
  current(): Generation;
  readonly execute: GatewayExecutor;
  readonly scopes: FetchScopes;
}

export function createEngine(gateway: TributaryGateway): Engine {
  let generation: Generation | undefined;
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    generation = newGeneration(apiSchema);
  });
  return {
    name: 'engine',
    scopes: gateway.scopes,
    execute: (request) => gateway.executor(request),
    current() {
      if (generation === undefined) throw new Error('no supergraph is loaded');
      return generation;
    },
    async start() {
      await gateway.load().catch((error: Error) => {
        throw new ConfigError(`The supergraph cannot be used: ${error.message}`, { cause: error });
      });
    },
    stop: () => gateway.stop(),
  };
}
