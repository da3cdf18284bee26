import { newId } from '@tributary/service-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsCardNumber } from './card-number.ts';

const digits = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(...'0123456789'), { minLength, maxLength }).map((list) => list.join(''));

describe('a text holds a card number', () => {
  it('when it has 13 to 19 digits in a row, whatever stands between and around them', () => {
    const separator = fc.constantFrom('', ' ', '-', '.', '/', '_', ' - ', '\u200b', '\u00a0');
    fc.assert(
      fc.property(digits(13, 19), separator, fc.constantFrom('', 'tok_', 'my card: '), (number, between, before) => {
        expect(holdsCardNumber(before + [...number].join(between))).toBe(true);
      }),
    );
  });

  it.each(['tok_visa', '123456', '12 digits: 123456789012', 'T-2026-000123 on 2026-11-24', ''])('not in %j', (text) => {
    expect(holdsCardNumber(text)).toBe(false);
  });

  it('not in ids, however many digits they have', () => {
    const uuid = fc.uuid();
    fc.assert(fc.property(uuid, (id) => !holdsCardNumber(`order ${id}`)));
    expect(holdsCardNumber('019a4b1c-0000-7000-8000-000000000001')).toBe(false);
    expect(holdsCardNumber(newId())).toBe(false);
  });
});
