import { letterCase } from '../letter-case.ts';
import type { Rule } from '../rule.ts';

export const queryNames: Rule<'prefixes'> = {
  name: 'query-names',
  severity: 'warning',
  summary: 'Fields of the query type are named after what they give, without a get or list before it.',
  options: { prefixes: ['get', 'fetch', 'find', 'list', 'load', 'query', 'retrieve'] },
  *check({ subgraph, options: { prefixes } }) {
    for (const element of subgraph.types.get(subgraph.roots.query)?.fields.values() ?? []) {
      const { name } = element;
      const prefix = prefixes.find((each) => name.startsWith(each) && /^[A-Z]/.test(name.slice(each.length)));
      if (prefix === undefined) continue;
      const message = `The query ${name} begins with ${prefix}, which every query does.`;
      yield { element, message, hint: `Call it ${letterCase.camel.of(name.slice(prefix.length))}.` };
    }
  },
};
