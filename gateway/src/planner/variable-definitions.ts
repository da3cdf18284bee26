import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isNonNullType,
  isScalarType,
  isSpecifiedScalarType,
  print,
  stripIgnoredCharacters,
  type TypeNode,
  typeFromAST,
  type ValueNode,
  type VariableDefinitionNode,
} from 'graphql';
import { jsonOf } from './argument-text.ts';
import { type CollectedField, fetchedOf } from './collected-field.ts';
import type { PlanFields } from './plan-field.ts';

export interface VariableDefinitions {
  /** `($a:ID!,$v1:Int)`, sorted; empty without any. */
  readonly text: string;
  /** Values of those that the client gives none. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** Of the variables that the canonical operation uses: the client's, and those in the place of literals. */
export function variableDefinitions(
  definitions: readonly VariableDefinitionNode[],
  fields: readonly CollectedField[],
  inConditions: Iterable<string>,
  lifted: PlanFields['lifted'],
  schema: GraphQLSchema,
): VariableDefinitions {
  const usage: Usage = { used: new Set(inConditions), nonNull: new Set(inConditions) };
  addUsage(fields, usage);
  const defaults: Record<string, unknown> = Object.create(null);
  const texts = new Map([...lifted].map(([name, { type }]) => [name, `$${name}:${type}`]));
  for (const definition of definitions) {
    const name = definition.variable.name.value;
    const { defaultValue, type } = definition;
    const value = defaultValue === undefined ? undefined : jsonDefault(defaultValue, type, schema);
    // Also of one that only introspection uses.
    if (value !== undefined) defaults[name] = JSON.parse(value);
    if (usage.used.has(name)) texts.set(name, definitionText(definition, value, usage.nonNull.has(name), schema));
  }
  const sorted = [...texts.keys()].sort().map((name) => texts.get(name));
  return { text: sorted.length === 0 ? '' : `(${sorted.join()})`, defaults };
}

interface Usage {
  readonly used: Set<string>;
  /** Where null is not allowed. */
  readonly nonNull: Set<string>;
}

function addUsage(fields: readonly CollectedField[], usage: Usage): void {
  for (const { arguments: given, variables, children } of fetchedOf(fields)) {
    for (const name of [...given.variables, ...variables]) usage.used.add(name);
    for (const name of given.nonNull) usage.nonNull.add(name);
    if (children !== undefined) addUsage(children, usage);
  }
}

/**
 * The default goes with the values, so that a wrong one is the client's mistake, and not a query that is not valid. It
 * stays where without it the variable could not stand in the place of what is not null.
 */
function definitionText(
  { variable, type, defaultValue }: VariableDefinitionNode,
  value: string | undefined,
  isNonNull: boolean,
  schema: GraphQLSchema,
): string {
  const text = `$${variable.name.value}:${stripIgnoredCharacters(print(type))}`;
  const isNeeded = value === undefined || (isNonNull && value !== 'null' && type.kind !== 'NonNullType');
  if (defaultValue === undefined || !isNeeded) return text;
  if (value !== undefined && isOwnScalar(type, schema)) return `${text}!`;
  return `${text}=${stripIgnoredCharacters(print(defaultValue))}`;
}

const inputType = (type: TypeNode, schema: GraphQLSchema) =>
  typeFromAST(schema, type as Parameters<typeof typeFromAST>[1]) as GraphQLInputType | undefined;

function jsonDefault(value: ValueNode, type: TypeNode, schema: GraphQLSchema): string | undefined {
  const known = inputType(type, schema);
  return known && jsonOf(value, known);
}

function isOwnScalar(type: TypeNode, schema: GraphQLSchema): boolean {
  const known = inputType(type, schema);
  if (known === undefined || isNonNullType(known)) return false;
  const named = getNamedType(known);
  return isScalarType(named) && !isSpecifiedScalarType(named);
}
