import { textArgument } from '@tributary/service-kit/sdl';
import { type ConstDirectiveNode, GraphQLError, Kind, parse, type SelectionSetNode } from 'graphql';

/** What `fields` of `@key`, `@requires` or `@provides` selects; undefined where it is none, which composition says. */
export const fieldSetOf = (directive: ConstDirectiveNode): SelectionSetNode | undefined =>
  parseFieldSet(textArgument(directive, 'fields') ?? '');

/** `id name` or `{ id name }`. */
export function parseFieldSet(text: string): SelectionSetNode | undefined {
  try {
    const [operation] = parse(/^\s*\{/.test(text) ? text : `{${text}}`, { noLocation: true }).definitions;
    return operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet : undefined;
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}

/** One text for all field sets that select the same: `b a { c }` and `a{c} b` are `a { c } b`. */
export const printFieldSet = ({ selections }: SelectionSetNode): string =>
  selections
    .map((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return `...${selection.name.value}`;
      const head =
        selection.kind === Kind.FIELD ? selection.name.value : `... on ${selection.typeCondition?.name.value}`;
      return selection.selectionSet === undefined ? head : `${head} { ${printFieldSet(selection.selectionSet)} }`;
    })
    .sort()
    .join(' ');
