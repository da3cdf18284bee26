import { expect, it } from 'vitest';
import { compareVersions } from './compare-versions.ts';

it('orders versions as SemVer does', () => {
  const ordered = ['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11'];
  ordered.push('1.0.0-rc.1', '1.0.0', '1.0.9', '1.0.10', '1.2.0', '2.0.0');
  expect(ordered.toReversed().sort(compareVersions)).toEqual(ordered);
  expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0);
  expect(() => compareVersions('1.0', '1.0.0')).toThrow('1.0 is no SemVer version');
});
