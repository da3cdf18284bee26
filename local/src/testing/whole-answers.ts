import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

const PLAIN: Readonly<Record<string, unknown>> = { Int: 1, Float: 1, Boolean: true };

/**
 * All that a type shows, so many levels down. What can be one of several types is asked for by a fragment on the interface
 * that they share, and in there by one on each of them.
 */
export function everythingOf(schema: GraphQLSchema, type: GraphQLNamedType, levels: number): string {
  const inside = (field: GraphQLField<unknown, unknown>) => everythingOf(schema, getNamedType(field.type), levels - 1);
  const fields = (each: GraphQLNamedType) =>
    Object.values(isObjectType(each) ? each.getFields() : {})
      .filter((field) => !field.args.some(isRequiredArgument))
      .map((field) => (isCompositeType(getNamedType(field.type)) ? `${field.name} { ${inside(field)} }` : field.name));
  if (levels === 0) return '__typename';
  if (!isAbstractType(type)) return ['__typename', ...fields(type)].join(' ');
  const kinds = schema.getPossibleTypes(type).map((each) => {
    const [shared] = each.getInterfaces();
    const own = `... on ${each.name} { ${fields(each).join(' ')} }`;
    return shared === undefined ? own : `... on ${shared.name} { ${own} }`;
  });
  return ['__typename', ...kinds].join(' ');
}

/** A value of the type, as far as its form goes: with what is required, and nothing else. */
export function someValue(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return someValue(type.ofType);
  if (isListType(type)) return [someValue(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return PLAIN[type.name] ?? 'x';
  const required = Object.values(type.getFields()).filter(isRequiredInputField);
  return Object.fromEntries(required.map((field) => [field.name, someValue(field.type)]));
}
