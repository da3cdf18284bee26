import { isDeepStrictEqual } from 'node:util';
import { until } from '@tributary/service-kit/testing';
import { expect } from 'vitest';

/** Waits until what is read is as expected. */
export async function becomes<T>(expected: T, read: () => Promise<T>): Promise<void> {
  let last: T | undefined;
  const isSo = async () => {
    last = await read();
    return isDeepStrictEqual(last, expected);
  };
  // When the time is over, the difference says more.
  await until('what is expected', isSo).catch(() => expect(last).toEqual(expected));
}
