import {
  type ASTVisitor,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  print,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import { MAX_FIELDS } from '../../planner/collected-field.ts';

/**
 * Fields that are merged have the same `@stream`, or none. In graphql-js 17 it is a part of
 * `OverlappingFieldsCanBeMergedRule`; as there, it does not matter of which types the fields are.
 */
export function OverlappingStreamDirectivesRule(context: ValidationContext): ASTVisitor {
  let isStreamed = false;
  return {
    Directive({ name }) {
      isStreamed ||= name.value === 'stream';
    },
    Document: {
      leave(document) {
        if (!isStreamed) return;
        for (const [name, nodes] of conflictsIn(document)) {
          const message = `Fields "${name}" conflict because they have differing stream directives. Use different aliases on the fields to fetch both if this was intentional.`;
          context.reportError(new GraphQLError(message, { nodes }));
        }
      },
    },
  };
}

/** Not by recursion: that fragments do not spread themselves, another rule says at the same time. */
function conflictsIn(document: DocumentNode): Map<string, readonly FieldNode[]> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const walk: Walk = { fragments, reached: new Set(), left: MAX_FIELDS, conflicts: new Map() };
  for (const node of document.definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) lookInto(node.selectionSet, walk);
  }
  // What an operation reaches has been looked at with all that it is merged with.
  for (const { selectionSet } of fragments.values()) if (!walk.reached.has(selectionSet)) lookInto(selectionSet, walk);
  return walk.conflicts;
}

interface Walk {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Of fragments. */
  readonly reached: Set<SelectionSetNode>;
  /** An operation with more fields is planned for nobody; of several, so many are looked at together. */
  left: number;
  readonly conflicts: Map<string, readonly FieldNode[]>;
}

function lookInto(root: SelectionSetNode, walk: Walk): void {
  const open = [[root]];
  for (let sets = open.pop(); sets !== undefined && walk.left > 0; sets = open.pop()) {
    for (const [name, nodes] of Map.groupBy(fieldsOf(sets, walk), ({ alias, name }) => (alias ?? name).value)) {
      if (new Set(nodes.map(streamText)).size > 1) walk.conflicts.set(name, nodes);
      const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (below.length > 0) open.push(below);
    }
  }
}

function fieldsOf(sets: readonly SelectionSetNode[], walk: Walk): FieldNode[] {
  const fields = new Set<FieldNode>();
  const seen = new Set(sets);
  for (const { selections } of seen) {
    walk.left -= selections.length;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) fields.add(selection);
      else {
        const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
        const fragment = isSpread ? walk.fragments.get(selection.name.value) : selection;
        if (fragment === undefined) continue;
        seen.add(fragment.selectionSet);
        walk.reached.add(fragment.selectionSet);
      }
    }
  }
  return [...fields];
}

/** The same for the same arguments, in whatever order. */
function streamText({ directives = [] }: FieldNode): string {
  const stream = directives.find(({ name }) => name.value === 'stream');
  return stream === undefined ? '' : `@stream ${argumentTexts(stream).sort().join()}`;
}

const argumentTexts = ({ arguments: given = [] }: DirectiveNode) => given.map((argument) => print(argument));
