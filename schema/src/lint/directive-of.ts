import type { ConstDirectiveNode } from 'graphql';

interface Directed {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

/** The uses of a directive on a definition. */
export const directivesOf = ({ directives = [] }: Directed, name: string): readonly ConstDirectiveNode[] =>
  directives.filter((directive) => directive.name.value === name);

/** The first of them. */
export const directiveOf = (node: Directed, name: string): ConstDirectiveNode | undefined =>
  directivesOf(node, name)[0];
