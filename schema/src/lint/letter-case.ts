import { wordsOf } from './words-of.ts';

/** The ways of writing names that the naming rules ask for: what fits, and a name put into it. */
export const letterCase = {
  pascal: {
    fits: (name: string) => /^[A-Z][a-zA-Z0-9]*$/.test(name),
    of: (name: string) => wordsOf(name).map(capitalised).join(''),
  },
  camel: {
    fits: (name: string) => /^[a-z][a-zA-Z0-9]*$/.test(name),
    of: (name: string) =>
      wordsOf(name)
        .map((word, index) => (index === 0 ? word : capitalised(word)))
        .join(''),
  },
  screamingSnake: {
    fits: (name: string) => /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(name),
    of: (name: string) => wordsOf(name).join('_').toUpperCase(),
  },
} as const;

const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
