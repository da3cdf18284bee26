import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { findHelm, findKubectl } from './helm-binary.ts';

const version = (executable: string | undefined, ...args: string[]): string =>
  execFileSync(executable ?? 'not found', args, { encoding: 'utf8' });

it('finds Helm 4, out of the npm package', () => {
  expect(version(findHelm(4), 'version', '--short')).toMatch(/^v4\./);
});

it.skipIf(findHelm(3) === undefined)('finds Helm 3, which is a lane', () => {
  expect(version(findHelm(3), 'version', '--short')).toMatch(/^v3\./);
});

it('finds kubectl', () => {
  expect(version(findKubectl(), 'version', '--client')).toContain('Client Version: v1.');
});
