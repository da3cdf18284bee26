import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
} from 'graphql';

/** A field of an answer. */
export interface SelectedField {
  /** Its name in the answer. */
  readonly key: string;
  readonly parentType: string;
  readonly name: string;
  readonly type: GraphQLOutputType;
  /** Of what is below it: several where it is selected several times. */
  readonly selectionSets: readonly SelectionSetNode[];
  /** Whether `@skip` or `@include` may leave it out. */
  readonly isConditional: boolean;
}

/**
 * The fields that a valid document selects of an object type, in the answer's order (GraphQL, "CollectFields"), whatever
 * its variables are.
 */
export function selectedFields(
  schema: GraphQLSchema,
  document: DocumentNode,
  typeName: string,
  selectionSets: readonly SelectionSetNode[],
): SelectedField[] {
  const type = schema.getType(typeName);
  if (!isObjectType(type) && !isInterfaceType(type)) throw new Error(`${typeName} has no fields`);
  const fields = new Map<string, SelectedField>();
  const visit = (set: SelectionSetNode, isConditional: boolean): void => {
    for (const selection of set.selections) {
      const mayBeLeftOut = isConditional || (selection.directives?.some(isCondition) ?? false);
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const before = fields.get(key);
        const own = selection.selectionSet === undefined ? [] : [selection.selectionSet];
        fields.set(key, {
          key,
          parentType: typeName,
          name: selection.name.value,
          type: before?.type ?? typeOfField(type, selection.name.value),
          selectionSets: [...(before?.selectionSets ?? []), ...own],
          isConditional: mayBeLeftOut && before?.isConditional !== false,
        });
      } else {
        const part = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragment(document, selection.name.value);
        const condition = part.typeCondition?.name.value ?? typeName;
        if (includes(schema, condition, typeName)) visit(part.selectionSet, mayBeLeftOut);
      }
    }
  };
  for (const set of selectionSets) visit(set, false);
  return [...fields.values()];
}

const isCondition = ({ name }: { name: { value: string } }) => name.value === 'skip' || name.value === 'include';

const fragment = (document: DocumentNode, name: string) =>
  document.definitions.find(
    (node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name,
  ) as FragmentDefinitionNode;

function includes(schema: GraphQLSchema, condition: string, typeName: string): boolean {
  if (condition === typeName) return true;
  const [wide, narrow] = [schema.getType(condition), schema.getType(typeName)];
  return isAbstractType(wide) && (isObjectType(narrow) || isInterfaceType(narrow)) && schema.isSubType(wide, narrow);
}

function typeOfField(type: GraphQLObjectType | GraphQLInterfaceType, name: string): GraphQLOutputType {
  const field = name === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : type.getFields()[name];
  if (field === undefined) throw new Error(`${type.name} has no field ${name}`);
  return field.type;
}
