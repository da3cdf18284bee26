import { textArgument } from '@tributary/service-kit/sdl';
import { Kind, type SelectionSetNode } from 'graphql';
import { directivesOf } from './directive-of.ts';
import { fieldSetOf, parseFieldSet } from './field-set.ts';
import type { LintSubgraph } from './lint-subgraph.ts';
import { namedTypeOf } from './named-type-of.ts';

type Use = 'key' | 'requires' | 'provides' | 'fromContext';

/** Coordinates of the fields that a subgraph's field sets select, nested ones too. */
export function fieldsUsed(subgraph: LintSubgraph, by: readonly Use[]): Set<string> {
  const used = new Set<string>();
  for (const use of by) {
    for (const [type, selection] of usesOf(subgraph, use)) addSelected(subgraph, type, selection, used);
  }
  return used;
}

/** Coordinates of the fields that one field set selects, on a type of the subgraph. */
export function fieldsSelected(subgraph: LintSubgraph, type: string, selection: SelectionSetNode): Set<string> {
  const selected = new Set<string>();
  addSelected(subgraph, type, selection, selected);
  return selected;
}

function* usesOf(subgraph: LintSubgraph, use: Use): Iterable<[type: string, selection: SelectionSetNode | undefined]> {
  for (const element of subgraph.elements) {
    for (const directive of directivesOf(element.node, use)) {
      if (use === 'fromContext') yield* contextUses(subgraph, textArgument(directive, 'field'));
      else if (element.kind === 'type') yield [element.name, fieldSetOf(directive)];
      else if (element.kind === 'field')
        yield [use === 'requires' ? element.parent.name : namedTypeOf(element.type), fieldSetOf(directive)];
    }
  }
}

/** `$name { field }` selects on each type that has `@context(name: "name")`. */
function* contextUses({ types }: LintSubgraph, text = ''): Iterable<[string, SelectionSetNode | undefined]> {
  const [, name, fields] = /^\s*\$(\w+)(.*)$/s.exec(text) ?? [];
  for (const { name: type, declarations } of types.values()) {
    const contexts = declarations.flatMap(({ node }) => directivesOf(node, 'context'));
    if (!contexts.some((context) => textArgument(context, 'name') === name)) continue;
    // A list of `... on Type { }` stands there without braces of its own.
    yield [type, parseFieldSet(fields ?? '')];
  }
}

function addSelected(
  subgraph: LintSubgraph,
  typeName: string,
  selection: SelectionSetNode | undefined,
  into: Set<string>,
): void {
  const type = subgraph.types.get(typeName);
  if (type === undefined) return;
  for (const selected of selection?.selections ?? []) {
    if (selected.kind === Kind.INLINE_FRAGMENT) {
      addSelected(subgraph, selected.typeCondition?.name.value ?? typeName, selected.selectionSet, into);
    } else if (selected.kind === Kind.FIELD) {
      const name = selected.name.value;
      into.add(`${typeName}.${name}`);
      const field = type.fields.get(name);
      if (field !== undefined) addSelected(subgraph, namedTypeOf(field.type), selected.selectionSet, into);
    }
  }
}
