import { isMachinery } from '../is-machinery.ts';
import { letterCase } from '../letter-case.ts';
import type { Rule } from '../rule.ts';

export const typeNames: Rule<never> = {
  name: 'type-names',
  severity: 'error',
  summary: 'Types are written in PascalCase.',
  options: {},
  *check({ subgraph }) {
    for (const { name, declarations } of subgraph.types.values()) {
      if (letterCase.pascal.fits(name) || isMachinery(name)) continue;
      const message = `The type ${name} is not written in PascalCase.`;
      yield { element: declarations[0], message, hint: `Call it ${letterCase.pascal.of(name)}.` };
    }
  },
};
