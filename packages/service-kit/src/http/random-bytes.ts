import { randomFillSync } from 'node:crypto';

/** To ask for few takes as long as to ask for many. */
const pool = Buffer.alloc(4096);
let used = pool.length;

/** Random bytes that nobody has had before, `length` of them and at most 4096: to be read at once, as they are overwritten later. */
export function randomBytesFor(length: number): Buffer {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += length;
  return pool.subarray(used - length, used);
}
