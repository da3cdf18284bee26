import type { NotificationKind } from '../store/notification-store.ts';
import type { NotificationFacts } from '../tables.ts';
import type { Locale } from './locale.ts';
import { wordsDe } from './words-de.ts';
import { wordsEn } from './words-en.ts';

/** Everything that is written to people in one language. `{…}` is a placeholder, see `fill`. */
export interface Words {
  /** BCP 47, for amounts of money and for `lang`. */
  languageTag: string;
  kinds: Readonly<Record<NotificationKind, { title: string; body: string }>>;
  /** Why an order was cancelled, as the end of a sentence. */
  reasons: Readonly<Record<NonNullable<NotificationFacts['reason']>, string>>;
  mail: { greeting: string; greetingWithoutName: string; closing: string; unsubscribe: string; required: string };
  unsubscribePage: {
    title: string;
    question: Readonly<Record<'ORDERS' | 'ACCOUNT', string>>;
    button: string;
    done: string;
    badLink: string;
  };
}

export const words: Readonly<Record<Locale, Words>> = { EN: wordsEn, DE: wordsDe };

/** Puts values in the place of placeholders. A placeholder without a value is a mistake in the words, and throws. */
export const fill = (template: string, values: Readonly<Record<string, string | undefined>>): string =>
  template.replaceAll(/\{(\w+)\}/g, (_placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`there is no value for {${name}}`);
    return value;
  });

/** What a notification says, in a language. */
export function notificationWords(
  locale: Locale,
  { kind, facts }: { kind: NotificationKind; facts: NotificationFacts },
): { title: string; body: string } {
  const { kinds, reasons, languageTag } = words[locale];
  const values = {
    number: facts.number,
    host: facts.host,
    amount: facts.amount && formatMoney(languageTag, facts.amount),
    reason: facts.reason && reasons[facts.reason],
  };
  return { title: fill(kinds[kind].title, values), body: fill(kinds[kind].body, values) };
}

function formatMoney(languageTag: string, { amountMinor, currency }: NonNullable<NotificationFacts['amount']>): string {
  const format = new Intl.NumberFormat(languageTag, { style: 'currency', currency });
  return format.format(amountMinor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
