import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import { type ExecutionResult, type GraphQLSchema, getOperationAST, parse, print } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';

/** Calls a gateway's executor as Apollo Server does, which has checked document and variables before. */
export async function executeThrough(
  executor: GatewayExecutor,
  schema: GraphQLSchema,
  source: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<ExecutionResult> {
  const document = parse(source);
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('no operation');
  const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (errors !== undefined) return { errors };
  const request = {
    ...{ request: { query: source, variables: { ...variables }, http: undefined }, schema, document, operation },
    ...{ source, queryHash: print(document), operationName: operation.name?.value ?? null, context: {}, metrics: {} },
    ...{ logger: console, cache: undefined, overallCachePolicy: undefined },
  };
  const result = await executor(request as unknown as Parameters<GatewayExecutor>[0]);
  return JSON.parse(JSON.stringify(result));
}
