import {
  type FragmentDefinitionNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';

/** The fields of an answer that hold objects: how deep in lists they are, and what is in the objects. */
export type Shape = Map<string, { listDepth: number; shape: Shape }>;

type Place = (string | number)[];

/** Where a fetch's answer has lists and objects, by the schema that clients see; fields that it lacks are left out. */
export function answerShape(query: string, schema: GraphQLSchema): Shape {
  const { definitions } = parse(query);
  const fragments = new Map<string, FragmentDefinitionNode>();
  const shape: Shape = new Map();
  for (const node of definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  for (const node of definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    collect(node.selectionSet, schema.getRootType(node.operation)?.name, shape, schema, fragments);
  }
  return shape;
}

function collect(
  { selections }: SelectionSetNode,
  typeName: string | undefined,
  into: Shape,
  schema: GraphQLSchema,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const entities = selection.name.value === '_entities';
      const type = entities ? undefined : typeOfField(schema, typeName, selection.name.value);
      if (selection.selectionSet === undefined || (type === undefined && !entities)) continue;
      const name = (selection.alias ?? selection.name).value;
      const field = into.get(name) ?? { listDepth: entities ? 1 : listDepth(type), shape: new Map() };
      into.set(name, field);
      collect(selection.selectionSet, type && getNamedType(type).name, field.shape, schema, fragments);
    } else {
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (fragment === undefined) continue;
      collect(fragment.selectionSet, fragment.typeCondition?.name.value ?? typeName, into, schema, fragments);
    }
  }
}

function typeOfField(
  schema: GraphQLSchema,
  typeName: string | undefined,
  field: string,
): GraphQLOutputType | undefined {
  const type = typeName === undefined ? undefined : schema.getType(typeName);
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[field]?.type : undefined;
}

function listDepth(type: GraphQLType | undefined): number {
  if (isNonNullType(type)) return listDepth(type.ofType);
  return isListType(type) ? 1 + listDepth(type.ofType) : 0;
}

/**
 * Sets to null what is no object or list where one has to be, and gives the places. The executor walks answers by the
 * plan's paths: a list in place of an object would break the whole request.
 */
export function removeMisfits(data: Record<string, unknown>, shape: Shape, path: Place = []): Place[] {
  const misfits: Place[] = [];
  for (const [name, field] of shape) {
    if (!Object.hasOwn(data, name)) continue;
    const place = [...path, name];
    if (fits(data[name], field.listDepth))
      misfits.push(...misfitsBelow(data[name], field.shape, place, field.listDepth));
    else {
      data[name] = null;
      misfits.push(place);
    }
  }
  return misfits;
}

const fits = (value: unknown, depth: number) =>
  value === null || (typeof value === 'object' && Array.isArray(value) === depth > 0);

function misfitsBelow(value: unknown, shape: Shape, path: Place, depth: number): Place[] {
  if (value === null) return [];
  if (depth === 0) return removeMisfits(value as Record<string, unknown>, shape, path);
  const list = value as unknown[];
  return list.flatMap((element, index) => {
    const place = [...path, index];
    if (fits(element, depth - 1)) return misfitsBelow(element, shape, place, depth - 1);
    list[index] = null;
    return [place];
  });
}
