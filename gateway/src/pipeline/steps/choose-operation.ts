import { CodedError, operationAttributes, operationName } from '@tributary/service-kit';
import { Kind, type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import type { Exchange, Step } from '../exchange.ts';
import { ownSpan } from '../own-span.ts';

/** Which operation of the document runs (GraphQL, "GetOperation"), and whether it may by this method. */
export const chooseOperation: Step = (exchange) => {
  const { request, reply, params, document } = exchange;
  const operations = document.document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const operation = choose(operations, params.operationName);
  exchange.operation = operation;
  request.accessFields.operation = operationName(operation);
  request.accessFields.operation_type = operation.operation;
  ownSpan(exchange)?.setAttributes(operationAttributes(operation));
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) refuseSingle(exchange);
  if (operation.operation === OperationTypeNode.MUTATION && request.method === 'GET') {
    reply.header('allow', 'POST');
    throw new CodedError('METHOD_NOT_ALLOWED');
  }
};

/** The results of a subscription are many: whoever asks for one answer is told so. */
function refuseSingle({ request, reply, part, stream, isMessage }: Exchange): void {
  if (isMessage || (stream !== undefined && part === undefined)) return;
  if (request.method === 'GET') {
    reply.header('allow', 'POST');
    throw new CodedError('METHOD_NOT_ALLOWED', 'A subscription by GET has to accept text/event-stream.');
  }
  throw new CodedError('BAD_REQUEST', SINGLE);
}

const SINGLE =
  'Subscriptions are not answered by a single HTTP response: accept text/event-stream or multipart/mixed;subscriptionSpec=1.0, or use a WebSocket.';

function choose(operations: readonly OperationDefinitionNode[], name: string | undefined): OperationDefinitionNode {
  const matching = name === undefined ? operations : operations.filter((node) => node.name?.value === name);
  const [operation] = matching;
  if (operation !== undefined && matching.length === 1) return operation;
  throw new CodedError(
    'OPERATION_RESOLUTION_FAILURE',
    name === undefined ? undefined : 'The document has no operation of that name.',
  );
}
