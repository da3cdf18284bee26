import type { Finding } from '../finding.ts';
import { lintRepository } from './lint-repository.ts';
import { invalidDeprecation } from './rules/invalid-deprecation.ts';

/** INVALID_DEPRECATION: what the GraphQL specification forbids, whatever schema/lint.yaml says. */
export const invalidDeprecations = (root: string): Finding[] =>
  lintRepository(root, new Map([[invalidDeprecation.name, { severity: 'error', options: {} }]])).findings.filter(
    ({ code }) => code === 'INVALID_DEPRECATION',
  );
