import { describe, expect, it } from 'vitest';
import { NOTIFICATION_KINDS, type NotificationFacts } from '../tables.ts';
import { LOCALES } from './locale.ts';
import { renderMail } from './render-mail.ts';
import { fill, notificationWords, words } from './words.ts';

/** What notifications of each kind hold, see `event-handlers.ts` and `webhook-health.ts`. */
const number = 'T-2026-000001';
const amount = { amountMinor: 990, currency: 'EUR' };
const FACTS: Record<(typeof NOTIFICATION_KINDS)[number], NotificationFacts> = {
  WELCOME: {},
  PASSWORD_CHANGED: {},
  ORDER_PLACED: { number, amount },
  ORDER_CONFIRMED: { number, amount },
  ORDER_CANCELLED: { number, reason: 'OUT_OF_STOCK' },
  PAYMENT_CHALLENGED: {},
  RETURN_REQUESTED: { number, amount },
  REFUND_MADE: { amount },
  WEBHOOK_DISABLED: { host: 'hooks.example.com' },
};

describe.each(LOCALES)('the words in %s', (locale) => {
  it.each(NOTIFICATION_KINDS)('for %s are there, and complete', (kind) => {
    const facts = FACTS[kind];
    const { title, body } = notificationWords(locale, { kind, facts });
    const mail = renderMail({ kind, facts }, { locale, name: 'Ada', unsubscribeUrl: 'https://shop.example/' });
    for (const text of [title, body, mail.subject, mail.text, mail.html]) {
      expect(text.length).toBeGreaterThan(5);
      expect(text).not.toMatch(/\{\w+\}|undefined|NaN|\[object/);
    }
    expect(title).not.toContain('\n');
    if (facts.host) for (const text of [title, body]) expect(text).toContain(facts.host);
    if (facts.number) expect(title).toContain(facts.number);
    if (facts.amount) expect(body).toMatch(locale === 'EN' ? /€9\.90/ : /9,90\u00a0€/);
  });

  it('differ from those in the other language', () => {
    const other = LOCALES.find((each) => each !== locale) ?? locale;
    for (const kind of NOTIFICATION_KINDS) {
      expect(words[locale].kinds[kind].title).not.toBe(words[other].kinds[kind].title);
      expect(words[locale].kinds[kind].body).not.toBe(words[other].kinds[kind].body);
    }
  });

  it('name every reason', () => {
    for (const reason of ['CUSTOMER', 'OUT_OF_STOCK', 'PAYMENT_DECLINED', 'EXPIRED', 'ADMIN'] as const) {
      const { body } = notificationWords(locale, { kind: 'ORDER_CANCELLED', facts: { number: 'T', reason } });
      expect(body).toContain(words[locale].reasons[reason]);
    }
  });
});

describe('amounts', () => {
  it.each([
    ['JPY', 1500, '1,500'],
    ['EUR', 1500, '15.00'],
    ['KWD', 1500, '1.500'],
    ['EUR', 2_147_483_647, '21,474,836.47'],
  ])('in %s of %d are %s', (currency, amountMinor, expected) => {
    const facts = { amount: { amountMinor, currency } };
    expect(notificationWords('EN', { kind: 'REFUND_MADE', facts }).body).toContain(expected);
  });
});

describe('a placeholder', () => {
  it('without a value is an error, and a value is taken as it is', () => {
    expect(() => fill('{number}', {})).toThrow('number');
    expect(() => notificationWords('EN', { kind: 'ORDER_PLACED', facts: {} })).toThrow('number');
    expect(fill('{a}', { a: '{b} $& $1' })).toBe('{b} $& $1');
  });
});
