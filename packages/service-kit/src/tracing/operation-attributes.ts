import type { Attributes } from '@opentelemetry/api';
import type { OperationDefinitionNode } from 'graphql';

const MAX_NAME = 100;

/** As log lines and spans say it: a client may give it any length. Undefined: it has none. */
export const operationName = ({ name }: OperationDefinitionNode): string | undefined => name?.value.slice(0, MAX_NAME);

/** What a span says of a GraphQL operation, by OpenTelemetry's conventions for GraphQL servers. Never its document. */
export const operationAttributes = (operation: OperationDefinitionNode): Attributes => ({
  'graphql.operation.type': operation.operation,
  ...(operation.name === undefined ? {} : { 'graphql.operation.name': operationName(operation) }),
});
