import type { Attributes } from '@opentelemetry/api';
import type { OperationDefinitionNode } from 'graphql';

const MAX_NAME = 100;

/** What a span says of a GraphQL operation, by OpenTelemetry's conventions for GraphQL servers. Never its document. */
export const operationAttributes = ({ operation, name }: OperationDefinitionNode): Attributes => ({
  'graphql.operation.type': operation,
  ...(name === undefined ? {} : { 'graphql.operation.name': name.value.slice(0, MAX_NAME) }),
});
