import type { GatewayExecutionResult, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { type ErrorCode, errorCatalogue, withoutValue } from '@tributary/service-kit';
import { type FragmentDefinitionNode, GraphQLError, Kind } from 'graphql';
import { SubgraphError } from '../subgraphs/subgraph-error.ts';
import { clientPath } from './client-path.ts';

interface SafeError {
  message: string;
  code: string;
}

/**
 * What the executor gives, as a client may see it: errors with message, client's path, code and request id and nothing
 * else. An error that no subgraph wrote for clients is masked.
 */
export function cleanResult(
  result: GatewayExecutionResult,
  request: GatewayGraphQLRequestContext,
  requestId: string,
): GatewayExecutionResult {
  const found = [
    ...(result.errors ?? []).map((error) => ({ error, safe: safeError(error, result.data === undefined) })),
    ...valueErrors(result).map((error) => ({ error, safe: catalogued('SUBGRAPH_RESPONSE_INVALID') })),
  ];
  const data = result.data === undefined ? {} : { data: result.data };
  if (found.length === 0) return data;
  const fragments = fragmentsOf(request);
  const errors = new Map<string, GraphQLError>();
  for (const { error, safe } of found) {
    const path = clientPath(error.path, request.operation, fragments);
    const extensions = { code: safe.code, requestId };
    errors.set(`${path?.join('.')} ${safe.code} ${safe.message}`, new GraphQLError(safe.message, { path, extensions }));
  }
  return { ...data, errors: [...errors.values()] };
}

/** A result for when the executor itself broke. */
export const brokenResult = (requestId: string): GatewayExecutionResult => {
  const { message, code } = catalogued('INTERNAL_SERVER_ERROR');
  return { data: null, errors: [new GraphQLError(message, { extensions: { code, requestId } })] };
};

function safeError(error: GraphQLError, beforeExecution: boolean): SafeError {
  if (error.originalError instanceof SubgraphError) {
    return { message: error.originalError.message, code: error.originalError.extensions.code };
  }
  if (beforeExecution && error.message.startsWith('Variable "$')) {
    return { message: withoutValue(error.message), code: 'BAD_USER_INPUT' };
  }
  return catalogued('INTERNAL_SERVER_ERROR');
}

const catalogued = (code: ErrorCode): SafeError => ({ message: errorCatalogue[code].message, code });

/** Values that do not fit the schema. Apollo's executor sets them to null, and says so where no client looks. */
function valueErrors({ extensions }: GatewayExecutionResult): readonly GraphQLError[] {
  const errors: unknown = extensions?.valueCompletion;
  return Array.isArray(errors) ? errors : [];
}

function fragmentsOf({ document }: GatewayGraphQLRequestContext): Map<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((node) => [node.name.value, node]));
}
