import { isMachinery } from '../is-machinery.ts';
import type { Rule } from '../rule.ts';

export const inputNames: Rule<never> = {
  name: 'input-names',
  severity: 'warning',
  summary: 'Names of input types end in Input.',
  options: {},
  *check({ subgraph }) {
    for (const { name, kind, declarations } of subgraph.types.values()) {
      if (kind !== 'input' || name.endsWith('Input') || isMachinery(name)) continue;
      const message = `The name of the input type ${name} does not end in Input.`;
      yield { element: declarations[0], message, hint: `Call it ${name}Input.` };
    }
  },
};
