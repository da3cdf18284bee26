import { type GraphQLSchema, isIntrospectionType, isSpecifiedScalarType } from 'graphql';
import type { Change } from './change.ts';
import { compareDirectives } from './compare-directives.ts';
import { compareRootTypes } from './compare-root-types.ts';
import { compareTypes } from './compare-types.ts';

/**
 * What changed from one schema to another, in the order of the schema. Outputs are judged covariantly, inputs
 * contravariantly.
 */
export function* compareSchemas(before: GraphQLSchema, after: GraphQLSchema): Generator<Change> {
  yield* compareRootTypes(before, after);
  yield* compareTypes(ownTypes(before), ownTypes(after));
  yield* compareDirectives(before, after);
}

const ownTypes = (schema: GraphQLSchema) =>
  new Map(
    Object.values(schema.getTypeMap())
      .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
      .map((type) => [type.name, type]),
  );
