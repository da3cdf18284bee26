import { describe, expect, test } from 'vitest';
import { compareVersions, majorOf } from './compare-versions.ts';

test.each([
  ['1.0.0', 1],
  ['12.3.4-rc.1', 12],
  ['1.0', undefined],
  ['01.0.0', undefined],
  ['v1.0.0', undefined],
  ['1.0.0-', undefined],
])('the major of %s is %s', (version, major) => expect(majorOf(version)).toBe(major));

describe('versions in their order', () => {
  // SemVer 2.0.0, 11.4, and what lies around it.
  const ordered = [
    '0.9.9',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.9',
    '1.0.10',
    '1.1.0',
    '2.0.0',
  ];
  test.each(ordered.map((version, index) => [version, index] as const))('%s', (version, index) => {
    expect(ordered.map((other) => Math.sign(compareVersions(version, other)))).toEqual(
      ordered.map((_, other) => Math.sign(index - other)),
    );
  });
});
