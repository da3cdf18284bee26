import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import type { GatewayGraphQLResponse } from '@apollo/server-gateway-interface';
import { errorCatalogue } from '@tributary/service-kit';
import type { AnswerShapes } from './answer-shapes.ts';
import { failedPlaces } from './failed-places.ts';
import type { FetchScopes } from './fetch-scope.ts';
import type { SubgraphAnswer } from './read-answer.ts';
import { safeErrors } from './safe-errors.ts';
import type { SubgraphClient } from './subgraph-client.ts';

export interface DataSourceParts {
  client: SubgraphClient;
  scopes: FetchScopes;
  shapes: AnswerShapes;
}

/** One subgraph as Apollo's executor asks it: errors are at the fields that stay empty. */
export class SubgraphDataSource implements GraphQLDataSource {
  readonly #name: string;
  readonly #parts: DataSourceParts;

  constructor(name: string, parts: DataSourceParts) {
    this.#name = name;
    this.#parts = parts;
  }

  async process(options: GraphQLDataSourceProcessOptions): Promise<GatewayGraphQLResponse> {
    const { query = '', operationName, variables } = options.request;
    const incoming = 'incomingRequestContext' in options ? options.incomingRequestContext : undefined;
    const { client, scopes } = this.#parts;
    const representations = variables?.representations as unknown[] | undefined;
    const request = {
      ...{ subgraph: this.#name, query, operationName, variables: JSON.stringify(variables ?? {}) },
      entities: representations && new Map([['_entities', representations.length]]),
    };
    const answer = this.#fitting(query, await client.ask(request, scopes.get(incoming)));
    const errors = safeErrors(answer, representations?.length, () => failedPlaces(query, representations));
    return errors.length === 0 ? { data: answer.data } : { data: answer.data, errors };
  }

  #fitting(query: string, { data, errors }: SubgraphAnswer): SubgraphAnswer {
    const misfits = data === null ? [] : this.#parts.shapes.removeMisfits(query, data);
    const code = 'SUBGRAPH_RESPONSE_INVALID';
    const { message } = errorCatalogue[code];
    return { data, errors: [...errors, ...misfits.map((path) => ({ message, path, extensions: { code } }))] };
  }
}
