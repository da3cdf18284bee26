import type { LineState, VersionLine } from '@tributary/service-kit/sdl';
import { describe, expect, test } from 'vitest';
import { lineFindings } from './line-findings.ts';

const TODAY = '2026-11-28';
const line = (major: number, state: LineState, more: Partial<VersionLine> = {}): VersionLine => ({
  ...{ major, state, version: `${major}.0.0` },
  ...(state === 'deprecated' || state === 'retired' ? { deprecatedAt: '2026-01-01', sunsetAt: '2026-11-28' } : {}),
  ...more,
});
const until = (sunsetAt: string, deprecatedAt = TODAY) => line(1, 'deprecated', { deprecatedAt, sunsetAt });
const [GA2, GA3] = [line(2, 'ga'), line(3, 'ga')];

const said = (before: VersionLine[], after: VersionLine[]) =>
  lineFindings(before, after, TODAY).map(({ severity, code, message }) => `${severity} ${code} ${message}`);

describe('a line is retired', () => {
  const sunsetOver = line(1, 'deprecated');
  const retired = line(1, 'retired');
  const premature = 'error PREMATURE_REMOVAL Line 1 cannot be retired';
  test.each([
    ['after its sunset, with two later majors', [sunsetOver, GA2, GA3], [retired, GA2, GA3], []],
    [
      'with a later major that is deprecated: it is served still',
      [sunsetOver, line(2, 'deprecated', { sunsetAt: '2028-01-01' }), GA3],
      [retired, line(2, 'deprecated', { sunsetAt: '2028-01-01' }), GA3],
      [],
    ],
    [
      'and not before its sunset',
      [until('2026-11-29'), GA2, GA3],
      [retired, GA2, GA3],
      [`${premature}: its sunset is 2026-11-29.`],
    ],
    [
      'and not when the file has another sunset at once',
      [until('2027-11-28'), GA2, GA3],
      [line(1, 'retired', { sunsetAt: '2026-11-01' }), GA2, GA3],
      [`${premature}: its sunset is 2027-11-28.`],
    ],
    [
      'and not when it was never deprecated',
      [line(1, 'ga'), GA2, GA3],
      [retired, GA2, GA3],
      [`${premature}: it was never deprecated.`],
    ],
    [
      'and not with one later major',
      [sunsetOver, GA2],
      [retired, GA2],
      [`${premature}: line 3 is not generally available.`],
    ],
    [
      'and not with a preview',
      [sunsetOver, GA2, line(3, 'preview')],
      [retired, GA2, line(3, 'preview')],
      [`${premature}: line 3 is not generally available.`],
    ],
    [
      'and not with a later major that is retired',
      [sunsetOver, line(2, 'retired'), GA3],
      [retired, line(2, 'retired'), GA3],
      [`${premature}: line 2 is not generally available.`],
    ],
    [
      'and not with majors that are further away',
      [sunsetOver, line(4, 'ga'), line(5, 'ga')],
      [retired, line(4, 'ga'), line(5, 'ga')],
      [`${premature}: line 2 is not generally available.`, `${premature}: line 3 is not generally available.`],
    ],
  ])('%s', (_, before, after, expected) => expect(said(before, after)).toEqual(expected));
});

describe('a line is removed from the file', () => {
  test.each(['ga', 'deprecated'] as const)('not while it is %s', (state) =>
    expect(said([line(1, state)], [])).toEqual([`error PREMATURE_REMOVAL Line 1 is removed, and was ${state}.`]),
  );
  test.each(['preview', 'retired'] as const)('when it is %s', (state) =>
    expect(said([line(1, state)], [])).toEqual([]),
  );
});

describe('states', () => {
  test.each([
    ['preview', 'ga', true],
    ['ga', 'deprecated', true],
    ['deprecated', 'ga', true],
    ['preview', 'deprecated', false],
    ['preview', 'retired', false],
    ['ga', 'preview', false],
    ['deprecated', 'preview', false],
    ['retired', 'ga', false],
    ['retired', 'deprecated', false],
  ] as const)('%s to %s: %s', (was, is, isAllowed) => {
    const after = line(1, is, is === 'deprecated' ? { sunsetAt: '2027-12-31', deprecatedAt: TODAY } : {});
    const codes = lineFindings([line(1, was)], [after], TODAY).map(({ code }) => code);
    expect(codes.filter((code) => code === 'LINE_STATE_INVALID')).toEqual(isAllowed ? [] : ['LINE_STATE_INVALID']);
  });

  test('a new line may have any', () => {
    expect(said([], [line(1, 'ga'), line(2, 'preview')])).toEqual([]);
  });

  test('of a retired line nothing is published', () => {
    const supergraph = `sha256:${'00'.repeat(32)}`;
    expect(said([line(1, 'retired')], [line(1, 'retired', { supergraph })])).toEqual([
      'error LINE_STATE_INVALID Line 1 is retired: nothing is published of it.',
    ]);
    expect(said([line(1, 'retired')], [line(1, 'retired')])).toEqual([]);
  });
});

test.each([
  ['1.1.0', '1.0.9', ['error LINE_VERSION_LOWER The version of line 1 is 1.0.9, and was 1.1.0.']],
  ['1.1.0', '1.1.0', []],
  ['1.1.0-preview', '1.1.0', []],
])('a version goes from %s to %s', (was, is, expected) => {
  expect(said([line(1, 'ga', { version: was })], [line(1, 'ga', { version: is })])).toEqual(expected);
});

describe('the sunset of a line', () => {
  test.each([
    ['is too soon by a day', line(1, 'ga'), until('2027-05-26'), ['SUNSET_TOO_SOON']],
    ['gives 180 days', line(1, 'ga'), until('2027-05-27'), []],
    ['cannot be declared in the past', line(1, 'ga'), until('2027-05-26', '2025-01-01'), ['SUNSET_TOO_SOON']],
    [
      'counts from a later day, where it is declared for one',
      line(1, 'ga'),
      until('2027-05-27', '2026-12-01'),
      ['SUNSET_TOO_SOON'],
    ],
    ['moves later', until('2026-12-01'), until('2026-12-02'), []],
    ['moves earlier, and soon', until('2027-12-01'), until('2027-05-26'), ['SUNSET_MOVED_EARLIER']],
    ['stays', until('2026-12-01'), until('2026-12-01'), []],
  ])('%s', (_, before, after, expected) =>
    expect(lineFindings([before], [after], TODAY).map(({ code }) => code)).toEqual(expected),
  );

  test('moves earlier with full notice, which is a warning', () => {
    expect(lineFindings([until('2028-01-01')], [until('2027-12-31')], TODAY)).toMatchObject([
      { severity: 'warning', code: 'SUNSET_MOVED_EARLIER', file: 'schema/lines.yaml' },
    ]);
  });

  test('has passed, and the line is served still', () => {
    expect(said([until('2026-11-27')], [until('2026-11-27')])).toEqual([
      'warning OVERDUE_REMOVAL The sunset of line 1 was 2026-11-27, and it is served still.',
    ]);
    expect(said([until(TODAY)], [until(TODAY)])).toEqual([]);
    expect(said([line(1, 'retired')], [line(1, 'retired')])).toEqual([]);
  });
});
