import { Document, isMap, isSeq, visit } from 'yaml';
import type { Edges } from './derive-edges.ts';

/**
 * `edges:` as values of a chart, without a last line break: services and keys in the order of Edges, calls on one line.
 * Names that YAML 1.1, which Helm reads, takes for something else are quoted.
 */
export function edgesYaml(edges: Edges): string {
  const document = new Document({ edges: Object.fromEntries(edges) }, { version: '1.1' });
  visit(document, {
    Collection(_, node) {
      if (isSeq(node) || (isMap(node) && node.items.length === 0)) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false }).trimEnd();
}
