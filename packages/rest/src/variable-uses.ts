import {
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLSchema,
  getNamedType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** The argument or input field that a variable is the value of. */
export interface VariableUse {
  /** `PlaceOrderInput.paymentMethodId`, `Query.users(limit:)`. */
  readonly coordinate: string;
  readonly description: string | undefined;
  /** Undefined where it is not deprecated. */
  readonly deprecationReason: string | undefined;
}

/** By the variable's name, where it is used first; a valid document uses each. */
export function variableUses(document: DocumentNode, schema: GraphQLSchema): ReadonlyMap<string, VariableUse> {
  const uses = new Map<string, VariableUse>();
  const info = new TypeInfo(schema);
  const inputFields: VariableUse[] = [];
  visit(
    document,
    visitWithTypeInfo(info, {
      // What variables are declared as is no use of them.
      VariableDefinition: () => false,
      ObjectField: {
        enter({ name }) {
          const parent = getNamedType(info.getParentInputType());
          const field = parent && 'getFields' in parent ? parent.getFields()[name.value] : undefined;
          inputFields.push(useOf(`${parent?.name}.${name.value}`, field));
        },
        leave: () => void inputFields.pop(),
      },
      Variable({ name }) {
        const use = inputFields.at(-1) ?? argumentOf(info);
        if (use !== undefined && !uses.has(name.value)) uses.set(name.value, use);
      },
    }),
  );
  return uses;
}

function argumentOf(info: TypeInfo): VariableUse | undefined {
  const argument = info.getArgument();
  // Conditions are none of the schema's.
  if (argument == null || info.getDirective() != null) return undefined;
  const coordinate = `${info.getParentType()?.name}.${info.getFieldDef()?.name}(${argument.name}:)`;
  return useOf(coordinate, argument);
}

const useOf = (
  coordinate: string,
  element: Partial<Pick<GraphQLArgument, 'description' | 'deprecationReason'>> | undefined,
): VariableUse => ({
  coordinate,
  description: element?.description ?? undefined,
  deprecationReason: element?.deprecationReason ?? undefined,
});
