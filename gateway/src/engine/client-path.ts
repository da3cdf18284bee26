import { type FragmentDefinitionNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

type Path = readonly (string | number)[];

/**
 * `path` as far as the client's operation has it: planning adds fields that the client did not ask for, and a
 * subgraph may send anything. Undefined when not even the first step is the client's.
 */
export function clientPath(
  path: Path | undefined,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Path | undefined {
  if (path === undefined) return undefined;
  let level: readonly SelectionSetNode[] = [operation.selectionSet];
  let length = 0;
  for (const step of path) {
    if (typeof step === 'string') {
      const fields = level.flatMap((selectionSet) => fieldsNamed(step, selectionSet, fragments));
      if (fields.length === 0) break;
      level = fields.flatMap(({ selectionSet }) => selectionSet ?? []);
    } else if (length === 0) break;
    length++;
  }
  return length === 0 ? undefined : path.slice(0, length);
}

function fieldsNamed(
  name: string,
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): { selectionSet?: SelectionSetNode | undefined }[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return (selection.alias ?? selection.name).value === name ? [selection] : [];
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    return fragment === undefined ? [] : fieldsNamed(name, fragment.selectionSet, fragments);
  });
}
