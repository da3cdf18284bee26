import {
  type DirectiveNode,
  type DocumentNode,
  Kind,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { SeededRandom } from './seeded-random.ts';

/** Of the selection sets, those of which something is deferred. */
const DEFERRED = 0.4;
/** Of what is deferred, what is selected outside of it as well. */
const OVERLAPPING = 0.2;

/** The same operation, some of it in fragments with `@defer`: beside each other, in each other, and overlapping. */
export function withDefers(document: DocumentNode, random: SeededRandom): DocumentNode {
  let labels = 0;
  const deferred = (selections: readonly SelectionNode[]): SelectionNode => ({
    kind: Kind.INLINE_FRAGMENT,
    directives: [deferDirective(random.chance(0.5) ? `l${labels++}` : undefined)],
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  });
  const inSet = (set: SelectionSetNode, mayDefer: boolean): SelectionSetNode => {
    const selections = set.selections.map((node) =>
      node.kind === Kind.FRAGMENT_SPREAD || node.selectionSet === undefined
        ? node
        : { ...node, selectionSet: inSet(node.selectionSet, mayDefer || node.kind === Kind.FIELD) },
    );
    if (!mayDefer || !random.chance(DEFERRED)) return { ...set, selections };
    const parts = Array.from({ length: random.between(1, 3) }, () =>
      random.some(selections, random.between(1, selections.length)),
    );
    const inSome = new Set(parts.flat());
    const outside = selections.filter((node) => !inSome.has(node) || random.chance(OVERLAPPING));
    const fragments = parts.map((part) => deferred(random.chance(0.2) ? [deferred(part)] : part));
    return { ...set, selections: [...outside, ...fragments] };
  };
  const definitions = document.definitions.map((node) => {
    if (node.kind === Kind.OPERATION_DEFINITION) {
      return { ...node, selectionSet: inSet(node.selectionSet, node.operation === OperationTypeNode.QUERY) };
    }
    // It may be spread at the root of a mutation.
    return node.kind === Kind.FRAGMENT_DEFINITION
      ? { ...node, selectionSet: inSet(node.selectionSet, node.typeCondition.name.value !== 'Mutation') }
      : node;
  });
  return { ...document, definitions };
}

const deferDirective = (label: string | undefined): DirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'defer' },
  arguments:
    label === undefined
      ? []
      : [
          {
            kind: Kind.ARGUMENT,
            name: { kind: Kind.NAME, value: 'label' },
            value: { kind: Kind.STRING, value: label },
          },
        ],
});
