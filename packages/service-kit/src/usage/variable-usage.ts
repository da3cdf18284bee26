import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInputType,
  type OperationDefinitionNode,
  type TypeNode,
  typeFromAST,
} from 'graphql';

/** Calls `used` for each input field and enum value that the variables hold, as often as they do. */
export type CountVariables = (variables: Readonly<Record<string, unknown>>, used: Used) => void;

type Used = (coordinate: string) => void;
type Walk = (value: unknown, used: Used) => void;

/** By the type's name. What a schema's types hold is found out once. */
const walksOf = new WeakMap<GraphQLSchema, Map<string, Walk>>();

/**
 * What the variables of an operation use of the schema: the names of input fields and enum values, and nothing else that
 * is in them. Undefined where their types can hold neither, which is then known without looking at any variables.
 *
 * The variables are those that were sent and that fit their types: coercion would add fields that nobody sent.
 */
export function variableUsage(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): CountVariables | undefined {
  const known = walksOf.get(schema) ?? new Map<string, Walk>();
  walksOf.set(schema, known);
  const walks = variableDefinitions.flatMap(({ variable, type }) => {
    const declared = typeFromAST(schema, type as TypeNode as never);
    const walk = isInputType(declared) ? walkOf(declared, known) : undefined;
    return walk === undefined ? [] : [{ name: variable.name.value, walk }];
  });
  if (walks.length === 0) return undefined;
  return (variables, used) => {
    for (const { name, walk } of walks) if (Object.hasOwn(variables, name)) walk(variables[name], used);
  };
}

/** Undefined for scalars, custom ones too: what is in them is no part of the schema. */
function walkOf(declared: GraphQLInputType, known: Map<string, Walk>): Walk | undefined {
  const type = getNamedType(declared);
  const before = known.get(type.name);
  if (before !== undefined) return before;
  if (isEnumType(type)) {
    const values = new Map<unknown, string>(type.getValues().map(({ name }) => [name, `${type.name}.${name}`]));
    return keep((value, used) => {
      const coordinate = values.get(value);
      if (coordinate !== undefined) used(coordinate);
    });
  }
  if (!isInputObjectType(type)) return undefined;
  const fields = new Map<string, { coordinate: string; walk: Walk | undefined }>();
  const walk = keep((value, used) => {
    if (typeof value !== 'object' || value === null) return;
    for (const name of Object.keys(value)) {
      const field = fields.get(name);
      if (field === undefined) continue;
      used(field.coordinate);
      field.walk?.((value as Record<string, unknown>)[name], used);
    }
  });
  // After it is known, as a type may hold itself.
  for (const field of Object.values(type.getFields())) {
    fields.set(field.name, { coordinate: `${type.name}.${field.name}`, walk: walkOf(field.type, known) });
  }
  return walk;

  function keep(ofOne: Walk): Walk {
    const ofAny: Walk = (value, used) => {
      if (!Array.isArray(value)) return ofOne(value, used);
      for (const entry of value) ofAny(entry, used);
    };
    known.set(type.name, ofAny);
    return ofAny;
  }
}
