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
  const conflicts = new Map<string, readonly FieldNode[]>();
  const open = document.definitions.flatMap((node) => ('selectionSet' in node ? [[node.selectionSet]] : []));
  // What is larger is planned for nobody.
  const room = { left: MAX_FIELDS };
  for (let sets = open.pop(); sets !== undefined && room.left > 0; sets = open.pop()) {
    const fields = fieldsOf(sets, fragments, room);
    for (const [name, nodes] of Map.groupBy(fields, ({ alias, name }) => (alias ?? name).value)) {
      if (new Set(nodes.map(streamText)).size > 1) conflicts.set(name, nodes);
      const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (below.length > 0) open.push(below);
    }
  }
  return conflicts;
}

function fieldsOf(
  sets: readonly SelectionSetNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  room: { left: number },
): FieldNode[] {
  const fields = new Set<FieldNode>();
  const seen = new Set(sets);
  for (const { selections } of seen) {
    room.left -= selections.length;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) fields.add(selection);
      else {
        const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
        const fragment = isSpread ? fragments.get(selection.name.value) : selection;
        if (fragment !== undefined) seen.add(fragment.selectionSet);
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
