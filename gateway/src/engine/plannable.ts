import type { GatewayExecutionResult, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { type DocumentNode, type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql';
import { plannedNames, type RenamedAliases, renameAliases, withClientAliases } from './alias-clashes.ts';
import { type LiftedScalars, liftScalars } from './lift-scalars.ts';

/** The request in a form that Apollo's planner and the subgraphs get right, and the way back for its result. */
export interface Plannable {
  request: GatewayGraphQLRequestContext;
  resultOf(result: GatewayExecutionResult): GatewayExecutionResult;
}

/** Each operation is looked at once. */
export function plannableRequests(schema: GraphQLSchema, supergraphSdl: string) {
  const planned = plannedNames(supergraphSdl);
  const known = new WeakMap<OperationDefinitionNode, LiftedScalars & RenamedAliases>();
  const rewrite = ({ document, operation }: GatewayGraphQLRequestContext) => {
    const lifted = liftScalars(withoutOthers(document, operation), schema);
    return { ...lifted, ...renameAliases(lifted.document, planned) };
  };
  return (request: GatewayGraphQLRequestContext): Plannable => {
    const rewritten = known.get(request.operation) ?? rewrite(request);
    known.set(request.operation, rewritten);
    const { document, variables, aliases } = rewritten;
    if (document === request.document) return { request, resultOf: (result) => result };
    return {
      request: {
        ...request,
        request: { ...request.request, variables: { ...variables, ...request.request.variables } },
        document,
        operation: document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION) ?? request.operation,
      },
      resultOf: (result) => (aliases.size === 0 ? result : withClientAliases(result, aliases)),
    };
  };
}

function withoutOthers(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  const definitions = document.definitions.filter(
    (node) => node.kind !== Kind.OPERATION_DEFINITION || node === operation,
  );
  return definitions.length === document.definitions.length ? document : { ...document, definitions };
}
