import { type DocumentNode, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';

export interface WrittenOut {
  selections: number;
  /** Levels of fields. */
  depth: number;
}

const NOTHING: WrittenOut = { selections: 0, depth: 0 };
/** Their depth has a rule of its own in graphql-js, and no list in them has more than the schema holds. */
const INTROSPECTION = new Set(['__schema', '__type']);

/**
 * How large a document is once its fragments are written out where they are spread: what validation and planning have
 * to look at, which a few fragments that spread each other twice can make 2^20, and how far lists stand inside lists. A
 * cycle, which validation refuses, counts once.
 */
export function writtenOut({ definitions }: DocumentNode): WrittenOut {
  const fragments = new Map<string, SelectionSetNode>();
  for (const node of definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node.selectionSet);
  }
  const known = new Map<string, WrittenOut>();
  const ofFragment = (name: string): WrittenOut => {
    const before = known.get(name);
    if (before !== undefined) return before;
    known.set(name, NOTHING);
    const size = ofSet(fragments.get(name));
    known.set(name, size);
    return size;
  };
  const ofSelection = (selection: SelectionNode): WrittenOut => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value);
    const inner = ofSet(selection.selectionSet);
    const selections = inner.selections + 1;
    if (selection.kind === Kind.INLINE_FRAGMENT) return { selections, depth: inner.depth };
    return { selections, depth: INTROSPECTION.has(selection.name.value) ? 1 : inner.depth + 1 };
  };
  const ofSet = (set: SelectionSetNode | undefined) => together((set?.selections ?? []).map(ofSelection));
  return together(
    definitions.map((node) => (node.kind === Kind.OPERATION_DEFINITION ? ofSet(node.selectionSet) : NOTHING)),
  );
}

const together = (parts: readonly WrittenOut[]): WrittenOut =>
  parts.reduce(
    (sum, part) => ({ selections: sum.selections + part.selections, depth: Math.max(sum.depth, part.depth) }),
    NOTHING,
  );
