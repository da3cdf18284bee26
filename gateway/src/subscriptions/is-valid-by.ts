import { operationRules } from '@tributary/service-kit';
import { type DocumentNode, type GraphQLSchema, getVariableValues, validate } from 'graphql';
import type { SchemaView } from '../engine/schema-view.ts';
import type { LiveRequest } from './live-operation.ts';

/** Many subscribe by one document. */
const known = new WeakMap<GraphQLSchema, WeakMap<DocumentNode, boolean>>();

/** Whether a subscription of another schema is one of this, with the variables that it has. */
export function isValidBy({ schema }: SchemaView, { document, operation, variables }: LiveRequest): boolean {
  const ofSchema = known.get(schema) ?? new WeakMap<DocumentNode, boolean>();
  known.set(schema, ofSchema);
  const isValid = ofSchema.get(document) ?? validate(schema, document, operationRules, { maxErrors: 1 }).length === 0;
  ofSchema.set(document, isValid);
  if (!isValid) return false;
  return getVariableValues(schema, operation.variableDefinitions ?? [], { ...variables }).coerced !== undefined;
}
