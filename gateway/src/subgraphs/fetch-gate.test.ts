import { anonymous, createMetrics } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { describe, expect, it } from 'vitest';
import type { Priority } from '../overload/priority.ts';
import { RequestAttempts } from '../overload/request-attempts.ts';
import { FetchError } from './fetch-error.ts';
import { FetchGate, type FetchGateParts } from './fetch-gate.ts';
import { Departure, type FetchScope } from './fetch-scope.ts';
import { FetchTurnedAway } from './fetch-turned-away.ts';
import type { PostAnswer } from './post.ts';

const answer: PostAnswer = { status: 200, contentType: 'application/json', cacheControl: '', body: Buffer.from('{}') };

const gateOf = (options: Partial<FetchGateParts> = {}) =>
  new FetchGate({
    ...{ subgraph: 'books', minimum: 1, maximum: 1, maxWaitMs: 1000, ...options },
    metrics: createMetrics({ service: 'gateway', processMetrics: false }),
  });

const scopeOf = (priority: Priority = 'normal', more: Partial<FetchScope> = {}): FetchScope => ({
  ...{ requestId: 'r1', identity: anonymous, deadlineMs: performance.now() + 5000 },
  attempts: new RequestAttempts(priority),
  ...more,
});

/** Fetches that are answered when the test says so. */
function heldFetches() {
  const sent: string[] = [];
  const answers: (() => void)[] = [];
  const send = (name: string) => () => {
    sent.push(name);
    return new Promise<PostAnswer>((resolve) => answers.push(() => resolve(answer)));
  };
  return { sent, send, answerNext: () => answers.shift()?.() };
}

describe('FetchGate', () => {
  it('sends what may be sent at once, and the others as answers come: mutations and known documents first', async () => {
    const { sent, send, answerNext } = heldFetches();
    const gate = gateOf();
    const passed = [
      gate.pass(scopeOf('low'), false, send('first')),
      gate.pass(scopeOf('low'), false, send('unknown')),
      gate.pass(scopeOf('normal'), false, send('signed in')),
      gate.pass(scopeOf('high'), false, send('known')),
      gate.pass(scopeOf('low'), true, send('mutation')),
    ];
    for (let count = 1; count <= 5; count++) {
      await new Promise(setImmediate);
      expect(sent).toHaveLength(count);
      answerNext();
    }
    await Promise.all(passed);
    expect(sent).toEqual(['first', 'known', 'mutation', 'signed in', 'unknown']);
  });

  it('turns away what has waited for too long where ever more wait, and tells the request', async () => {
    const { sent, send, answerNext } = heldFetches();
    const gate = gateOf({ maxWaitMs: 300 });
    const held = gate.pass(scopeOf(), false, send('first'));
    const scope = scopeOf();
    const waits = gate.pass(scope, false, send('second')).catch((error) => error);
    const others: Promise<unknown>[] = [];
    const adding = setInterval(() => others.push(gate.pass(scopeOf(), false, send('other')).catch(() => {})), 20);
    expect(await waits).toBeInstanceOf(FetchTurnedAway);
    clearInterval(adding);
    expect(scope.attempts).toMatchObject({ sent: 0, turnedAway: 1, isShed: true });
    await Promise.all(others);
    answerNext();
    await held;
    expect(sent).toEqual(['first']);
  });

  it('turns away at once where nothing is answered any more', async () => {
    const { send, answerNext } = heldFetches();
    const gate = gateOf({ maxWaitMs: 300 });
    const held = gate.pass(scopeOf(), false, send('first'));
    const others: Promise<unknown>[] = [];
    const adding = setInterval(() => others.push(gate.pass(scopeOf(), false, send('other')).catch(() => {})), 20);
    await until('the line to stand', async () => {
      const rejected = gate.pass(scopeOf(), false, send('other')).catch((error) => error);
      others.push(rejected);
      return (await Promise.race([rejected, new Promise(setImmediate)])) instanceof FetchTurnedAway;
    });
    clearInterval(adding);
    await Promise.all(others);
    answerNext();
    await held;
  });

  it('takes no more places than it leaves for others where nothing moves, and all in a burst', async () => {
    const { sent, send, answerNext } = heldFetches();
    const places = { turnedAway: 0, left: 20, free: () => places.left };
    const gate = gateOf({ places });
    const passed: Promise<unknown>[] = [];
    const ask = (count: number) => {
      for (let asked = 0; asked < count; asked++) {
        // Each has a place of its own.
        places.left--;
        passed.push(gate.pass(scopeOf(), false, send('fetch')).catch((error) => error));
      }
    };
    ask(6);
    const startedMs = performance.now();
    await until('it is stuck', () => performance.now() - startedMs > 300);
    ask(9);
    expect(gate.waiting).toBe(9);
    answerNext();
    await new Promise(setImmediate);
    ask(5);
    expect(gate.waiting).toBe(13);
    for (let answered = 0; answered < 14; answered++) {
      await new Promise(setImmediate);
      answerNext();
    }
    expect((await Promise.all(passed)).filter((error) => error instanceof FetchTurnedAway)).toHaveLength(5);
    expect(sent).toHaveLength(15);
  });

  it('lets a burst wait for as long as it takes', async () => {
    const gate = gateOf({ maximum: 8, maxWaitMs: 100 });
    const slow = () => new Promise<PostAnswer>((resolve) => setTimeout(() => resolve(answer), 60));
    const passed = Array.from({ length: 160 }, () => gate.pass(scopeOf('low'), false, slow));
    expect((await Promise.allSettled(passed)).filter(({ status }) => status === 'rejected')).toEqual([]);
  });

  it('lets nothing wait beyond its request’s deadline', async () => {
    const { send } = heldFetches();
    const gate = gateOf();
    void gate.pass(scopeOf(), false, send('first'));
    const startedMs = performance.now();
    const scope = scopeOf('high', { deadlineMs: startedMs + 40 });
    await expect(gate.pass(scope, false, send('second'))).rejects.toThrow(FetchTurnedAway);
    expect(performance.now() - startedMs).toBeLessThan(800);
  });

  it('gives up the place of a client that has left', async () => {
    const { sent, send, answerNext } = heldFetches();
    const gate = gateOf();
    const first = gate.pass(scopeOf(), false, send('first'));
    const departure = new Departure();
    const left = gate.pass(scopeOf('high', { departure }), false, send('left'));
    const second = gate.pass(scopeOf(), false, send('second'));
    departure.leave();
    await expect(left).rejects.toMatchObject({ outcome: 'cancelled' });
    answerNext();
    await first;
    await new Promise(setImmediate);
    answerNext();
    await second;
    expect(sent).toEqual(['first', 'second']);
  });

  it('takes a place from nobody for a fetch that fails', async () => {
    const gate = gateOf();
    const fail = () => Promise.reject(new FetchError('unavailable', 'no connection'));
    for (let count = 0; count < 3; count++) await expect(gate.pass(scopeOf(), false, fail)).rejects.toThrow(FetchError);
    await expect(gate.pass(scopeOf(), false, async () => answer)).resolves.toBe(answer);
  });
});
