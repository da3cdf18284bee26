import { isMachinery } from '../is-machinery.ts';
import { letterCase } from '../letter-case.ts';
import type { Rule } from '../rule.ts';

export const enumValueNames: Rule<never> = {
  name: 'enum-value-names',
  severity: 'error',
  summary: 'Values of enums are written in SCREAMING_SNAKE_CASE.',
  options: {},
  *check({ subgraph }) {
    for (const element of subgraph.elements) {
      if (element.kind !== 'enumValue' || isMachinery(element.parent.name)) continue;
      const { name } = element;
      if (letterCase.screamingSnake.fits(name)) continue;
      const message = `The enum value ${name} is not written in SCREAMING_SNAKE_CASE.`;
      yield { element, message, hint: `Call it ${letterCase.screamingSnake.of(name)}.` };
    }
  },
};
