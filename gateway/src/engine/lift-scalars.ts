import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isNonNullType,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  type NamedTypeNode,
  parseType,
  TypeInfo,
  typeFromAST,
  type ValueNode,
  type VariableDefinitionNode,
  type VariableNode,
  valueFromASTUntyped,
  visit,
  visitWithTypeInfo,
} from 'graphql';

const LITERALS = [Kind.STRING, Kind.INT, Kind.FLOAT, Kind.BOOLEAN, Kind.ENUM, Kind.LIST, Kind.OBJECT];

export interface LiftedScalars {
  document: DocumentNode;
  variables: Record<string, unknown>;
}

/**
 * A document of one operation with variables in place of literals of the graph's own scalars, default values included.
 * Only a subgraph knows what such a scalar takes: a wrong variable it refuses as the client's mistake, a wrong literal as
 * a query that is not valid, which a gateway must take for its own. `variables` are for those that the client gives no
 * value.
 */
export function liftScalars(document: DocumentNode, schema: GraphQLSchema): LiftedScalars {
  const { taken, strict } = variablesIn(document, schema);
  const definitions: VariableDefinitionNode[] = [];
  const variables: Record<string, unknown> = {};
  const types = new TypeInfo(schema);
  const lift = (literal: ValueNode, type: GraphQLInputType): VariableNode => {
    const name = unusedName(`${getNullableType(type)}_${definitions.length + 1}`, taken);
    variables[name] = valueFromASTUntyped(literal);
    const variable = { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } } as const;
    definitions.push({ kind: Kind.VARIABLE_DEFINITION, variable, type: parseType(String(type)) });
    return variable;
  };
  const liftDefault = ({ defaultValue, ...definition }: VariableDefinitionNode): VariableDefinitionNode => {
    const name = definition.variable.name.value;
    variables[name] = valueFromASTUntyped(defaultValue as ValueNode);
    const isNonNull = definition.type.kind === Kind.NON_NULL_TYPE;
    // Without its default it would not be allowed where null is not.
    return strict.has(name) && !isNonNull
      ? { ...definition, type: { kind: Kind.NON_NULL_TYPE, type: definition.type as NamedTypeNode } }
      : definition;
  };
  const replaced = visit(
    document,
    visitWithTypeInfo(types, {
      VariableDefinition(node) {
        const type = typeFromAST(schema, node.type as NamedTypeNode) as GraphQLInputType | undefined;
        const isLifted = node.defaultValue !== undefined && type !== undefined && isOwnScalar(getNamedType(type));
        return isLifted ? liftDefault(node) : false;
      },
      enter(node) {
        if (!LITERALS.includes(node.kind)) return undefined;
        // Inside a list literal TypeInfo is at the type of its items already.
        const type = node.kind === Kind.LIST ? types.getParentInputType() : types.getInputType();
        return type && isOwnScalar(type) && !holdsVariables(node as ValueNode)
          ? lift(node as ValueNode, type)
          : undefined;
      },
    }),
  );
  return { document: definitions.length === 0 ? replaced : withVariables(replaced, definitions), variables };
}

function isOwnScalar(type: GraphQLInputType): boolean {
  const scalar = getNullableType(type);
  return isScalarType(scalar) && !isSpecifiedScalarType(scalar);
}

const withVariables = (document: DocumentNode, added: readonly VariableDefinitionNode[]): DocumentNode => ({
  ...document,
  definitions: document.definitions.map((node) =>
    node.kind === Kind.OPERATION_DEFINITION
      ? { ...node, variableDefinitions: [...(node.variableDefinitions ?? []), ...added] }
      : node,
  ),
});

function holdsVariables(literal: ValueNode): boolean {
  if (literal.kind === Kind.LIST) return literal.values.some(holdsVariables);
  if (literal.kind === Kind.OBJECT) return literal.fields.some(({ value }) => holdsVariables(value));
  return literal.kind === Kind.VARIABLE;
}

/** The variables of a document: all, and those that stand where null is not allowed. */
function variablesIn(document: DocumentNode, schema: GraphQLSchema) {
  const taken = new Set<string>();
  const strict = new Set<string>();
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      VariableDefinition({ variable }) {
        taken.add(variable.name.value);
        return false;
      },
      Variable({ name }) {
        if (isNonNullType(types.getInputType())) strict.add(name.value);
      },
    }),
  );
  return { taken, strict };
}

/** `name`, with underscores after it for as long as it is taken. */
export const unusedName = (name: string, taken: ReadonlySet<string>): string =>
  taken.has(name) ? unusedName(`${name}_`, taken) : name;
