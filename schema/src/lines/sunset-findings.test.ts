import { describe, expect, test } from 'vitest';
import { cutLine } from './cut-line.ts';
import { sunsetFindings } from './sunset-findings.ts';
import { lineSupergraph } from './testing/line-subgraphs.ts';

const TODAY = '2026-11-28';
const DEFINITION = 'directive @sunset(on: String!, replacement: String, owner: String!) on FIELD_DEFINITION';
const sdl = (...fields: string[]) =>
  `${DEFINITION}\ntype Query { a: Int b(x: Int): Int }\ntype User { id: ID! ${fields.join(' ')} }`;
const name = (on: string, more = '') =>
  `name: String @deprecated(reason: "Old.") @sunset(on: "${on}", owner: "team-users"${more})`;
const undated = 'name: String @deprecated(reason: "Old.")';

const codes = (before: string | undefined, after: string, today = TODAY) =>
  sunsetFindings(before, after, today).map(({ severity, code, coordinate }) => `${severity} ${code} ${coordinate}`);

describe('SUNSET_INVALID', () => {
  test.each([
    ['a date that is none', name('2027-02-30'), 'its date "2027-02-30" is no day'],
    ['a time', name('2027-01-31T00:00:00Z'), 'is no day'],
    [
      'a replacement that does not exist',
      name('2027-12-31', ', replacement: "User.nme"'),
      'its replacement "User.nme" does not exist',
    ],
    ['itself as replacement', name('2027-12-31', ', replacement: "User.name"'), 'it is its own replacement'],
    ['no owner', 'name: String @deprecated(reason: "Old.") @sunset(on: "2027-12-31", owner: " ")', 'it has no owner'],
    [
      'what is not deprecated',
      'name: String @sunset(on: "2027-12-31", owner: "team-users")',
      'a @sunset without @deprecated',
    ],
  ])('for %s', (_, field, message) => {
    const findings = sunsetFindings(undefined, sdl(field), TODAY);
    expect(findings).toMatchObject([{ severity: 'error', code: 'SUNSET_INVALID', coordinate: 'User.name' }]);
    expect(findings[0]?.message).toContain(message);
  });

  test.each(['User.id', 'User', 'Query.b(x:)'])('not for %s, which replaces it', (replacement) =>
    expect(codes(undefined, sdl(name('2027-12-31', `, replacement: "${replacement}"`)))).toEqual([]),
  );

  test('for a replacement that only an earlier line has, not for one of a later line', () => {
    const of = (replacement: string) => sdl(name('2027-12-31', `, replacement: "User.${replacement}"`));
    const later = [sdl('other: Int'), sdl('another: Int')];
    const found = (replacement: string) => sunsetFindings(undefined, of(replacement), TODAY, later);
    expect([found('other'), found('another'), found('id')]).toEqual([[], [], []]);
    expect(found('name2')).toMatchObject([{ code: 'SUNSET_INVALID' }]);
  });

  test('for a replacement that clients do not see', () => {
    const hidden = `${sdl(name('2027-12-31', ', replacement: "User.other"'), 'other: Int @inaccessible')}
extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@inaccessible"])`;
    expect(codes(undefined, hidden)).toEqual(['error SUNSET_INVALID User.name']);
  });
});

describe('the notice of 180 days', () => {
  test.each([
    ['is too short by a day', '2027-05-26', ['error SUNSET_TOO_SOON User.name']],
    ['is kept', '2027-05-27', []],
    ['is none for a day in the past', '2026-01-01', ['error SUNSET_TOO_SOON User.name']],
  ])('%s', (_, on, expected) => {
    expect(codes(sdl('name: String'), sdl(name(on)))).toEqual(expected);
    // A field that is new with its sunset, and one that was deprecated without.
    expect(codes(sdl(), sdl(name(on)))).toEqual(expected);
    expect(codes(sdl(undated), sdl(name(on)))).toEqual(expected);
  });

  test('was given when the sunset was declared', () => {
    expect(codes(sdl(name('2026-12-01')), sdl(name('2026-12-01')))).toEqual([]);
    expect(codes(undefined, sdl(name('2026-12-01')))).toEqual([]);
  });
});

