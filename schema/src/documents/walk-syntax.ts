import type { ESTree } from 'rolldown/utils';

/**
 * Visits a syntax tree from the top, in the order of the source.
 *
 * @param enter gives false for a node into which it is not to go
 */
export function walkSyntax(node: ESTree.Node, enter: (node: ESTree.Node) => boolean): void {
  if (!enter(node)) return;
  for (const child of childrenOf(node)) walkSyntax(child, enter);
}

/** In the order of the source. */
export const childrenOf = (node: ESTree.Node): ESTree.Node[] =>
  Object.entries(node).flatMap(([key, value]) =>
    key === 'parent' ? [] : (Array.isArray(value) ? value : [value]).filter(isNode),
  );

const isNode = (value: unknown): value is ESTree.Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
