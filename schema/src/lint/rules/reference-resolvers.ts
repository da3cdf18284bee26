import { fieldsSelected } from '../fields-used.ts';
import { findResolvers } from '../find-resolvers.ts';
import { readResolverSources } from '../read-resolver-sources.ts';
import type { Rule } from '../rule.ts';

export const referenceResolvers: Rule<never> = {
  name: 'reference-resolvers',
  severity: 'error',
  summary: 'The code of a subgraph resolves references to its entities, or each field of them by the key alone.',
  options: {},
  *check({ subgraph }) {
    const sources = readResolverSources(subgraph.sourceFolder);
    if (sources.length === 0) return;
    for (const { name, kind, keys, fields } of subgraph.types.values()) {
      const key = keys.find(({ resolvable }) => resolvable);
      if (kind !== 'object' || key === undefined) continue;
      const inKeys = keys.map(({ selection }) => fieldsSelected(subgraph, name, selection));
      const own = [...fields.values()].filter(
        ({ external, coordinate }) => !external && !inKeys.some((each) => each.has(coordinate)),
      );
      const resolvers = findResolvers(sources, name);
      if (resolvers === 'unknown' || resolvers.has('__resolveReference')) continue;
      const unresolved = own.find((field) => !resolvers.has(field.name));
      if (unresolved === undefined) continue;
      const message = `${name} can be asked for by its key "${key.text}", but its resolvers have neither __resolveReference nor ${unresolved.name}: a reference holds the key alone.`;
      const hint = `Add __resolveReference to the resolvers of ${name}, with a batch for the keys.`;
      yield { element: key.declaration, at: key.directive, message, hint };
    }
  },
};
