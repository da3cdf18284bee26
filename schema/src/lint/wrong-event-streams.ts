import type { Finding } from '../finding.ts';
import { lintRepository } from './lint-repository.ts';
import { eventStreams } from './rules/event-streams.ts';

/** EVENT_STREAMS: what composes, and of which no event would be heard, whatever schema/lint.yaml says. */
export const wrongEventStreams = (root: string): Finding[] =>
  lintRepository(root, new Map([[eventStreams.name, { severity: 'error', options: {} }]])).findings.filter(
    ({ code }) => code === 'EVENT_STREAMS',
  );
