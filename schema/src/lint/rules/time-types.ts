import { namedTypeOf } from '../named-type-of.ts';
import type { Rule } from '../rule.ts';
import { wordsOf } from '../words-of.ts';

export const timeTypes: Rule<'words'> = {
  name: 'time-types',
  severity: 'warning',
  summary: 'Times and dates have a scalar of their own and are no String, Int or Float.',
  options: {
    /** Last words of names that mean a point in time. */
    words: ['at', 'on', 'date', 'time', 'datetime', 'timestamp'],
  },
  *check({ subgraph, options: { words } }) {
    for (const element of subgraph.elements) {
      if (element.kind === 'type' || element.kind === 'enumValue') continue;
      const { name, type, coordinate } = element;
      const named = namedTypeOf(type);
      if (!['String', 'Int', 'Float'].includes(named) || !words.includes(wordsOf(name).at(-1) ?? '')) continue;
      const message = `${coordinate} is named like a time, and ${named} does not say in what form.`;
      const hint =
        'Give it a scalar such as DateTime or Date; where it is no time, say its unit in its name, or so in a comment.';
      yield { element, at: type, message, hint };
    }
  },
};
