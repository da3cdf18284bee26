import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Priority } from '../overload/priority.ts';
import { GATEWAY_ITSELF, PlanAskers, whoOf } from './plan-askers.ts';
import { PlanQueue, type WaitingPlan } from './plan-queue.ts';

const askerOf = (priority: Priority, deadlineMs = Number.POSITIVE_INFINITY, who = '') => ({
  deadlineMs,
  asker: () => who,
  departure: { hasGone: false },
  attempts: { priority },
});

describe('the queue of the planner', () => {
  let queue: PlanQueue<WaitingPlan & { readonly name: string }>;
  const dropped: string[] = [];
  beforeEach(() => {
    vi.useFakeTimers({ now: 0, toFake: ['performance'] });
    queue = new PlanQueue();
    dropped.length = 0;
  });
  afterEach(() => void vi.useRealTimers());

  function join(name: string, who: string, priority: Priority = 'low', asker = askerOf(priority, undefined, who)) {
    const plan = { name, who, askers: new PlanAskers(asker), drop: () => dropped.push(name) };
    return { plan, asker, hasJoined: queue.join(plan, priority) };
  }
  const fill = (who: string, priority?: Priority) => {
    let count = 0;
    while (join(`${who}${count}`, who, priority).hasJoined) count++;
    return count;
  };
  const taken = () => {
    const names: string[] = [];
    for (let next = queue.take(); next !== undefined; next = queue.take()) names.push(next.name);
    return names;
  };

  it('goes by priority, and among equals to each asker in turn', () => {
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) join(name, name.slice(0, 1));
    join('user', 'd', 'normal');
    join('mutation', 'a', 'high');
    expect(taken()).toEqual(['mutation', 'user', 'b1', 'c1', 'a1', 'b2', 'a2', 'a3']);
  });

  it('goes by the most important who waits for the same', () => {
    join('first', 'a');
    const { plan } = join('second', 'b');
    plan.askers.add(new PlanAskers(askerOf('high')));
    expect(taken()).toEqual(['second', 'first']);
  });

  it('gives no asker more places than are left, and keeps some for higher priorities', () => {
    expect(fill('a')).toBe(70);
    expect([join('b', 'b').hasJoined, join('a', 'a').hasJoined]).toEqual([true, false]);
    for (let other = 0; join(`${other}`, `${other}`).hasJoined; other++);
    expect(join('c', 'c').hasJoined).toBe(false);
    expect(join('user', 'c', 'normal').hasJoined).toBe(true);
    for (let other = 0; join(`u${other}`, `u${other}`, 'normal').hasJoined; other++);
    expect(join('mutation', 'c', 'high').hasJoined).toBe(true);
    expect(taken()[0]).toBe('mutation');
  });

  it('puts whoever has had much of the planner behind all others, for ten seconds', () => {
    const { plan } = join('long', 'a', 'high');
    queue.take();
    queue.charge(plan, 1500);
    const both = () => {
      join('mutation', 'a', 'high');
      join('query', 'b', 'low');
      return taken();
    };
    expect(both()).toEqual(['query', 'mutation']);
    vi.advanceTimersByTime(10_001);
    queue.charge(plan, 1);
    expect(both()).toEqual(['mutation', 'query']);
  });

  it('puts nobody behind all for what is asked for by somebody else, too', () => {
    const { plan } = join('long', 'a');
    queue.take();
    queue.charge(plan, 1500);
    const { asker, plan: shared } = join('shared', 'a');
    join('query', 'b');
    shared.askers.add(askerOf('normal', undefined, 'user c'));
    asker.departure.hasGone = true;
    expect(taken()).toEqual(['shared', 'query']);
  });

  it('never puts the gateway itself behind all', () => {
    const warming = { name: 'known', who: whoOf(GATEWAY_ITSELF), askers: new PlanAskers(GATEWAY_ITSELF), drop() {} };
    queue.join(warming, 'high');
    queue.take();
    queue.charge(warming, 1500);
    join('query', 'b');
    queue.join(warming, 'high');
    expect(taken()).toEqual(['known', 'query']);
  });

  it('drops what nobody waits for, and its place is another one’s', () => {
    const { asker } = join('gone', 'a', 'high');
    join('late', 'b', 'high', askerOf('high', 5));
    const { plan } = join('kept', 'c', 'high', askerOf('high', 5));
    plan.askers.add(askerOf('low'));
    asker.departure.hasGone = true;
    vi.advanceTimersByTime(5);
    expect(taken()).toEqual(['kept']);
    expect(dropped).toEqual(['gone', 'late']);

    const gone = askerOf('low');
    for (let count = 0; join(`${count}`, 'd', 'low', gone).hasJoined; count++);
    gone.departure.hasGone = true;
    expect(join('next', 'd').hasJoined).toBe(true);
    expect(dropped).toHaveLength(2 + 70);
  });
});
