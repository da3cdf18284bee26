import { setImmediate as nextTurn } from 'node:timers/promises';
import { context, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { silentParts } from '../testing/silent-parts.ts';
import { enableContextPropagation, startEntrySpan } from '../tracing/context.ts';
import { createTracing, tracingConfig } from '../tracing/tracing.ts';
import { createLogger } from './logger.ts';
import { type AccessFields, inOperation } from './operation-context.ts';

function recorded() {
  const lines: string[] = [];
  const log = createLogger({ service: 'orders', destination: { write: (line) => lines.push(line) } });
  return { log, lines: () => lines.map((line) => JSON.parse(line)) };
}

test('a line is JSON with its time, level, service and message', () => {
  const { log, lines } = recorded();
  log.warn({ a: 1 }, 'text %d', 5);
  log.debug('not at this level');
  expect(lines()).toEqual([
    { level: 'warn', time: expect.stringMatching(/^\d{4}-.*Z$/), service: 'orders', a: 1, message: 'text 5' },
  ]);
});

test('lines of interleaved requests keep their own trace ids across awaits, timers and errors', async () => {
  const { log, lines } = recorded();
  const { tracer } = await createTracing('orders', tracingConfig.parse({}), silentParts());
  const request = async (id: string) => {
    const entry = startEntrySpan(tracer, 'request', undefined, {});
    await context.with(entry, async () => {
      for (let turn = 0; turn < 3; turn++) {
        await nextTurn();
        log.info({ id }, 'turn');
      }
      await Promise.reject(new Error('x')).catch((err: unknown) => log.error({ id, err }, 'failed'));
    });
    return trace.getSpanContext(entry)?.traceId;
  };
  const traceIds = await Promise.all(['a', 'b', 'c'].map(request));
  expect(new Set(traceIds).size).toBe(3);
  for (const [index, id] of ['a', 'b', 'c'].entries()) {
    const own = lines().filter((line) => line.id === id);
    expect(own.map((line) => line.trace_id)).toEqual(Array(4).fill(traceIds[index]));
    expect(own[0].span_id).toMatch(/^[\da-f]{16}$/);
  }
  log.info('outside');
  expect(lines().at(-1)).not.toHaveProperty('trace_id');
});

test('lines of interleaved requests say whose operation it is, as much as is known by then, and no others do', async () => {
  const { log, lines } = recorded();
  enableContextPropagation();
  const request = (requestId: string, client: string) => {
    const fields: AccessFields = { client, denied: 3 };
    return inOperation({ requestId, fields }, async () => {
      log.info('early');
      await nextTurn();
      Object.assign(fields, {
        operation: `Of${client}`,
        operation_type: 'query',
        client_version: '1',
        line: '2',
        user: 'u',
      });
      await nextTurn();
      log.child({ a: 1 }).warn('late');
      log.info({ request_id: requestId, operation: 'Own' }, 'of its own');
    });
  };
  await Promise.all([request('r1', 'web'), request('r2', 'app')]);
  log.info('outside');
  const each = { level: 'info', time: expect.any(String), service: 'orders' };
  const known = { operation_type: 'query', client_version: '1', line: '2', user: 'u' };
  for (const [request_id, client] of [
    ['r1', 'web'],
    ['r2', 'app'],
  ]) {
    expect(lines().filter((line) => line.request_id === request_id)).toEqual([
      { ...each, request_id, client, message: 'early' },
      { ...each, level: 'warn', a: 1, request_id, client, ...known, operation: `Of${client}`, message: 'late' },
      { ...each, request_id, client, ...known, operation: 'Own', message: 'of its own' },
    ]);
  }
  expect(lines().at(-1)).toEqual({ ...each, message: 'outside' });
});

test('an error keeps its type and its causes apart', () => {
  const { log, lines } = recorded();
  const error = new TypeError('no', { cause: new RangeError('why') });
  log.error({ err: error }, 'failed');
  log.error(error);
  log.child({ a: 1 }).error({ err: error }, 'failed');
  for (const { err } of lines()) {
    expect(err).toMatchObject({ type: 'TypeError', message: 'no', cause: { type: 'RangeError', message: 'why' } });
    expect(err.stack[0]).toMatch(/^at /);
  }
});
