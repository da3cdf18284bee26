import { nearest } from '@tributary/service-kit';
import { argumentOf, textArgument } from '@tributary/service-kit/sdl';
import { directiveOf } from '../directive-of.ts';
import { removeDirective } from '../remove-directive.ts';
import type { Rule } from '../rule.ts';

export const overrideSources: Rule<never> = {
  name: 'override-sources',
  severity: 'warning',
  summary: '@override takes a field from a subgraph that has it.',
  options: {},
  *check({ subgraph, subgraphs }) {
    for (const element of subgraph.elements) {
      const override = directiveOf(element.node, 'override');
      const from = override && textArgument(override, 'from');
      if (element.kind !== 'field' || override === undefined || from === undefined) continue;
      const { coordinate, name, parent } = element;
      const source = subgraphs.find((other) => other.name === from);
      if (source === undefined) {
        const near = nearest(
          from,
          subgraphs.map((other) => other.name),
        );
        const message = `${coordinate} is taken over from ${from}, and there is no such subgraph.`;
        const hint = near === undefined ? 'Take @override away.' : `Did you mean ${near}?`;
        yield { element, at: argumentOf(override, 'from') ?? override, message, hint };
      } else if (source.types.get(parent.name)?.fields.has(name) !== true) {
        const message = `${coordinate} is taken over from ${from}, which does not have it any more.`;
        const fix = removeDirective(override);
        yield { element, at: override, message, hint: 'Take @override away.', ...(fix === undefined ? {} : { fix }) };
      }
    }
  },
};
