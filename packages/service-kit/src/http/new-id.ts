import { v7 } from 'uuid';
import { randomBytesFor } from './random-bytes.ts';

/** As uuid keeps them where it has no options. */
let lastMs = Number.NEGATIVE_INFINITY;
let sequence = 0;

/**
 * A UUID version 7 (RFC 9562, 5.7). Every id of the graph is one. Those of one process sort in the order in which they
 * were made, also within a millisecond (6.2), which `crypto.randomUUIDv7` does not promise.
 */
export function newId(): string {
  const random = randomBytesFor(BYTES);
  const nowMs = Date.now();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    sequence = random.readUInt32BE(SEQUENCE_AT) & FIRST_SEQUENCE;
  } else {
    sequence = (sequence + 1) | 0;
    // Of 32 bits, all were used up within a millisecond.
    if (sequence === 0) lastMs++;
  }
  return v7({ random, msecs: lastMs, seq: sequence });
}

const BYTES = 16;
/** Bytes that the id has no other use for. */
const SEQUENCE_AT = 6;
/** With room to count on. */
const FIRST_SEQUENCE = 0x7fffffff;
