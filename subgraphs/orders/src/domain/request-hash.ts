import { createHash } from 'node:crypto';

/** Tells a repeated request from another one with the same idempotency key. */
export const requestHash = (parameters: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parameters)).digest('hex');
