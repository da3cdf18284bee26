import { CodedError } from '@tributary/service-kit';
import { getVariableValues, type OperationDefinitionNode, print } from 'graphql';
import { LimitExceeded } from '../../limits/limit-exceeded.ts';
import type { Exchange, Step } from '../exchange.ts';

export interface VariableLimits {
  /** Bytes, as they are sent. */
  readonly variables: number;
  /** Objects and lists inside each other. */
  readonly variablesDepth: number;
}

const MAX_ERRORS = 10;

/** GraphQL, "Coercing Variable Values". What is wrong is said without the value: it may be a password. */
export const coerceVariables =
  (limits: VariableLimits): Step =>
  (exchange) => {
    const { operation, params, view } = exchange;
    const definitions = operation?.variableDefinitions ?? [];
    const given = declaredIn(definitions, params.variables);
    refuseTooMuch(given, exchange, limits);
    const { coerced, errors } = getVariableValues(view.schema, definitions, given, { maxErrors: MAX_ERRORS });
    if (errors !== undefined) {
      throw new AggregateError(
        errors.map(({ message }) => new CodedError('BAD_USER_INPUT', explain(message, definitions))),
      );
    }
    exchange.variables = coerced;
  };

type Definitions = NonNullable<OperationDefinitionNode['variableDefinitions']>;

/** An object without a prototype: a variable may be called `__proto__`. */
function declaredIn(definitions: Definitions, given: Record<string, unknown>): Record<string, unknown> {
  const declared: Record<string, unknown> = Object.create(null);
  for (const { variable } of definitions) {
    const name = variable.name.value;
    if (Object.hasOwn(given, name)) declared[name] = given[name];
  }
  return declared;
}

function refuseTooMuch(
  given: Record<string, unknown>,
  { request: { body } }: Exchange,
  { variables, variablesDepth }: VariableLimits,
): void {
  if (depthExceeds(given, variablesDepth + 1)) {
    const message = `The variables are nested more than ${variablesDepth} levels deep.`;
    throw new LimitExceeded('variables_depth', message);
  }
  // To write them again only to measure them is for large bodies alone.
  if (Buffer.isBuffer(body) && body.length <= variables) return;
  if (Buffer.byteLength(JSON.stringify(given)) > variables) {
    const message = `The variables are larger than ${Math.floor(variables / 1024)} KiB.`;
    throw new LimitExceeded('variables_size', message, 'PAYLOAD_TOO_LARGE');
  }
}

function depthExceeds(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  return Object.values(value).some((inner) => depthExceeds(inner, limit - 1));
}

/** graphql-js quotes the value that does not fit; the declared type says as much. */
function explain(message: string, definitions: Definitions): string {
  const name = /^Variable "\$(\w+)" got invalid value/.exec(message)?.[1];
  const definition = definitions.find(({ variable }) => variable.name.value === name);
  return definition === undefined ? message : `Variable "$${name}" does not fit its type ${print(definition.type)}.`;
}
