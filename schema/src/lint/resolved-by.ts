import { textArgument } from '@tributary/service-kit/sdl';
import { directiveOf } from './directive-of.ts';
import type { FieldElement, LintSubgraph } from './lint-subgraph.ts';

/** A subgraph that resolves a field, and the field as it is defined there. */
export interface ResolvedField {
  subgraph: LintSubgraph;
  field: FieldElement;
}

/** Who resolves a field: not where it is `@external`, nor where another subgraph has taken it over. */
export const resolvedBy = (subgraphs: readonly LintSubgraph[], type: string, name: string): ResolvedField[] =>
  subgraphs.flatMap((subgraph) => {
    const field = subgraph.types.get(type)?.fields.get(name);
    if (field === undefined || field.external || isOverridden(subgraphs, subgraph.name, type, name)) return [];
    return { subgraph, field };
  });

const isOverridden = (subgraphs: readonly LintSubgraph[], from: string, type: string, name: string): boolean =>
  subgraphs.some((subgraph) => {
    const field = subgraph.types.get(type)?.fields.get(name);
    const override = field && directiveOf(field.node, 'override');
    // With a label, both resolve it for a while.
    return override && textArgument(override, 'from') === from && textArgument(override, 'label') === undefined;
  });
