import { setImmediate as nextTurn } from 'node:timers/promises';
import { context, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { startEntrySpan } from '../tracing/context.ts';
import { createTracing, tracingConfig } from '../tracing/tracing.ts';
import { createLogger } from './logger.ts';

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
  const { tracer } = await createTracing('orders', tracingConfig.parse({}));
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
