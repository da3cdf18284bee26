import { createLogger } from '@tributary/service-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SubgraphBreakers, type Verdict } from './subgraph-breakers.ts';

const OPTIONS = { enabled: true, failureShare: 0.5, minimumFetches: 10, windowMs: 10_000 };

function breakers() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ service: 'test', level: 'info', destination });
  const one = new SubgraphBreakers({ subgraph: 'books', log, ...OPTIONS, random: () => 0 });
  return {
    one,
    lines,
    states: () => Object.fromEntries(one.states()),
    /** A fetch as a whole. */
    fetch(type: string | string[], verdict: Verdict, nowMs: number, startedMs = nowMs) {
      const types = [type].flat();
      const admission = one.admit(types, nowMs);
      if (admission === 'refused') return admission;
      if (verdict === 'unconnected') one.unconnected(nowMs);
      one.settle({ types, admission, startedMs }, verdict, nowMs);
      return admission;
    },
  };
}

const BROKEN = [...Array(10).keys()];

describe('the breakers of a subgraph', () => {
  it('open for the type whose fetches fail, and for no other', () => {
    const { fetch, states, one, lines } = breakers();
    for (const nowMs of BROKEN) fetch('Book', 'failed', nowMs);
    expect(states()).toEqual({ '*': 'closed', Book: 'open' });
    expect(fetch('Book', 'answered', 500)).toBe('refused');
    expect(fetch('Author', 'answered', 500)).toBe('free');
    expect([...(one.apart ?? [])]).toEqual(['Book']);
    expect(lines).toMatchObject([{ level: 'warn', message: 'breaker opened', type: 'Book', fetches: 10, failed: 10 }]);
  });

  it('are closed by a probe', () => {
    const { fetch, states, one, lines } = breakers();
    for (const nowMs of BROKEN) fetch('Book', 'failed', nowMs);
    expect(fetch('Book', 'failed', 1100)).toBe('probe');
    expect(fetch('Book', 'answered', 2000)).toBe('refused');
    expect(fetch('Book', 'answered', 3200)).toBe('probe');
    expect(fetch('Book', 'answered', 3200)).toBe('free');
    expect([states(), one.apart]).toEqual([{ '*': 'closed', Book: 'closed' }, undefined]);
    expect(lines.map(({ message }) => message)).toEqual(['breaker opened', 'breaker closed']);
    // What was before does not count any more.
    for (const nowMs of BROKEN.slice(2)) fetch('Book', 'failed', 3200 + nowMs);
    expect(states().Book).toBe('closed');
  });

  it('open for all types when no connection can be made for half a second', () => {
    const { fetch, states } = breakers();
    expect([0, 100, 499].map((nowMs) => fetch('Book', 'unconnected', nowMs))).toEqual(['free', 'free', 'free']);
    expect(fetch('Author', 'unconnected', 500)).toBe('free');
    expect(states()).toEqual({ '*': 'open' });
    expect([fetch('Book', 'answered', 600), fetch('Query', 'answered', 600)]).toEqual(['refused', 'refused']);
    expect(fetch('Query', 'answered', 1500)).toBe('probe');
    expect(fetch('Book', 'answered', 1500)).toBe('free');
  });

  it('stay closed where one of several pods takes no connections', () => {
    const { fetch, states } = breakers();
    for (let nowMs = 0; nowMs < 5000; nowMs += 10) fetch('Book', nowMs % 100 === 0 ? 'answered' : 'unconnected', nowMs);
    expect(states()).toEqual({ '*': 'closed' });
  });

  it('learn nothing from what the client or the deadline ended', () => {
    const { fetch, states } = breakers();
    for (let nowMs = 0; nowMs < 100; nowMs++) fetch('Book', 'unknown', nowMs);
    expect(states()).toEqual({ '*': 'closed' });
    for (const nowMs of BROKEN) fetch('Book', 'failed', nowMs);
    expect([1100, 1100, 1100].map((nowMs) => fetch('Book', 'unknown', nowMs))).toEqual(['probe', 'probe', 'probe']);
    expect(states().Book).toBe('half-open');
  });

  it('do not open again for what began before they were closed', () => {
    const { fetch, states } = breakers();
    for (const nowMs of BROKEN) fetch('Book', 'failed', nowMs);
    fetch('Book', 'answered', 1100);
    for (const nowMs of BROKEN) fetch('Book', 'failed', 2000 + nowMs, nowMs);
    expect(states().Book).toBe('closed');
    for (const nowMs of BROKEN) fetch('Book', 'failed', 3000 + nowMs);
    expect(states().Book).toBe('open');
  });

  it('do not ask for a type in trouble together with others', () => {
    const { fetch } = breakers();
    for (const nowMs of BROKEN) fetch('Book', 'failed', nowMs);
    expect(fetch(['Author', 'Book'], 'answered', 2000)).toBe('refused');
    expect(fetch('Book', 'answered', 2000)).toBe('probe');
    expect(fetch(['Author', 'Book'], 'answered', 2001)).toBe('free');
  });

  it('hear of a failed connection from a probe of a type without opening for all', () => {
    const { fetch, states } = breakers();
    for (const nowMs of BROKEN) fetch('Book', 'failed', nowMs);
    expect(fetch('Book', 'unconnected', 1100)).toBe('probe');
    expect(states()['*']).toBe('closed');
  });

  it('let everything pass again within 5 s, whatever was before', () => {
    const verdict = fc.constantFrom<Verdict>('answered', 'failed', 'unconnected', 'unknown');
    const step = fc.record({ verdict, type: fc.constantFrom('A', 'B', 'C'), afterMs: fc.nat(400) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { fetch, states } = breakers();
        let nowMs = 0;
        for (const { verdict, type, afterMs } of steps) {
          nowMs += afterMs;
          fetch(type, verdict, nowMs);
        }
        const returnedMs = nowMs;
        for (; nowMs < returnedMs + 5000; nowMs += 20)
          for (const type of ['A', 'B', 'C']) fetch(type, 'answered', nowMs);
        expect(new Set(Object.values(states()))).toEqual(new Set(['closed']));
      }),
    );
  });
});
