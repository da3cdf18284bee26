import { beforeEach, describe, expect, it } from 'vitest';
import type { Heap } from './heap.ts';
import { HeapRoom } from './heap-room.ts';

const MIB = 1024 ** 2;

/** Of 100 MiB; what is in use is as the test says. */
class TestHeap implements Heap {
  readonly limitBytes = 100 * MIB;
  usedMiB = 50;
  collected: () => void = () => {};

  usedBytes(): number {
    return this.usedMiB * MIB;
  }

  onCollected(listener: () => void): () => void {
    this.collected = listener;
    return () => {
      this.collected = () => {};
    };
  }
}

let heap: TestHeap;
let room: HeapRoom;
beforeEach(() => {
  heap = new TestHeap();
  room = new HeapRoom(heap);
  room.start();
});

/** A full collection finds so much that is no garbage. */
function collect(usedMiB: number): void {
  heap.usedMiB = usedMiB;
  heap.collected();
}

function repeat(times: number, run: () => void): void {
  for (let each = 0; each < times; each++) run();
}

describe('room in the heap', () => {
  it('is there up to seven tenths of its limit, whatever garbage is there beside it', () => {
    collect(69);
    heap.usedMiB = 95;
    expect(room.isFull).toBe(false);
    collect(71);
    expect(room.isFull).toBe(true);
    collect(69);
    expect(room.isFull).toBe(false);
  });

  it('is less by what was opened since, before a collection finds it', () => {
    collect(60);
    repeat(10 * 128, () => room.add());
    heap.usedMiB = 80;
    expect(room.isFull).toBe(false);
    room.add();
    expect(room.isFull).toBe(true);
    collect(62);
    expect(room.isFull).toBe(false);
  });

  it('is more as soon as some of it has ended, though its garbage is still there', () => {
    repeat(1000, () => room.add());
    collect(71);
    heap.usedMiB = 80;
    repeat(127, () => room.remove());
    expect(room.isFull).toBe(true);
    room.remove();
    expect(room.isFull).toBe(false);
  });

  it('is there where no more is in use, though more was expected', () => {
    collect(71);
    heap.usedMiB = 70;
    expect(room.isFull).toBe(false);
  });

  it('counts garbage, too, before the first full collection', () => {
    expect(room.isFull).toBe(false);
    heap.usedMiB = 71;
    expect(room.isFull).toBe(true);
  });
});
