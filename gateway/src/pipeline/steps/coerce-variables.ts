import { CodedError } from '@tributary/service-kit';
import { getVariableValues, type OperationDefinitionNode, print } from 'graphql';
import type { Step } from '../exchange.ts';

const MAX_BYTES = 64 * 1024;
const MAX_DEPTH = 20;
const MAX_ERRORS = 10;

/** GraphQL, "Coercing Variable Values". What is wrong is said without the value: it may be a password. */
export const coerceVariables: Step = (exchange) => {
  const { operation, params, generation } = exchange;
  const definitions = operation?.variableDefinitions ?? [];
  const given = declaredIn(definitions, params.variables);
  refuseTooMuch(given);
  const { coerced, errors } = getVariableValues(generation.schema, definitions, given, { maxErrors: MAX_ERRORS });
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

function refuseTooMuch(variables: Record<string, unknown>): void {
  if (depthExceeds(variables, MAX_DEPTH + 1)) {
    throw new CodedError('BAD_REQUEST', `The variables are nested more than ${MAX_DEPTH} levels deep.`);
  }
  if (Buffer.byteLength(JSON.stringify(variables)) > MAX_BYTES) {
    throw new CodedError('PAYLOAD_TOO_LARGE', `The variables are larger than ${MAX_BYTES / 1024} KiB.`);
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
