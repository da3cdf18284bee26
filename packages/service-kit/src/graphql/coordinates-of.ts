import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInputType,
  TypeInfo,
  type TypeNode,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * Everything of a schema that a valid document uses, as schema coordinates (GraphQL specification, "Schema Coordinates"):
 * `Type`, `Type.field`, `Type.field(argument:)`, `Input.field`, `Enum.VALUE`, `@directive`, `@directive(argument:)`.
 *
 * A field that is selected on an interface counts for the interface. What a variable holds is not in the document: its
 * type counts, and so does every input type and enum that it can hold, without their fields and values.
 */
export function coordinatesOf(schema: GraphQLSchema, document: DocumentNode): Set<string> {
  const used = new Set<string>();
  const held = new Set<GraphQLInputType>();
  const info = new TypeInfo(schema);
  const visitor = visitWithTypeInfo(info, {
    Field({ name, arguments: given = [] }) {
      const parent = info.getParentType();
      const type = getNamedType(info.getType());
      if (parent == null) return;
      const coordinate = `${parent.name}.${name.value}`;
      used.add(parent.name).add(coordinate);
      // Who selects a field reads its type, each value of an enum too.
      if (type != null) used.add(type.name);
      for (const argument of given) used.add(`${coordinate}(${argument.name.value}:)`);
    },
    Directive({ name, arguments: given = [] }) {
      used.add(`@${name.value}`);
      for (const argument of given) used.add(`@${name.value}(${argument.name.value}:)`);
    },
    /** Of a fragment's condition. */
    NamedType({ name }) {
      used.add(name.value);
    },
    VariableDefinition({ type }) {
      const variable = typeFromAST(schema, type as TypeNode as never);
      if (isInputType(variable)) addHeld(variable, held);
    },
    /** Also one without fields: a field that must be given concerns it. */
    ObjectValue() {
      const type = getNamedType(info.getInputType());
      if (isInputObjectType(type)) used.add(type.name);
    },
    ObjectField({ name }) {
      const parent = getNamedType(info.getParentInputType());
      // In a literal of a scalar of one's own, names are the client's words.
      if (isInputObjectType(parent)) used.add(`${parent.name}.${name.value}`);
    },
    EnumValue({ value }) {
      const type = getNamedType(info.getInputType());
      if (isEnumType(type)) used.add(type.name).add(`${type.name}.${value}`);
    },
  });
  visit(document, visitor);
  for (const type of held) used.add(getNamedType(type).name);
  return used;
}

function addHeld(type: GraphQLInputType, held: Set<GraphQLInputType>): void {
  const named = getNamedType(type);
  if (held.has(named)) return;
  held.add(named);
  if (!isInputObjectType(named)) return;
  for (const field of Object.values(named.getFields())) addHeld(field.type, held);
}
