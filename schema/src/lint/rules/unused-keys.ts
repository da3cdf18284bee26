import { fieldsSelected, fieldsUsed } from '../fields-used.ts';
import type { Key, LintSubgraph } from '../lint-subgraph.ts';
import type { Rule } from '../rule.ts';

export const unusedKeys: Rule<never> = {
  name: 'unused-keys',
  severity: 'warning',
  summary: 'Of several keys of an entity, each one is what some other subgraph knows the entity by.',
  options: {},
  *check({ subgraph, subgraphs }) {
    for (const { name, keys } of subgraph.types.values()) {
      if (keys.length < 2) continue;
      const others = subgraphs.filter((other) => other !== subgraph && other.types.has(name));
      const unused = keys.filter(
        (key) => key.resolvable && !others.some((other) => knowsBy(other, name, subgraph, key)),
      );
      // Where none is used, nobody refers to the entity at all: that is another rule's.
      if (unused.length === keys.length) continue;
      for (const { directive, declaration: element, text } of unused) {
        const message = `No other subgraph knows ${name} by its key "${text}".`;
        yield { element, at: directive, message, hint: 'Take the key away, and what resolves references by it.' };
      }
    }
  },
};

/** Whether a subgraph has every field of the key to give, as it has where it has the same key. */
function knowsBy(other: LintSubgraph, name: string, subgraph: LintSubgraph, key: Key): boolean {
  const given = fieldsUsed(other, ['key', 'provides']);
  return [...fieldsSelected(subgraph, name, key.selection)].every((coordinate) => {
    const [parent = '', field = ''] = coordinate.split('.');
    const there = other.types.get(parent)?.fields.get(field);
    return there !== undefined && (!there.external || given.has(coordinate));
  });
}
