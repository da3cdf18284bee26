import { argumentOf, textArgument } from '@tributary/service-kit/sdl';
import { DEFAULT_DEPRECATION_REASON, Kind } from 'graphql';
import { directiveOf } from '../directive-of.ts';
import type { Rule } from '../rule.ts';

export const deprecationReasons: Rule<never> = {
  name: 'deprecation-reasons',
  severity: 'error',
  summary: 'What is deprecated says why, and what to use instead.',
  options: {},
  *check({ subgraph }) {
    for (const element of subgraph.elements) {
      const deprecated = directiveOf(element.node, 'deprecated');
      // `reason: null` is another rule's.
      if (deprecated === undefined || argumentOf(deprecated, 'reason')?.kind === Kind.NULL) continue;
      const reason = (textArgument(deprecated, 'reason') ?? '').trim();
      if (reason !== '' && reason !== DEFAULT_DEPRECATION_REASON) continue;
      const message = `${element.coordinate} is deprecated without a reason of its own.`;
      yield { element, at: deprecated, message, hint: 'Say in reason: what to use instead, and why.' };
    }
  },
};
