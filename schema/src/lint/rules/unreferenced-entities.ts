import { directiveOf } from '../directive-of.ts';
import { fieldsSelected } from '../fields-used.ts';
import type { LintSubgraph, LintType } from '../lint-subgraph.ts';
import type { Rule } from '../rule.ts';

export const unreferencedEntities: Rule<never> = {
  name: 'unreferenced-entities',
  severity: 'warning',
  summary: 'Some other subgraph refers to an entity that can be asked for by its key.',
  options: {},
  *check({ subgraph, subgraphs }) {
    for (const type of subgraph.types.values()) {
      const { name, kind, keys, declarations } = type;
      const key = keys.find(({ resolvable }) => resolvable);
      if (kind !== 'object' || key === undefined || !hasMoreThanKeys(subgraph, type)) continue;
      if (subgraphs.some((other) => other !== subgraph && other.types.has(name))) continue;
      if (needsItself(subgraph, type)) continue;
      const message = `${name} can be asked for by its key "${key.text}", and no other subgraph refers to it.`;
      const hint = 'Take the key and its reference resolver away until one does.';
      yield { element: key.declaration ?? declarations[0], at: key.directive, message, hint };
    }
  },
};

function hasMoreThanKeys(subgraph: LintSubgraph, { name, fields, keys }: LintType): boolean {
  const inKeys = keys.map(({ selection }) => fieldsSelected(subgraph, name, selection));
  return [...fields.values()].some(({ coordinate }) => !inKeys.some((each) => each.has(coordinate)));
}

/** Whether the gateway comes back to the subgraph itself by the key, or an interface with a key demands one. */
const needsItself = ({ types }: LintSubgraph, { fields, interfaces }: LintType): boolean =>
  [...interfaces].some((name) => (types.get(name)?.keys.length ?? 0) > 0) ||
  [...fields.values()].some(
    ({ node }) =>
      directiveOf(node, 'requires') !== undefined ||
      (node.arguments ?? []).some((argument) => directiveOf(argument, 'fromContext') !== undefined),
  );
