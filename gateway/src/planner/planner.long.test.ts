import { buildSchema, parse } from 'graphql';
import { afterEach, describe, expect, test } from 'vitest';
import { planLimits } from './plan-limits.ts';
import { NO_LABELS, Planner, planKey } from './planner.ts';
import { PlannerThreads } from './planner-threads.ts';
import { interchangeableSupergraph, petsSupergraph } from './testing/composed.ts';
import { normalised } from './testing/normalised.ts';

const planners: Planner[] = [];
afterEach(() => Promise.all(planners.splice(0).map((planner) => planner.close())));

function start(supergraphSdl: string, limits = planLimits(Number.POSITIVE_INFINITY)): Planner {
  const planner = new Planner(supergraphSdl, new PlannerThreads(limits));
  planners.push(planner);
  return planner;
}

const CITY = { text: 'query{owner(id:1){city}}' };
/** So many plans are possible for it that it takes minutes. */
const complexOperation = (depth = 7): { text: string } => {
  const fields = (level: number): string =>
    level === 0 ? 'f0 f1 f2' : `f0 f1 f3 next{${fields(level - 1)}} node1{${fields(level - 1)}} node4{f5}`;
  return { text: `query{node{${fields(depth)}}}` };
};
const SIMPLE = { text: 'query{node{f1}}' };

describe('a planner', () => {
  test('plans in a worker, and what is for nobody without one', async () => {
    const planner = start(petsSupergraph());
    expect(await planner.plan(CITY)).toEqual({
      kind: 'QueryPlan',
      node: {
        kind: 'Fetch',
        serviceName: 'owners',
        variableUsages: [],
        operation: '{owner(id:1){city}}',
        operationKind: 'query',
      },
    });
    expect(await planner.plan({ text: '' })).toEqual({ kind: 'QueryPlan' });
  });

  test('plans by the labels of progressive overrides', async () => {
    const planner = start(petsSupergraph());
    const on = new Map([['percent(50)', true]]);
    const plans = [await planner.plan(CITY), await planner.plan(CITY, on), await planner.plan(CITY)];
    expect(plans.map((plan) => JSON.stringify(plan).includes('"pets"'))).toEqual([false, true, false]);
    expect(planKey(CITY, on)).not.toBe(planKey(CITY));
    expect(planKey(CITY, new Map([['percent(50)', false]]))).toBe(planKey(CITY));
  });

  test('plans once for those who ask at the same time', async () => {
    const planner = start(petsSupergraph());
    const plans = await Promise.all(Array.from({ length: 50 }, () => planner.plan(CITY)));
    expect(new Set(plans).size).toBe(1);
    expect(await planner.plan(CITY)).not.toBe(plans[0]);
  });

  // The planner takes the conditions of a field and of all below it for one, and so would drop the object.
  test('asks for an object when only what is below it is left out', async () => {
    const schema = buildSchema('type Query { owner(id: ID!): Owner } type Owner { city: String }');
    const document = parse(
      'query ($a: Boolean!, $b: Boolean!) { owner(id: 1) @include(if: $a) { city @include(if: $b) } }',
    );
    const operation = normalised(schema, document);
    expect(await start(petsSupergraph()).plan(operation)).toMatchObject({
      node: {
        kind: 'Condition',
        condition: 'a',
        ifClause: { kind: 'Fetch', operation: expect.stringContaining('__typename city@include(if:$b)') },
      },
    });
  });
});

describe('what cannot be planned', () => {
  test('an operation that takes too long is refused, at once when it comes again; the planner goes on', async () => {
    const planner = start(interchangeableSupergraph(), { timeMs: 1000, heapMiB: 512 });
    await planner.plan(SIMPLE);
    const [complex, simple] = [planner.plan(complexOperation()), planner.plan(SIMPLE)];
    await expect(complex).rejects.toMatchObject({ failure: 'limit' });
    expect(await simple).toMatchObject({ node: { kind: 'Fetch' } });
    const before = performance.now();
    await expect(planner.plan(complexOperation())).rejects.toMatchObject({ failure: 'limit' });
    expect(performance.now() - before).toBeLessThan(500);
  });

  test('an operation that takes too much memory is refused, and the planner goes on', async () => {
    const planner = start(interchangeableSupergraph(), { timeMs: 25_000, heapMiB: 60 });
    await expect(planner.plan(complexOperation(9))).rejects.toMatchObject({
      failure: 'limit',
      cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' },
    });
    expect(await planner.plan(SIMPLE)).toMatchObject({ node: { kind: 'Fetch' } });
  });

  test('an operation that does not fit the supergraph fails alone', async () => {
    const planner = start(petsSupergraph());
    await expect(planner.plan({ text: 'query{nobody}' })).rejects.toMatchObject({
      failure: 'failed',
      message: 'The operation cannot be planned.',
      cause: { message: expect.stringContaining('nobody') },
    });
    await planner.plan(CITY);
  });

  test('no more than 200 operations wait', async () => {
    const planner = start(petsSupergraph());
    const asker = (index: number) => ({
      deadlineMs: Number.POSITIVE_INFINITY,
      attempts: { priority: 'high' } as const,
      asker: () => `${index}`,
    });
    const asked = Array.from({ length: 210 }, (_, index) =>
      planner.plan({ text: `query{owner(id:${index}){city}}` }, NO_LABELS, asker(index)),
    );
    const results = await Promise.allSettled(asked);
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(10);
    expect(refused[0]).toMatchObject({ reason: { failure: 'overloaded' } });
  });

  test('what nobody waits for any more is not planned, unless somebody else asks for the same', async () => {
    const planner = start(interchangeableSupergraph(), { timeMs: 1000, heapMiB: 512 });
    const askers = [1, 2].map(() => ({ deadlineMs: Number.POSITIVE_INFINITY, departure: { hasGone: false } }));
    const complex = planner.plan(complexOperation());
    const [left, kept] = [
      planner.plan({ text: 'query{node{f2}}' }, NO_LABELS, askers[0]),
      planner.plan(SIMPLE, NO_LABELS, askers[1]),
    ];
    const other = planner.plan(SIMPLE);
    for (const { departure } of askers) departure.hasGone = true;
    const results = await Promise.allSettled([complex, left, kept, other]);
    expect(results).toMatchObject([
      { reason: { failure: 'limit' } },
      { reason: { failure: 'left' } },
      { value: { kind: 'QueryPlan' } },
      { value: { kind: 'QueryPlan' } },
    ]);
    expect(await planner.plan({ text: 'query{node{f2}}' })).toMatchObject({ node: { kind: 'Fetch' } });
  });

  test('a supergraph for which no planner can be built is refused', async () => {
    const planner = start('type Query { a: Int }');
    await expect(planner.ready).rejects.toMatchObject({ failure: 'failed', cause: expect.any(Error) });
    await expect(planner.plan(CITY)).rejects.toMatchObject({ failure: 'failed' });
  });

  test('a closed planner leaves nobody waiting', async () => {
    const planner = start(interchangeableSupergraph());
    await planner.ready;
    const asked = [planner.plan(complexOperation()), planner.plan(SIMPLE)];
    const results = Promise.allSettled(asked);
    await planner.close();
    for (const result of await results) expect(result).toMatchObject({ reason: { failure: 'closed' } });
    await expect(planner.plan(SIMPLE)).rejects.toMatchObject({ failure: 'closed' });
  });
});
