import { type GraphQLSchema, getNamedType, isEnumType, isInterfaceType, isObjectType, isUnionType } from 'graphql';

/**
 * What is in use because something else is, with what is: where a field of an interface is asked for, that field of the
 * types that implement it; where an interface or union is, the types that can come; where a field with an enum is, the
 * values that can come.
 */
export function impliedUsage(schema: GraphQLSchema, used: ReadonlySet<string>): Set<string> {
  const all = new Set(used);
  const types = Object.values(schema.getTypeMap());
  for (const type of types) {
    if (!isInterfaceType(type) && !isUnionType(type)) continue;
    if (used.has(type.name)) for (const { name } of schema.getPossibleTypes(type)) all.add(name);
    if (!isInterfaceType(type)) continue;
    const { objects, interfaces } = schema.getImplementations(type);
    for (const { name } of [...objects, ...interfaces]) {
      for (const field of Object.values(type.getFields())) {
        const members = [field.name, ...field.args.map((argument) => `${field.name}(${argument.name}:)`)];
        for (const member of members) if (used.has(`${type.name}.${member}`)) all.add(`${name}.${member}`);
      }
    }
  }
  for (const type of types) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (!all.has(`${type.name}.${field.name}`)) continue;
      const given = getNamedType(field.type);
      all.add(given.name);
      if (isEnumType(given)) for (const { name } of given.getValues()) all.add(`${given.name}.${name}`);
    }
  }
  return all;
}
