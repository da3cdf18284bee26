import { Kind, type SelectionSetNode } from 'graphql';

/** Keys of an object, and for each what is below: the shape of the objects there; undefined: a leaf, which is taken as it is. */
export interface Shape {
  readonly keys: readonly string[];
  readonly below: readonly (Shape | undefined)[];
  /** Whether it is a leaf on other types: an object there may be a scalar's value, which has any keys. */
  readonly isLeafToo?: boolean;
}

/**
 * What is selected of objects, whatever their type: what else a subgraph sends is in no shape.
 *
 * @param renamed keys that a field has in the end; see `renamedKeys`
 */
export function shapeOf(selection: SelectionSetNode, renamed: ReadonlyMap<unknown, string>): Shape {
  const inner = new Map<string, SelectionSetNode['selections'][number][]>();
  const leaves = new Set<string>();
  const add = ({ selections }: SelectionSetNode) => {
    for (const node of selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) add(node.selectionSet);
      if (node.kind !== Kind.FIELD) continue;
      const key = (node.alias ?? node.name).value;
      for (const name of new Set([key, renamed.get(key) ?? key])) {
        const others = inner.get(name) ?? [];
        inner.set(name, others);
        others.push(...(node.selectionSet?.selections ?? []));
        if (node.selectionSet === undefined) leaves.add(name);
      }
    }
  };
  add(selection);
  // As a key of JSON it is a field like any other; as an assignment it would replace the prototype.
  inner.delete('__proto__');
  const below = Array.from(inner, ([key, selections]) => {
    if (selections.length === 0) return undefined;
    const shape = shapeOf({ kind: Kind.SELECTION_SET, selections }, renamed);
    return leaves.has(key) ? { ...shape, isLeafToo: true } : shape;
  });
  return { keys: [...inner.keys()], below };
}
