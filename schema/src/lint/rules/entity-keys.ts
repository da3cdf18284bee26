import type { LintSubgraph, LintType } from '../lint-subgraph.ts';
import type { Rule } from '../rule.ts';

export const entityKeys: Rule<never> = {
  name: 'entity-keys',
  severity: 'error',
  summary: 'A type that several subgraphs have parts of has a key in each of them.',
  options: {},
  *check({ subgraph, subgraphs }) {
    for (const type of subgraph.types.values()) {
      if (type.kind !== 'object' || type.keys.length > 0) continue;
      if (Object.values(subgraph.roots).includes(type.name)) continue;
      const message = keyedElsewhere(type, subgraphs) ?? incompleteElsewhere(type, subgraphs);
      if (message === undefined) continue;
      const [element] = type.declarations;
      yield {
        element,
        message,
        hint: 'Give it a @key in each subgraph, by which the gateway can go from one to the other.',
      };
    }
  },
};

function keyedElsewhere({ name }: LintType, subgraphs: readonly LintSubgraph[]): string | undefined {
  const keyed = subgraphs.find(({ types }) => (types.get(name)?.keys.length ?? 0) > 0);
  return (
    keyed && `${name} is an entity in ${keyed.name} and has no key here: what is here cannot be reached from there.`
  );
}

/** Of a type without any key, all parts have to be everywhere. */
function incompleteElsewhere({ name, fields }: LintType, subgraphs: readonly LintSubgraph[]): string | undefined {
  for (const other of subgraphs) {
    const there = other.types.get(name)?.fields;
    const missing = [...fields.values()].find((field) => !field.external && there?.has(field.name) === false);
    if (missing !== undefined)
      return `${other.name} has ${name} without ${missing.name}, and no key leads from there to here.`;
  }
  return undefined;
}
