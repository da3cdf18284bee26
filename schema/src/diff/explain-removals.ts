import type { LayeredChange } from './change.ts';
import { appliedIn } from './compare-applied.ts';
import type { SubgraphSide } from './graph-side.ts';

const REMOVALS: ReadonlySet<string> = new Set([
  'TYPE_REMOVED',
  'FIELD_REMOVED',
  'ARGUMENT_REMOVED',
  'INPUT_FIELD_REMOVED',
  'ENUM_VALUE_REMOVED',
]);

/**
 * What is gone from the API, and that a subgraph still has: hidden by `@inaccessible`, which then is the change; or
 * lacking in another subgraph, as composition takes of input fields, arguments and enum values only what all have.
 */
export function explainRemovals(changes: readonly LayeredChange[], after: readonly SubgraphSide[]): LayeredChange[] {
  const applied = new Map(after.map(({ name, document }) => [name, appliedIn(document)]));
  const hidden = new Map(
    changes.filter(({ code }) => code === 'INACCESSIBLE_ADDED').map((each) => [each.coordinate, each]),
  );
  const isGone = ({ code, layers, lines }: LayeredChange) =>
    REMOVALS.has(code) && (layers.includes('api') || lines.length > 0);
  const gone = new Map(changes.filter(isGone).map((each) => [each.coordinate, each]));
  return changes.flatMap((change) => {
    const removal = gone.get(change.coordinate);
    if (change.code === 'INACCESSIBLE_ADDED' && removal !== undefined) {
      return [{ ...change, layers: [...new Set([...change.layers, ...removal.layers])], lines: removal.lines }];
    }
    if (change !== removal) return [change];
    if (hidden.has(change.coordinate)) return [];
    const having = [...applied].filter(([, elements]) => elements.has(change.coordinate)).map(([name]) => name);
    if (having.length === 0) return [change];
    const parent = parentOf(change.coordinate);
    const lacking = [...applied]
      .filter(([, elements]) => elements.has(parent) && !elements.has(change.coordinate))
      .map(([name]) => name);
    if (lacking.length === 0) return [change];
    const message = `${change.message} It vanishes by intersection: ${lacking.join(', ')} ${lacking.length === 1 ? 'lacks' : 'lack'} it, ${having.join(', ')} ${having.length === 1 ? 'has' : 'have'} it.`;
    return [{ ...change, message, subgraphs: lacking }];
  });
}

/** `Type.field` of `Type.field(argument:)`, `Type` of `Type.field`. */
export const parentOf = (coordinate: string): string =>
  coordinate.includes('(') ? coordinate.slice(0, coordinate.indexOf('(')) : coordinate.replace(/\..*$/, '');
