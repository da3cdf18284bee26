import { namedTypeOf } from '../named-type-of.ts';
import type { Rule } from '../rule.ts';

export const mutationPayloads: Rule<never> = {
  name: 'mutation-payloads',
  severity: 'warning',
  summary: 'A mutation answers with a type of its own, whose name ends in Payload, or with a union.',
  options: {},
  *check({ subgraph, subgraphs }) {
    for (const element of subgraph.types.get(subgraph.roots.mutation)?.fields.values() ?? []) {
      const type = namedTypeOf(element.type);
      const isUnion = subgraphs.some(({ types }) => types.get(type)?.kind === 'union');
      if (isUnion || type.endsWith('Payload')) continue;
      const payload = `${element.name.charAt(0).toUpperCase()}${element.name.slice(1)}Payload`;
      const message = `The mutation ${element.name} answers with ${type}: nothing can be added to its answer, a refusal say.`;
      yield { element, at: element.type, message, hint: `Let it answer with a type ${payload}, or a union.` };
    }
  },
};
