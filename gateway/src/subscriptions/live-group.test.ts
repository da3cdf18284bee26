import { trace } from '@opentelemetry/api';
import { anonymous, CodedError, createLogger } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { buildSchema } from 'graphql';
import { expect, it, vi } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { type Generation, validOperation } from '../engine/generation.ts';
import { LiveGroup } from './live-group.ts';
import type { SourceListener } from './source-event.ts';
import { WaitingBytes } from './waiting-bytes.ts';

const TEXT = 'subscription { seen { id } }';
const answer = (id: string) => JSON.stringify({ data: { seen: { id } }, errors: [] });
const event = (id: string) => ({ what: { answer: answer(id) }, position: undefined, traceparent: undefined });

/** Of a subgraph that is asked by `query` for what happens. */
function generationOf(query: string) {
  let users = 0;
  const schema = buildSchema('type Query { a: Int } type Subscription { seen: Item } type Item { id: ID }');
  const generation = {
    ...{ query, schema, candidate: { eventBindings: new Map() } },
    enter() {
      users++;
      return generation;
    },
    leave: () => void users--,
    users: () => users,
  };
  return generation;
}

/** A group, whose engine, source and turns the test has in its hands. */
async function openGroup(waiting = new WaitingBytes()) {
  const [first, next] = [generationOf(TEXT), generationOf('subscription { seen { id __typename } }')];
  const execute = vi.fn(async (_view: unknown, _request: unknown) => ({ data: '{}', errors: [] }));
  const subscription = vi.fn(async (view: unknown) => {
    const { query } = view as typeof first;
    const call = { kind: 'root', isSubscription: true, subgraph: 'items', query, variables: [] };
    return { prepared: { plan: { calls: [call] }, values: () => ({}) }, labels: new Set() };
  });
  const engine = { execute, subscription, authorise: () => ({ refusals: [] }), newBudget: () => undefined };
  const listeners: SourceListener[] = [];
  const turns: (() => Promise<void>)[] = [];
  const lanes: string[] = [];
  const asked = {
    ...validOperation(first.schema, { text: TEXT }),
    variables: {},
    identity: anonymous,
    requestId: '1',
    fields: {},
  };
  const request = { ...asked, denial: undefined, canary: undefined, lastEventId: undefined, bufferedEvents: 5 };
  const group = new LiveGroup(first as unknown as Generation, request as never, {
    engine: engine as unknown as Engine,
    sourceKey: ({ call }) => call.query,
    openSource: async ({ call }, _scope, listener) => {
      listeners.push(listener);
      return { key: call.query, position: () => undefined, replay: async () => undefined, close() {} };
    },
    inTurn(lane, _key, work) {
      lanes.push(lane);
      turns.push(work);
    },
    ...{ deadlineMs: 1000, count() {}, ended() {}, waiting },
    log: createLogger({ service: 'gateway', level: 'silent' }),
    tracer: trace.getTracer('test'),
  });
  await group.opened;
  const join = () => group.join(request as never);
  const move = () => group.moveTo(next as unknown as Generation);
  return { first, next, group, join, move, listeners, turns, lanes, execute, subscription, waiting };
}

/** The same with a client. */
async function startGroup() {
  const opened = await openGroup();
  return { ...opened, live: await opened.join() };
}

it('completes an answer by what the subgraph was asked by, and keeps that until it has', async () => {
  const { first, next, move, live, listeners, turns, execute } = await startGroup();
  listeners[0]?.event(event('before'));
  await move();
  listeners[1]?.event(event('behind'));
  expect([first.users(), next.users()]).toEqual([1, 2]);
  for (const work of turns) await work();
  expect(execute.mock.calls.map(([view]) => view)).toEqual([first, next]);
  expect([first.users(), next.users()]).toEqual([0, 1]);
  await live.return?.();
  expect(next.users()).toBe(0);
});

it('gives up nothing that it still uses, and all of it in the end', async () => {
  const { first, live, group, listeners, turns, execute } = await startGroup();
  const { promise, resolve } = Promise.withResolvers<{ data: string; errors: never[] }>();
  execute.mockReturnValueOnce(promise);
  for (const id of ['1', '2']) listeners[0]?.event(event(id));
  const working = turns[0]?.();
  await live.return?.();
  expect(group.isOver).toBe(true);
  expect(first.users()).toBeGreaterThan(0);
  resolve({ data: '{}', errors: [] });
  await working;
  await turns[1]?.();
  expect([first.users(), execute.mock.calls.length]).toEqual([0, 1]);
});

it('ends behind the last events of its source, and tells its first client what came before it was there', async () => {
  const { join, listeners, turns, execute } = await openGroup();
  for (const id of ['1', '2']) listeners[0]?.event(event(id));
  listeners[0]?.ended(undefined);
  await Promise.resolve();
  expect(turns).toEqual([]);
  const live = await join();
  for (const work of turns) await work();
  expect([(await live.next()).done, (await live.next()).done]).toEqual([false, false]);
  expect(await live.next()).toEqual({ done: true, value: undefined });
  expect([live.end, execute.mock.calls.length]).toEqual(['completed', 2]);
});

it('does not end with a source that another one has taken the place of', async () => {
  const { move, live, listeners, turns } = await startGroup();
  await move();
  listeners[0]?.ended(new CodedError('SUBSCRIPTION_UNAVAILABLE'));
  await until('its turn', () => turns.length > 0);
  for (const work of turns) await work();
  expect(live.end).toBeUndefined();
  listeners[1]?.ended(new CodedError('FORBIDDEN'));
  await until('its turn', () => turns.length > 1);
  await turns[1]?.();
  await expect(live.next()).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

it('ends with a new source that ends before it is in place, but not before', async () => {
  const { move, live, listeners, turns, subscription } = await startGroup();
  const moved = move();
  await until('it to be planned', () => subscription.mock.calls.length === 2);
  await until('the other source', () => listeners.length === 2);
  listeners[1]?.ended(undefined);
  expect(live.end).toBeUndefined();
  await moved;
  await until('its turn', () => turns.length > 0);
  await turns[0]?.();
  expect(live.end).toBe('completed');
});

it('stays in the lane where its events wait, and gives up where too many bytes do', async () => {
  const { join, listeners, turns, lanes, move, waiting, group } = await openGroup(new WaitingBytes(500));
  const live = await join();
  listeners[0]?.event(event('1'));
  await move();
  listeners[1]?.event(event('2'));
  expect(lanes).toEqual(['items', 'items']);
  expect(waiting.bytes).toBe(2 * answer('1').length);
  listeners[1]?.event(event('x'.repeat(500)));
  expect([group.isOver, waiting.bytes]).toEqual([true, 0]);
  for (const work of turns) await work();
  await expect(live.next()).rejects.toMatchObject({ code: 'SUBSCRIPTION_UNAVAILABLE' });
});

it.each([
  ['is retired', 'nothing is left of it', new CodedError('UNAUTHORIZED_FIELD_OR_TYPE'), 'retired'],
  ['fails', 'it cannot be planned now', new CodedError('SERVICE_UNAVAILABLE'), 'failed'],
])('%s where %s', async (_ends, _why, error, end) => {
  const { first, next, move, live, subscription } = await startGroup();
  subscription.mockRejectedValueOnce(error);
  await move();
  expect(live.end).toBe(end);
  if (end === 'failed') await expect(live.next()).rejects.toMatchObject({ code: 'SUBSCRIPTION_UNAVAILABLE' });
  expect([first.users(), next.users()]).toEqual([0, 0]);
});
