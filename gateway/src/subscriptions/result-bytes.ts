import type { LiveResult } from './live-operation.ts';

/** Of an error: its code, its path and its message, which is short as a rule. */
const ERROR_BYTES = 300;

/** What a result takes while it waits. */
export const resultBytes = ({ result }: LiveResult): number => result.data.length + result.errors.length * ERROR_BYTES;
