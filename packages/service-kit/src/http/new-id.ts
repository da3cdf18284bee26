import { randomUUIDv7 } from 'node:crypto';

/** A UUID version 7 (RFC 9562), which sorts by the time it was made. Every id of the graph is one. */
export const newId = (): string => randomUUIDv7();
