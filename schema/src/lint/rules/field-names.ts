import { isMachinery } from '../is-machinery.ts';
import { letterCase } from '../letter-case.ts';
import type { Element } from '../lint-subgraph.ts';
import type { Rule } from '../rule.ts';

const WORDS: Partial<Record<Element['kind'], string>> = {
  field: 'field',
  argument: 'argument',
  inputField: 'input field',
};

export const fieldNames: Rule<never> = {
  name: 'field-names',
  severity: 'error',
  summary: 'Fields, arguments and input fields are written in camelCase.',
  options: {},
  *check({ subgraph }) {
    for (const element of subgraph.elements) {
      const { kind, name } = element;
      if (WORDS[kind] === undefined || letterCase.camel.fits(name) || isMachinery(name)) continue;
      const message = `The ${WORDS[kind]} ${name} is not written in camelCase.`;
      yield { element, message, hint: `Call it ${letterCase.camel.of(name)}.` };
    }
  },
};
