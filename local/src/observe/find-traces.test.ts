import { expect, test } from 'vitest';
import { findTraces, type TraceFilter } from './find-traces.ts';
import type { Span } from './span.ts';
import { spanOf, traceIdOf } from './testing/span-of.ts';
import { TraceStore } from './trace-store.ts';

const operation = (name: string, attributes: Span['attributes'] = {}): Partial<Span> => ({
  kind: 'server',
  attributes: { 'graphql.operation.type': 'query', 'graphql.operation.name': name, ...attributes },
});

const store = new TraceStore();
store.add([
  spanOf({ trace: 1, id: 1, startMs: 1, durationMs: 5, ...operation('Browse', { 'http.response.status_code': 200 }) }),
  spanOf({ trace: 1, id: 2, parent: 1, service: 'inventory', startMs: 2 }),
  spanOf({
    trace: 2,
    id: 1,
    startMs: 2,
    durationMs: 500,
    ...operation('Slow', { 'http.response.header.x-request-id': 'Req-7' }),
  }),
  spanOf({ trace: 3, id: 1, startMs: 3, ...operation('Refused', { 'error.type': 'TOKEN_INVALID' }) }),
  spanOf({ trace: 4, id: 1, startMs: 4, ...operation('Broken', { 'graphql.client.name': 'storefront' }) }),
  spanOf({ trace: 4, id: 2, parent: 1, startMs: 5, isError: true }),
  spanOf({ trace: 5, id: 1, startMs: 5, kind: 'consumer', name: 'process placed', service: 'inventory' }),
  spanOf({ trace: 6, id: 1, startMs: 6, name: 'prune' }),
]);

const found = (filter: TraceFilter) =>
  findTraces(store, filter).traces.map(({ traceId }) => Number.parseInt(traceId, 16));

test.each<[string, TraceFilter, number[]]>([
  ['only requests, newest first', {}, [4, 3, 2, 1]],
  ['what runs in the background too', { withBackground: true }, [6, 5, 4, 3, 2, 1]],
  ['by part of an operation', { text: ' bro ' }, [4, 1]],
  ['by service', { text: 'inventory' }, [1]],
  ['by client', { text: 'storefront' }, [4]],
  ['by the code of an error', { text: 'token_invalid' }, [3]],
  ['by trace id, whatever it is', { text: traceIdOf(6) }, [6]],
  ['by request id', { text: 'req-7' }, [2]],
  ['what failed or was refused', { onlyErrors: true }, [4, 3]],
  ['what was slow', { slowerThanMs: 100 }, [2]],
  ['nothing', { text: 'no such thing' }, []],
])('finds %s', (_what, filter, expected) => {
  expect(found(filter)).toEqual(expected);
});

test('an id of a request that is written as a header, in a list', () => {
  const other = new TraceStore();
  other.add([spanOf({ id: 1, attributes: { 'http.request.header.x-request-id': '["a-1"]' } })]);
  expect(findTraces(other, { text: 'a-1' }).traces).toHaveLength(1);
});

test('one line tells of the first span, and of all', () => {
  expect(findTraces(store, { text: 'browse' }).traces).toEqual([
    {
      traceId: traceIdOf(1),
      begins: 'request',
      name: 'Browse',
      operationType: 'query',
      client: undefined,
      startMs: 1,
      durationMs: 5,
      status: 200,
      errorType: undefined,
      errors: 0,
      spans: 2,
      services: ['gateway', 'inventory'],
    },
  ]);
});

test('the first span may have a parent outside, and come last', () => {
  const other = new TraceStore();
  other.add([spanOf({ id: 3, parent: 2, startMs: 4, kind: 'client', service: 'orders' })]);
  expect(findTraces(other, {}).traces).toEqual([]);
  other.add([spanOf({ id: 2, parent: 99, startMs: 1, ...operation('Asked') })]);
  expect(findTraces(other, {}).traces).toMatchObject([{ name: 'Asked', spans: 2 }]);
});

test('no more than 200 are told, and how many more there are', () => {
  const many = new TraceStore();
  for (let trace = 1; trace <= 250; trace++) {
    many.add([spanOf({ trace, id: 1, startMs: trace, ...operation('Asked') })]);
  }
  const { traces, leftOut } = findTraces(many, {});
  expect(leftOut).toBe(50);
  expect(traces).toHaveLength(200);
  expect(traces[0]?.traceId).toBe(traceIdOf(250));
});
