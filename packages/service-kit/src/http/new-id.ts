import { v7 } from 'uuid';

/**
 * A UUID version 7 (RFC 9562, 5.7). Every id of the graph is one. Those of one process sort in the order in which they
 * were made, also within a millisecond (6.2), which `crypto.randomUUIDv7` does not promise.
 */
export const newId = (): string => v7();