describe('a sunset that moves', () => {
  test.each([
    ['earlier, with full notice from now on', '2028-01-01', '2027-12-31', ['warning SUNSET_MOVED_EARLIER User.name']],
    ['earlier, and soon', '2028-01-01', '2027-05-26', ['error SUNSET_MOVED_EARLIER User.name']],
    ['later', '2026-12-01', '2026-12-02', []],
    ['later, after it has passed', '2026-01-01', '2026-12-02', []],
    ['later, into the past', '2026-01-01', '2026-01-02', ['warning OVERDUE_REMOVAL User.name']],
    ['from a date that was none', '2027-02-30', '2026-12-02', ['error SUNSET_TOO_SOON User.name']],
  ])('%s', (_, was, is, expected) => expect(codes(sdl(name(was)), sdl(name(is)))).toEqual(expected));
});

describe('what is removed', () => {
  test.each([
    ['before its sunset', sdl(name('2026-11-29')), sdl(), ['error PREMATURE_REMOVAL User.name']],
    ['on its sunset', sdl(name('2026-11-28')), sdl(), []],
    ['after its sunset', sdl(name('2026-01-01')), sdl(), []],
    ['deprecated without a sunset', sdl(undated), sdl(), ['error PREMATURE_REMOVAL User.name']],
    ['without a deprecation, which a check of changes finds', sdl('name: String'), sdl(), []],
    [
      'with its type',
      sdl(name('2026-11-29')),
      `${DEFINITION}\ntype Query { a: Int }`,
      ['error PREMATURE_REMOVAL User.name'],
    ],
    [
      'by being hidden',
      sdl(name('2026-11-29')),
      sdl(`${name('2026-11-29')} @inaccessible`).concat(
        '\nextend schema @link(url: "https://specs.apollo.dev/inaccessible/v0.2")',
      ),
      ['error PREMATURE_REMOVAL User.name'],
    ],
    [
      'where another field has its name as a beginning',
      sdl(name('2026-11-29')),
      sdl('nameFull: String'),
      ['error PREMATURE_REMOVAL User.name'],
    ],
  ])('%s', (_, before, after, expected) => expect(codes(before, after)).toEqual(expected));

  test('without a sunset, before the schema knew of sunsets', () => {
    expect(codes(`type Query { a: Int @deprecated b: Int }`, 'type Query { b: Int }')).toEqual([]);
  });
});

describe('OVERDUE_REMOVAL', () => {
  const overdue = sdl(name('2026-11-27'));
  test('for what is there after its sunset', () =>
    expect(codes(overdue, overdue)).toEqual(['warning OVERDUE_REMOVAL User.name']));
  test('not on the day itself', () => expect(codes(sdl(name(TODAY)), sdl(name(TODAY)))).toEqual([]));
});

describe('of composed supergraphs', () => {
  const subgraph = (field: string) => `type Query { a: Int }\ntype User @key(fields: "id") { id: ID! ${field} }`;
  const reference = 'type Query { b: Int }\ntype User @key(fields: "id") { id: ID! }';

  test('what moves from one subgraph to another is not removed', () => {
    const before = lineSupergraph({ a: subgraph(name('2027-12-31')), b: reference });
    const after = lineSupergraph({
      a: subgraph(''),
      b: reference.replace('id: ID! }', `id: ID! ${name('2027-12-31')} }`),
    });
    expect(codes(before, after)).toEqual([]);
    expect(codes(before, lineSupergraph({ a: subgraph(''), b: reference }))).toEqual([
      'error PREMATURE_REMOVAL User.name',
    ]);
  });

  test('what a line loses is found for the line', () => {
    const before = lineSupergraph({ a: subgraph(name('2027-12-31')) });
    const after = lineSupergraph({ a: subgraph(`${name('2027-12-31')} @until(major: 1)`) });
    const inLine = (major: number) => codes(cutLine(before, major).supergraphSdl, cutLine(after, major).supergraphSdl);
    expect(inLine(1)).toEqual([]);
    expect(inLine(2)).toEqual(['error PREMATURE_REMOVAL User.name']);
  });
});
