import { directiveOf } from '../directive-of.ts';
import { fieldsUsed } from '../fields-used.ts';
import type { Rule } from '../rule.ts';

export const unusedExternals: Rule<never> = {
  name: 'unused-externals',
  severity: 'error',
  summary: 'What is @external stands in a @key, @requires, @provides or @fromContext, or fulfils an interface.',
  options: {},
  *check({ subgraph }) {
    const used = fieldsUsed(subgraph, ['key', 'requires', 'provides', 'fromContext']);
    for (const element of subgraph.elements) {
      if (element.kind !== 'field' || !element.external || used.has(element.coordinate)) continue;
      const { node, name, parent, coordinate } = element;
      const interfaces = subgraph.types.get(parent.name)?.interfaces ?? new Set<string>();
      if ([...interfaces].some((each) => subgraph.types.get(each)?.fields.has(name))) continue;
      const message = `${coordinate} is @external, and nothing here needs it.`;
      const at = directiveOf(node, 'external') ?? node.name;
      yield { element, at, message, hint: 'Take the field away; it belongs to another subgraph.' };
    }
  },
};
