import { namedTypeOf } from '../named-type-of.ts';
import type { Rule } from '../rule.ts';
import { wordsOf } from '../words-of.ts';

/** What follows these says more about the word before: `priceWithTax`, `costPerUnit`, `amountDue`. */
const QUALIFIERS = [
  'after',
  'at',
  'before',
  'by',
  'due',
  'for',
  'from',
  'in',
  'of',
  'on',
  'per',
  'to',
  'with',
  'without',
];

export const moneyTypes: Rule<'words' | 'units'> = {
  name: 'money-types',
  severity: 'warning',
  summary: 'Money has a type of its own, with its currency, and is no Int, Float or String.',
  options: {
    /** Names, in the singular, that mean money. */
    words: ['price', 'amount', 'total', 'subtotal', 'balance', 'cost', 'fee'],
    /** Last words of names that say what is counted: `amountMinor`. */
    units: ['minor', 'cents'],
  },
  *check({ subgraph, options: { words, units } }) {
    for (const element of subgraph.elements) {
      if (element.kind === 'type' || element.kind === 'enumValue') continue;
      const { name, type, coordinate } = element;
      const named = namedTypeOf(type);
      if (!['Int', 'Float', 'String'].includes(named)) continue;
      if (!words.includes(headOf(name)) || units.includes(wordsOf(name).at(-1) ?? '')) continue;
      const message = `${coordinate} is named like money, and ${named} holds no currency.`;
      const hint = 'Let it be an object of amount and currency; where it is no money, say so in a comment.';
      yield { element, at: type, message, hint };
    }
  },
};

/** The noun of a name, in the singular: `unitPrices` → `price`, `priceWithTax` → `price`, `totalCount` → `count`. */
function headOf(name: string): string {
  const words = wordsOf(name);
  const qualifier = words.findIndex((word, index) => index > 0 && QUALIFIERS.includes(word));
  return (words.at(qualifier === -1 ? -1 : qualifier - 1) ?? '').replace(/s$/, '');
}
