import { expect, test } from 'vitest';
import { boundedText } from './bounded-text.ts';

const tooLarge = () => new Error('too large');

test('is the text, up to so many bytes', async () => {
  const euro = Buffer.from('€');
  async function* body() {
    yield euro.subarray(0, 1);
    yield euro.subarray(1);
  }
  expect(await boundedText(body(), 3, tooLarge)).toBe('€');
});

test('leaves unread what is beyond', async () => {
  let read = 0;
  let closed = false;
  async function* body() {
    try {
      for (;;) yield Buffer.alloc(++read);
    } finally {
      closed = true;
    }
  }
  await expect(boundedText(body(), 5, tooLarge)).rejects.toThrow('too large');
  expect({ read, closed }).toEqual({ read: 3, closed: true });
});
