import { describe, expect, test } from 'vitest';
import { addDays, daysBetween, isIsoDay } from './iso-day.ts';

describe('a day', () => {
  test.each(['2027-01-31', '2028-02-29', '0001-01-01'])('is %s', (text) => expect(isIsoDay(text)).toBe(true));
  test.each(['2027-02-29', '2027-13-01', '2027-1-31', '2027-01-31T00:00:00Z', ' 2027-01-31', '', undefined, 20270131])(
    'is not %s',
    (text) => expect(isIsoDay(text)).toBe(false),
  );
});

test('days are counted across leap days and changes of the clock', () => {
  expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2);
  expect(daysBetween('2027-03-01', '2027-02-28')).toBe(-1);
  expect(addDays('2027-03-27', 2)).toBe('2027-03-29');
  expect(addDays('2026-11-28', 180)).toBe('2027-05-27');
});
