import { type GraphQLScalarType, Kind } from 'graphql';
import { describe, expect, test } from 'vitest';
import { countryCodeScalar, currencyCodeScalar, dateTimeScalar } from './scalars.ts';

const refused = expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } });

/** A value as a variable and as a literal. */
function bothWays(scalar: GraphQLScalarType, value: string) {
  return [() => scalar.parseValue(value), () => scalar.parseLiteral({ kind: Kind.STRING, value })];
}

describe('DateTime', () => {
  test.each([
    ['2026-11-24T09:30:00Z', '2026-11-24T09:30:00.000Z'],
    ['2026-11-24T09:30:00.123456789+02:00', '2026-11-24T07:30:00.123Z'],
    ['2024-02-29T00:00:00-00:30', '2024-02-29T00:30:00.000Z'],
  ])('%s is %s', (text, utc) => {
    for (const parse of bothWays(dateTimeScalar, text)) expect((parse() as Date).toISOString()).toBe(utc);
  });

  test.each([
    '2026-11-24',
    '2026-11-24T09:30:00',
    '2026-11-24 09:30:00Z',
    '2026-13-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00+01:00',
    '2026-11-24T25:00:00Z',
    '2026-11-24T09:30:00+99:00',
    '24 Nov 2026',
    '',
  ])('%j is none', (text) => {
    for (const parse of bothWays(dateTimeScalar, text)) expect(parse).toThrow(refused);
  });

  test('goes out in UTC, from a date or from what a driver gives', () => {
    expect(dateTimeScalar.serialize(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
    expect(dateTimeScalar.serialize('2026-11-24 09:30:00.5+02')).toBe('2026-11-24T07:30:00.500Z');
    expect(() => dateTimeScalar.serialize('canary')).toThrow(RangeError);
  });
});

describe('codes', () => {
  test.each([
    [currencyCodeScalar, 'EUR', ['eur', 'EURO', 'XYZ', '', 'EUR ']],
    [countryCodeScalar, 'DE', ['de', 'DEU', '', 'D1']],
  ] as const)('%s takes %s', (scalar, good, bad) => {
    for (const parse of bothWays(scalar, good)) expect(parse()).toBe(good);
    for (const text of bad) for (const parse of bothWays(scalar, text)) expect(parse).toThrow(refused);
  });
});

test.each([dateTimeScalar, currencyCodeScalar, countryCodeScalar])(
  '%s takes only text, and quotes no value',
  (scalar) => {
    expect(() => scalar.parseValue(4711)).toThrow(refused);
    expect(() => scalar.parseLiteral({ kind: Kind.INT, value: '4711' })).toThrow(refused);
    expect(() => scalar.parseValue('canary')).toThrow(expect.not.stringContaining('canary'));
  },
);
