import { type DocumentNode, Kind, parse, type SelectionNode, type SelectionSetNode } from 'graphql';

type Path = readonly (string | number)[];

/** An outage must not make answers longer than the data would have been. */
const MAX_PLACES = 20;

/**
 * The response fields that are null because a whole fetch failed, as paths from the fetch's root: each root field, or
 * each entity's fields. The first 20; enough to tell a null that is data from one that is missing.
 */
export function failedPlaces(query: string, representations: readonly unknown[] | undefined): Path[] {
  const document = parse(query);
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) return [];
  const roots = fieldsOf(operation.selectionSet, document, undefined);
  if (representations === undefined) return roots.slice(0, MAX_PLACES).map((field) => [field.name]);
  const entities = roots.find((field) => field.name === '_entities')?.selectionSet;
  if (entities === undefined) return [];
  const places: Path[] = [];
  for (const [index, representation] of representations.entries()) {
    const { __typename: type } = representation as { __typename?: string };
    for (const { name } of fieldsOf(entities, document, type)) {
      if (places.length === MAX_PLACES) return places;
      places.push(['_entities', index, name]);
    }
  }
  return places;
}

interface Field {
  name: string;
  selectionSet: SelectionSetNode | undefined;
}

/** Response names below a selection set, through fragments; of those on object types only those on `type`. */
function fieldsOf({ selections }: SelectionSetNode, document: DocumentNode, type: string | undefined): Field[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) {
      const name = (selection.alias ?? selection.name).value;
      return name === '__typename' ? [] : [{ name, selectionSet: selection.selectionSet }];
    }
    const fragment = fragmentOf(selection, document);
    const condition = fragment?.typeCondition?.name.value;
    if (fragment === undefined || (type !== undefined && condition !== undefined && condition !== type)) return [];
    return fieldsOf(fragment.selectionSet, document, type);
  });
}

function fragmentOf(selection: SelectionNode, document: DocumentNode) {
  if (selection.kind === Kind.INLINE_FRAGMENT) return selection;
  return document.definitions.find(
    (node) =>
      node.kind === Kind.FRAGMENT_DEFINITION &&
      node.name.value === (selection as { name?: { value: string } }).name?.value,
  ) as Extract<DocumentNode['definitions'][number], { kind: Kind.FRAGMENT_DEFINITION }> | undefined;
}
