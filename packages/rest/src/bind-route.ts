import { operationRules } from '@tributary/service-kit';
import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  typeFromAST,
  validate,
} from 'graphql';
import type { RestParameter, RestRoute } from './rest-route.ts';
import { type SelectedField, selectedFields } from './selected-fields.ts';
import { type VariableUse, variableUses } from './variable-uses.ts';

export interface BoundParameter extends RestParameter {
  readonly type: GraphQLInputType;
  /** Without a default, and not nullable. */
  readonly isRequired: boolean;
  /** What it is the value of; undefined where it is only a condition. */
  readonly use: VariableUse | undefined;
}

/** A route as one version line has it. */
export interface BoundRoute {
  readonly route: RestRoute;
  readonly schema: GraphQLSchema;
  readonly parameters: readonly BoundParameter[];
  /** What the body is of. */
  readonly result: SelectedField;
  /** Whether there may be nothing at `result`: then the answer is 404. */
  readonly mayBeMissing: boolean;
  /** Coordinates of the root fields that it selects and that are deprecated: it goes with the first of them. */
  readonly deprecated: readonly string[];
}

/** @returns the route, or why this schema does not have it */
export function bindRoute(
  route: RestRoute,
  schema: GraphQLSchema,
): BoundRoute | { readonly refusals: readonly string[] } {
  const refusals = validate(schema, route.document, operationRules).map(({ message }) => message);
  if (refusals.length > 0) return { refusals };
  const uses = variableUses(route.document, schema);
  const parameters = route.parameters.map((parameter): BoundParameter => {
    const type = typeFromAST(schema, parameter.definition.type as never) as GraphQLInputType | undefined;
    if (type === undefined || !isInputType(type)) throw new Error(`no type for $${parameter.variable}`);
    const isRequired = isNonNullType(type) && parameter.definition.defaultValue === undefined;
    return { ...parameter, type, isRequired, use: uses.get(parameter.variable) };
  });
  const unfit = parameters.find((one) => one.in !== 'body' && !isText(one.type));
  if (unfit !== undefined) return { refusals: [`$${unfit.variable} is sent as text, and its type is no scalar.`] };
  const root = schema.getRootType(route.operation.operation);
  if (root == null) throw new Error(`the schema has no ${route.operation.operation}`);
  const found = fieldAt(route, schema, root.name, route.result);
  if (found === undefined) return { refusals: [`The answer has nothing at ${route.result.join('.')}.`] };
  if (route.errors !== undefined && fieldAt(route, schema, root.name, route.errors) === undefined)
    return { refusals: [`The answer has nothing at ${route.errors.join('.')}.`] };
  const deprecated = selectedFields(schema, route.document, root.name, [route.operation.selectionSet])
    .filter(({ name }) => root.getFields()[name]?.deprecationReason != null)
    .map(({ name }) => `${root.name}.${name}`);
  return { route, schema, parameters, ...found, deprecated };
}

/** What a path, a query or a header can say. */
function isText(type: GraphQLInputType): boolean {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return isLeafType(getNullableType(nullable.ofType));
  return isLeafType(nullable);
}

function fieldAt(
  route: RestRoute,
  schema: GraphQLSchema,
  rootName: string,
  keys: readonly string[],
): Pick<BoundRoute, 'result' | 'mayBeMissing'> | undefined {
  let fields = selectedFields(schema, route.document, rootName, [route.operation.selectionSet]);
  let result: SelectedField | undefined;
  let mayBeMissing = false;
  for (const key of keys) {
    result = fields.find((one) => one.key === key);
    if (result === undefined) return undefined;
    const named = getNamedType(result.type);
    fields = isObjectType(named) ? selectedFields(schema, route.document, named.name, result.selectionSets) : [];
    mayBeMissing ||= !isNonNullType(result.type) || result.isConditional;
  }
  return result && { result, mayBeMissing };
}
