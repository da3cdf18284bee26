import { trace } from '@opentelemetry/api';
import { CodedError, operationAttributes } from '@tributary/service-kit';
import { Kind, type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import type { Step } from '../exchange.ts';

const MAX_LOGGED_NAME = 100;

/** Which operation of the document runs (GraphQL, "GetOperation"), and whether it may by this method. */
export const chooseOperation: Step = (exchange) => {
  const { request, reply, params, document } = exchange;
  const operations = document.document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const operation = choose(operations, params.operationName);
  exchange.operation = operation;
  request.accessFields.operation = operation.name?.value.slice(0, MAX_LOGGED_NAME);
  request.accessFields.type = operation.operation;
  trace.getSpan(request.traceContext)?.setAttributes(operationAttributes(operation));
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
    throw new CodedError('BAD_REQUEST', 'Subscriptions are not answered by a single HTTP response.');
  }
  if (operation.operation === OperationTypeNode.MUTATION && request.method === 'GET') {
    reply.header('allow', 'POST');
    throw new CodedError('METHOD_NOT_ALLOWED');
  }
};

function choose(operations: readonly OperationDefinitionNode[], name: string | undefined): OperationDefinitionNode {
  const matching = name === undefined ? operations : operations.filter((node) => node.name?.value === name);
  const [operation] = matching;
  if (operation !== undefined && matching.length === 1) return operation;
  throw new CodedError(
    'OPERATION_RESOLUTION_FAILURE',
    name === undefined ? undefined : 'The document has no operation of that name.',
  );
}
