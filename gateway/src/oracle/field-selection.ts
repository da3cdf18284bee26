import { Kind, type OperationDefinitionNode, parse, type SelectionSetNode } from 'graphql';
import { stableJson } from './stable-json.ts';

const parsed = new Map<string, SelectionSetNode>();

/** The selection of a `@key(fields:)` or `@requires(fields:)`. */
export function fieldSelection(text: string): SelectionSetNode {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const [operation] = parse(`{ ${text} }`, { noLocation: true }).definitions as OperationDefinitionNode[];
  if (operation === undefined) throw new Error(`no selection: ${text}`);
  parsed.set(text, operation.selectionSet);
  return operation.selectionSet;
}

/**
 * The values of a selection as text. Both the store, which knows the truth, and a subgraph, which has a representation,
 * make it; a field that is not there counts as something else than null.
 */
export function selectionText<T extends object>(
  selection: SelectionSetNode,
  source: T,
  read: (source: T, node: Extract<SelectionSetNode['selections'][number], { kind: Kind.FIELD }>) => unknown,
): string {
  const textOf = (value: unknown, below: SelectionSetNode | undefined): string => {
    if (Array.isArray(value)) return `[${value.map((item) => textOf(item, below)).join()}]`;
    if (below === undefined || typeof value !== 'object' || value === null) return stableJson(value);
    return selectionText(below, value as T, read);
  };
  const fields = selection.selections.map((node) => {
    if (node.kind !== Kind.FIELD) throw new Error('a selection of fields only');
    return `${node.name.value}:${textOf(read(source, node), node.selectionSet)}`;
  });
  return `{${fields.join()}}`;
}
