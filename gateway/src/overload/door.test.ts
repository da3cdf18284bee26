import { describe, expect, it } from 'vitest';
import { Door, type Loop } from './door.ts';

/** A loop whose turns and times are those of the test. */
class TestLoop implements Loop {
  #nowMs = 1000;
  #atEnd: (() => void)[] = [];

  nowMs = () => this.#nowMs;

  atEndOfTurn(run: () => void): void {
    this.#atEnd.push(run);
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }

  /** The turn has lasted so long, and ends. */
  async endTurn(afterMs: number): Promise<void> {
    this.#nowMs += afterMs;
    for (const run of this.#atEnd.splice(0)) run();
    await Promise.resolve();
  }
}

const enter = (door: Door, priority: 'high' | 'normal' | 'low', went: string[] = [], name: string = priority) => {
  const turn = door.enter(priority);
  if (turn === false) return false;
  void turn.then((mayGo) => went.push(mayGo ? name : `not ${name}`));
  return true;
};

/** How many with that priority get in, or into the line, one after the other. */
const entering = (door: Door, priority: 'high' | 'normal' | 'low') => {
  let count = 0;
  while (enter(door, priority)) count++;
  return count;
};

async function letEveryoneGo(loop: TestLoop): Promise<void> {
  for (let turn = 0; turn < 1000; turn++) await loop.endTurn(0);
}

describe('Door', () => {
  it('keeps places for those with a higher priority', async () => {
    const loop = new TestLoop();
    const door = new Door({ minimum: 10, maximum: 10, maxWaitMs: 1000 }, loop);
    expect([
      entering(door, 'low'),
      entering(door, 'normal'),
      door.turnsAnyoneAway(),
      entering(door, 'high'),
      door.turnsAnyoneAway(),
    ]).toEqual([7, 1, false, 2, true]);
    await letEveryoneGo(loop);
    expect([door.inside, door.turnsAnyoneAway(), enter(door, 'high')]).toEqual([10, true, false]);
    for (let left = 0; left < 4; left++) door.leave();
    expect([enter(door, 'low'), enter(door, 'low')]).toEqual([true, false]);
    expect(door.inside).toBe(7);
  });

  it('has places free that nobody under way has', async () => {
    const loop = new TestLoop();
    const door = new Door({ minimum: 10, maximum: 10, maxWaitMs: 1000 }, loop);
    expect([door.free('low'), door.free('high')]).toEqual([7, 10]);
    enter(door, 'low');
    expect(door.free('low')).toBe(7);
    await letEveryoneGo(loop);
    expect(door.free('low')).toBe(6);
  });

  it('lets in at once, until requests were begun for 5 ms of a turn', async () => {
    const loop = new TestLoop();
    const door = new Door({ minimum: 100, maximum: 100, maxWaitMs: 1000 }, loop);
    expect(door.tryEnter()).toBe(true);
    loop.pass(4);
    expect(door.tryEnter()).toBe(true);
    loop.pass(2);
    expect(door.tryEnter()).toBe(false);
    await loop.endTurn(0);
    expect(door.tryEnter()).toBe(true);
  });

  it('lets in those who wait by priority, and as many in a turn as keep it short', async () => {
    const loop = new TestLoop();
    const door = new Door({ minimum: 100, maximum: 100, maxWaitMs: 1000 }, loop);
    const went: string[] = [];
    for (let index = 0; index < 3; index++) enter(door, 'low', went, `low ${index}`);
    enter(door, 'high', went);
    // Who comes now does not overtake them.
    expect(door.tryEnter()).toBe(false);
    await loop.endTurn(0);
    expect(went).toEqual(['high']);
    await loop.endTurn(20);
    expect(went).toEqual(['high', 'low 0']);
    await loop.endTurn(1);
    await loop.endTurn(1);
    expect(went).toEqual(['high', 'low 0', 'low 1', 'low 2']);
    expect(door.inside).toBe(4);
  });

  it('turns away whoever waits for a second, as others are let in before', async () => {
    const loop = new TestLoop();
    const door = new Door({ minimum: 100, maximum: 100, maxWaitMs: 1000 }, loop);
    const went: string[] = [];
    enter(door, 'low', went);
    for (let index = 0; index < 12; index++) {
      enter(door, 'high', went);
      await loop.endTurn(100);
    }
    expect(went.filter((name) => name !== 'high')).toEqual(['not low']);
    expect(door.inside).toBe(went.length - 1);
  });

  it('lets fewer wait while all wait for long, whoever is inside, and all again when none does', async () => {
    const loop = new TestLoop();
    const door = new Door({ minimum: 10, maximum: 100, maxWaitMs: 60_000 }, loop);
    // They ask a subgraph that does not answer.
    for (let count = 0; count < 30; count++) expect(door.tryEnter()).toBe(true);
    for (let turn = 0; turn < 60; turn++) {
      enter(door, 'low');
      enter(door, 'low');
      await loop.endTurn(60);
    }
    expect(door.limit).toBe(10);
    await letEveryoneGo(loop);
    while (door.inside > 30) door.leave();

    for (let turn = 0; turn < 5; turn++) {
      enter(door, 'high');
      await loop.endTurn(60);
    }
    expect([door.limit, door.inside]).toEqual([10, 35]);
    expect([entering(door, 'low'), entering(door, 'normal'), entering(door, 'high'), door.turnsAnyoneAway()]).toEqual([
      7,
      1,
      2,
      true,
    ]);
    await letEveryoneGo(loop);
    for (let turn = 0; turn < 1000; turn++) {
      if (door.tryEnter()) door.leave();
      await loop.endTurn(5);
    }
    expect(door.limit).toBe(100);
  });
});
