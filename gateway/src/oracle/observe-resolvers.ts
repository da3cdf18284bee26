import {
  type FieldNode,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isUnionType,
} from 'graphql';
import type { Mark } from './constructs.ts';
import { fieldSelection } from './field-selection.ts';
import { fieldOf, type Graph, requirementOf, requiresDerived, typeOf } from './graph-model.ts';
import type { Observe } from './merged-schema.ts';
import { RequiresConflicts } from './requires-conflicts.ts';

type Path = NonNullable<GraphQLResolveInfo['path']>;

/** Notes which constructs the oracle's resolvers meet. */
export function observeResolvers(graph: Graph, mark: Mark): Observe {
  const conflicts = new RequiresConflicts();
  return (object, args, value, info) => {
    const definition = info.parentType.getFields()[info.fieldName];
    if (definition === undefined) return;
    observeType(graph, definition.type, mark);
    if (info.operation.operation === 'mutation') mark('mutation');
    if (value === null && !isNonNullType(definition.type)) mark('null');
    if (Array.isArray(value) && value.length === 0) mark('empty list');
    observeArguments(definition, info.fieldNodes[0], args, mark);
    const place = placeOf(info.path.prev);
    conflicts.ask(place, info.fieldName, args);
    const requires = requirementOf(fieldOf(graph, object.__typename, info.fieldName));
    if (requires !== undefined) conflicts.require(place, info.parentType, fieldSelection(requires));
    if (requires !== undefined && requiresDerived(requires)) mark('@requires of a field that requires');
    if (conflicts.any) mark('@requires with conflicting arguments');
  };
}

/** Names on the way to an object, without positions in lists. */
function placeOf(path: Path | undefined): string {
  if (path === undefined) return '';
  const above = placeOf(path.prev);
  if (typeof path.key === 'number') return above;
  return above === '' ? path.key : `${above}.${path.key}`;
}

function observeType(graph: Graph, type: GraphQLOutputType, mark: Mark): void {
  const named = getNamedType(type);
  if (isInterfaceType(named)) mark(interfaceKind(graph, named.name));
  if (isUnionType(named)) mark('union');
  if (isEnumType(named)) mark('enum');
  if (graph.types.get(named.name)?.kind === 'value') mark('value type');
  if (isNonNullType(type)) mark('non-null');
  const list = getNullableType(type);
  if (isListType(list)) mark(isListType(getNullableType(list.ofType)) ? 'list of lists' : 'list');
}

function interfaceKind(graph: Graph, name: string): 'interface' | 'entity interface' | 'interface by key alone' {
  const { interfaceObjectIn, fields } = typeOf(graph, name);
  if (interfaceObjectIn !== undefined) return 'entity interface';
  return fields.size === 1 && fields.has('id') ? 'interface by key alone' : 'interface';
}

function observeArguments(
  { args: all }: GraphQLField<unknown, unknown>,
  node: FieldNode | undefined,
  args: Record<string, unknown>,
  mark: Mark,
): void {
  for (const argument of all) {
    const value = args[argument.name];
    if (value === undefined) continue;
    if (value === null) mark('null as an argument');
    const named = getNamedType(argument.type);
    if (isEnumType(named)) mark('enum as argument');
    if (!(node?.arguments ?? []).some(({ name }) => name.value === argument.name)) mark('default of an argument');
    if (!isInputObjectType(named) || value === null) continue;
    mark('input object as argument');
    const isWritten = node?.arguments?.find(({ name }) => name.value === argument.name)?.value;
    if (isWritten?.kind === 'ObjectValue' && isWritten.fields.length < Object.keys(value).length) {
      mark('default inside an input object');
    }
  }
}
