import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type KeyedQueue, keyedQueue } from './keyed-queue.ts';

describe('a keyed queue', () => {
  /** Work that begins when the queue lets it, and ends when the test says so. */
  function open(concurrency: number) {
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const queue = keyedQueue<string>(concurrency, (item) => {
      begun.push(item);
      return new Promise((resolve) => ends.set(item, resolve));
    });
    const add = (...items: string[]) => items.forEach((item) => void queue.add(item.slice(0, 1), item));
    const end = async (item: string) => {
      ends.get(item)?.();
      await turn();
    };
    return { queue, begun, add, end };
  }
  const resolved = async (work: Promise<void>) => (await Promise.race([work.then(() => 'yes'), turn('no')])) === 'yes';
  const stateOf = ({ size, waiting }: KeyedQueue<string>) => ({ size, waiting: waiting().sort() });

  test('does the work of one key one after the other, in order, and that of others beside it', async () => {
    const { queue, begun, add, end } = open(2);
    add('a1', 'a2', 'a3', 'b1');
    expect(begun).toEqual(['a1', 'b1']);
    expect(stateOf(queue)).toEqual({ size: 4, waiting: ['a2', 'a3'] });
    await end('b1');
    expect(begun).toEqual(['a1', 'b1']);
    await end('a1');
    await end('a2');
    expect(begun).toEqual(['a1', 'b1', 'a2', 'a3']);
  });

  test('does no more at the same time than it may, and lets no key wait behind a busy one', async () => {
    const { begun, add, end } = open(2);
    add('a1', 'b1', 'c1', 'a2', 'd1');
    expect(begun).toEqual(['a1', 'b1']);
    await end('a1');
    expect(begun).toEqual(['a1', 'b1', 'c1']);
    await end('b1');
    expect(begun).toEqual(['a1', 'b1', 'c1', 'd1']);
    await end('c1');
    expect(begun).toEqual(['a1', 'b1', 'c1', 'd1', 'a2']);
  });

  test('takes a key again that had nothing to do', async () => {
    const { queue, begun, add, end } = open(1);
    add('a1');
    await end('a1');
    expect(stateOf(queue)).toEqual({ size: 0, waiting: [] });
    add('a2');
    expect(begun).toEqual(['a1', 'a2']);
  });

  test('gives back what has not begun, and finishes the rest', async () => {
    const { queue, begun, add, end } = open(1);
    add('a1', 'a2', 'b1');
    expect(queue.clear().sort()).toEqual(['a2', 'b1']);
    expect(stateOf(queue)).toEqual({ size: 1, waiting: [] });
    const idle = queue.atMost(0);
    expect(await resolved(idle)).toBe(false);
    await end('a1');
    expect(await resolved(idle)).toBe(true);
    add('b2');
    expect(begun).toEqual(['a1', 'b2']);
  });

  test('says when there is room', async () => {
    const { queue, add, end } = open(1);
    expect(await resolved(queue.atMost(0))).toBe(true);
    add('a1', 'b1', 'c1');
    const [two, one] = [queue.atMost(2), queue.atMost(1)];
    await end('a1');
    expect([await resolved(two), await resolved(one)]).toEqual([true, false]);
    await end('b1');
    expect(await resolved(one)).toBe(true);
  });
});
