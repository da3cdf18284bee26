import type { ESTree } from 'rolldown/utils';

/**
 * Visits a syntax tree from the top, in the order of the source.
 *
 * @param enter gives false for a node into which it is not to go
 */
export function walkSyntax(node: ESTree.Node, enter: (node: ESTree.Node) => boolean): void {
  if (!enter(node)) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'parent') continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walkSyntax(child, enter);
  }
}

const isNode = (value: unknown): value is ESTree.Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
