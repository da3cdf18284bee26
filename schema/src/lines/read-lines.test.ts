import { describe, expect, test } from 'vitest';
import { temporaryRepository } from '../testing/temporary-repository.ts';
import { parseLines, readLines } from './read-lines.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;
const GA = `{ major: 1, version: 1.4.0, state: ga, supergraph: "${DIGEST}" }`;
const ENDING = `version: 1.4.0, supergraph: "${DIGEST}", deprecatedAt: 2026-01-01, sunsetAt: 2026-12-31`;

test('a repository without the file has no lines', () => {
  using repository = temporaryRepository({});
  expect(readLines(repository.root)).toEqual({ lines: [], findings: [] });
});

test('lines are read with all that they say', () => {
  using repository = temporaryRepository({});
  repository.write(
    'schema/lines.yaml',
    `# Majors.
lines:
  - major: 1
    version: 1.4.0
    state: deprecated # Soon gone.
    supergraph: ${DIGEST}
    deprecatedAt: 2026-01-01
    sunsetAt: 2026-12-31
  - { major: 2, version: 2.0.0, state: ga, supergraph: "${DIGEST}" }
  - { major: 3, version: 3.0.0-preview, state: preview }
`,
  );
  expect(readLines(repository.root)).toEqual({
    findings: [],
    lines: [
      {
        ...{ major: 1, version: '1.4.0', state: 'deprecated', supergraph: DIGEST },
        ...{ deprecatedAt: '2026-01-01', sunsetAt: '2026-12-31' },
      },
      { major: 2, version: '2.0.0', state: 'ga', supergraph: DIGEST },
      { major: 3, version: '3.0.0-preview', state: 'preview' },
    ],
  });
});

test('a retired line needs no digest, and no lines are lines', () => {
  const text = 'lines: [{ major: 1, version: 1.0.0, state: retired, deprecatedAt: 2026-01-01, sunsetAt: 2026-12-31 }]';
  expect(parseLines(text)).toMatchObject({ findings: [], lines: [{ major: 1 }] });
  expect(parseLines('lines: []')).toEqual({ findings: [], lines: [] });
});

describe('what is wrong is said at its place:', () => {
  test.each([
    ['no YAML', 'lines: [', 'This is not YAML'],
    ['nothing', '', 'one key, lines, which holds a list'],
    ['a list at the top', `- ${GA}`, 'one key, lines, which holds a list'],
    ['another top key', `line: [${GA}]`, 'Unknown key line; did you mean lines?'],
    ['no list', 'lines: 1', 'one key, lines, which holds a list'],
    ['a line that is none', 'lines: [1]', 'A version line has the keys major, version, state'],
    [
      'an unknown key',
      `lines: [{ stat: ga, major: 1, version: 1.0.0, state: preview }]`,
      'Unknown key stat; did you mean state?',
    ],
    ['no major', 'lines: [{ version: 1.0.0, state: preview }]', 'major is missing: it is a whole number from 1.'],
    ['a major from 0', 'lines: [{ major: 0, version: 0.1.0, state: preview }]', 'major is a whole number from 1.'],
    ['a major as text', 'lines: [{ major: "1", version: 1.0.0, state: preview }]', 'major is a whole number from 1.'],
    [
      'a version of another major',
      'lines: [{ major: 2, version: 1.0.0, state: preview }]',
      'version is a version X.Y.Z (SemVer) of its major.',
    ],
    ['a version that is a number', 'lines: [{ major: 1, version: 1.0, state: preview }]', 'version is a version X.Y.Z'],
    [
      'an unknown state',
      'lines: [{ major: 1, version: 1.0.0, state: live }]',
      'state is one of preview, ga, deprecated, retired.',
    ],
    ['ga without a digest', 'lines: [{ major: 1, version: 1.0.0, state: ga }]', 'supergraph is missing: it is sha256:'],
    [
      'a digest that is none',
      'lines: [{ major: 1, version: 1.0.0, state: ga, supergraph: "sha256:12" }]',
      'supergraph is sha256: and 64',
    ],
    [
      'deprecated without a sunset',
      `lines: [{ major: 1, state: deprecated, version: 1.0.0, supergraph: "${DIGEST}", deprecatedAt: 2026-01-01 }]`,
      'sunsetAt is missing',
    ],
    ['retired without days', 'lines: [{ major: 1, version: 1.0.0, state: retired }]', 'deprecatedAt is missing'],
    [
      'a day that is none',
      `lines: [{ major: 1, state: deprecated, ${ENDING.replace('12-31', '02-30')} }]`,
      'sunsetAt is a day that there is',
    ],
    [
      'a sunset before the deprecation',
      `lines: [{ major: 1, state: deprecated, ${ENDING.replace('2026-12-31', '2025-12-31')} }]`,
      'after deprecatedAt',
    ],
    [
      'a sunset of what is not deprecated',
      `lines: [{ major: 1, state: ga, ${ENDING} }]`,
      'sunsetAt is there for a line that is deprecated or retired; this one is ga.',
    ],
    ['one major twice', `lines: [${GA}, ${GA}]`, 'in ascending order: 1 comes after 1.'],
    ['majors in another order', `lines: [{ major: 2, version: 2.0.0, state: preview }, ${GA}]`, '1 comes after 2.'],
    ['one key twice', 'lines: []\nlines: []', 'This is not YAML'],
  ])('%s', (_, text, message) => {
    const { lines, findings } = parseLines(text);
    expect(lines).toEqual([]);
    expect(findings.map((finding) => finding.message).join('\n')).toContain(message);
    for (const finding of findings)
      expect(finding).toMatchObject({
        severity: 'error',
        code: 'LINES_INVALID',
        file: 'schema/lines.yaml',
        line: expect.any(Number),
      });
  });

  test('with line, column and source', () => {
    expect(parseLines('lines:\n  - major: 1\n    version: 1.0.0\n    state: live\n').findings).toMatchObject([
      { line: 4, column: 12, source: '    state: live' },
    ]);
  });
});
