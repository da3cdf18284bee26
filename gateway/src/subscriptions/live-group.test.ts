import { trace } from '@opentelemetry/api';
import { anonymous, CodedError, createLogger } from '@tributary/service-kit';
import { buildSchema } from 'graphql';
import { expect, it, vi } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { type Generation, validOperation } from '../engine/generation.ts';
import { LiveGroup } from './live-group.ts';
import type { SourceListener } from './source-event.ts';

const TEXT = 'subscription { seen { id } }';
const answer = (id: string) => ({ data: { seen: { id } }, errors: [] }) as never;
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

/** A group of one client, whose engine, source and turns the test has in its hands. */
async function startGroup() {
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
  const asked = { ...validOperation(first.schema, { text: TEXT }), variables: {}, identity: anonymous, requestId: '1' };
  const request = { ...asked, denial: undefined, canary: undefined, lastEventId: undefined, bufferedEvents: 5 };
  const group = new LiveGroup(first as unknown as Generation, request as never, {
    engine: engine as unknown as Engine,
    sourceKey: ({ call }) => call.query,
    openSource: async ({ call }, _scope, listener) => {
      listeners.push(listener);
      return { key: call.query, position: () => undefined, replay: async () => undefined, close() {} };
    },
    inTurn: (_group, work) => void turns.push(work),
    ...{ deadlineMs: 1000, count() {}, ended() {} },
    log: createLogger({ service: 'gateway', level: 'silent' }),
    tracer: trace.getTracer('test'),
  });
  await group.opened;
  const live = await group.join(request as never);
  const move = () => group.moveTo(next as unknown as Generation);
  return { first, next, group, live, move, listeners, turns, execute, subscription };
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

it.each([
  ['is retired', 'nothing is left of it', new CodedError('UNAUTHORIZED_FIELD_OR_TYPE'), 'retired'],
  ['fails', 'it cannot be planned now', new CodedError('SERVICE_UNAVAILABLE'), 'source-failed'],
])('%s where %s', async (_ends, _why, error, end) => {
  const { first, next, move, live, subscription } = await startGroup();
  subscription.mockRejectedValueOnce(error);
  await move();
  expect(live.end).toBe(end);
  if (end === 'source-failed') await expect(live.next()).rejects.toMatchObject({ code: 'SUBSCRIPTION_UNAVAILABLE' });
  expect([first.users(), next.users()]).toEqual([0, 0]);
});
