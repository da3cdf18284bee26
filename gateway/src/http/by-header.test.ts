import { expect, test } from 'vitest';
import { byHeader } from './by-header.ts';

function counting() {
  const reads: (string | undefined)[] = [];
  const read = byHeader((header) => {
    reads.push(header);
    return header?.length ?? false;
  });
  return { reads, read };
}

test('a header is read once for each text of it, also where there is none', () => {
  const { reads, read } = counting();
  expect(['a', 'bc', 'a', undefined, undefined, 'bc'].map(read)).toEqual([1, 2, 1, false, false, 2]);
  expect(reads).toEqual(['a', 'bc', undefined]);
});

test('so many texts are kept at most, and none that is long', () => {
  const { reads, read } = counting();
  const long = 'x'.repeat(513);
  read(long);
  read(long);
  expect(reads).toHaveLength(2);
  for (let text = 0; text < 64; text++) read(`${text}`);
  read('0');
  expect(reads).toHaveLength(66);
  read('one more');
  read('0');
  expect(reads).toHaveLength(68);
});
