import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

const COORDINATE = /^(@?)(\w+)(?:\.(\w+))?(?:\((\w+):\))?$/;

/** Whether a schema has what a schema coordinate names. `__typename` every type has. */
export function existsIn(schema: GraphQLSchema, coordinate: string): boolean {
  const [, at, name = '', member, argument] = COORDINATE.exec(coordinate) ?? [];
  if (at === '@') {
    const directive = schema.getDirective(name);
    return directive != null && (argument === undefined || directive.args.some((each) => each.name === argument));
  }
  const type = schema.getType(name);
  if (type === undefined) return false;
  if (member === undefined || member.startsWith('__')) return true;
  if (isEnumType(type)) return type.getValue(member) != null;
  if (isInputObjectType(type)) return type.getFields()[member] !== undefined;
  if (!isObjectType(type) && !isInterfaceType(type)) return false;
  const field = type.getFields()[member];
  return field !== undefined && (argument === undefined || field.args.some((each) => each.name === argument));
}
