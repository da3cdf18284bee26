import { context, type SpanContext, trace } from '@opentelemetry/api';
import { TraceState } from '@opentelemetry/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { recordSpans } from '../testing/recorded-spans.ts';
import { silentParts } from '../testing/silent-parts.ts';
import { currentTraceHeaders, currentTraceparent, linkActiveSpan, startEntrySpan } from './context.ts';
import { createTracing, inEntrySpan, inSpan, tracingConfig } from './tracing.ts';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('while tracing is off', () => {
  let tracer: Awaited<ReturnType<typeof createTracing>>['tracer'];
  beforeAll(async () => {
    ({ tracer } = await createTracing('test', tracingConfig.parse({}), silentParts()));
  });
  const handedOn = (traceparent: string | undefined) =>
    context.with(startEntrySpan(tracer, 'entry', traceparent, {}), currentTraceparent);

  test("the caller's traceparent is handed on, its sampled flag with it", () => {
    expect(handedOn(PARENT)).toBe(PARENT);
    expect(handedOn(PARENT.replace(/01$/, '00'))).toBe(PARENT.replace(/01$/, '00'));
  });

  test('a new trace begins without one, not sampled', () => {
    const [first, second] = [handedOn(undefined), handedOn(undefined)];
    expect(first).toMatch(/^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-00$/);
    expect(second).not.toBe(first);
  });

  test.each([
    '',
    'garbage',
    PARENT.toUpperCase(),
    `${PARENT}-extra`,
    PARENT.replace('00-', 'ff-'),
    PARENT.replace('0af7651916cd43dd8448eb211c80319c', '0'.repeat(32)),
    PARENT.replace('b7ad6b7169203331', '0'.repeat(16)),
    `${PARENT}\r\nx-evil: 1`,
    `${PARENT}, ${PARENT}`,
  ])('%j is not taken for one', (traceparent) => {
    expect(handedOn(traceparent)).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
    expect(handedOn(traceparent)).not.toContain('0af7651916cd43dd8448eb211c80319c');
  });

  test('the tracestate goes along, to where the trace does', () => {
    const parent = {
      ...trace.getSpanContext(startEntrySpan(tracer, 'x', PARENT, {})),
      traceState: new TraceState('a=1'),
    };
    const entry = startEntrySpan(tracer, 'entry', parent as SpanContext, {});
    expect(context.with(entry, currentTraceHeaders)).toEqual({ traceparent: PARENT, tracestate: 'a=1' });
  });

  test('work inside keeps the trace, and outside there is none', async () => {
    await context.with(startEntrySpan(tracer, 'entry', PARENT, {}), () =>
      inSpan(tracer, 'inner', {}, async () => expect(trace.getActiveSpan()?.spanContext().traceId).toContain('0af765')),
    );
    expect(currentTraceparent()).toBeUndefined();
  });
});

test('what goes on with another trace is linked to it, and not to its own', async () => {
  const { tracer, take } = recordSpans();
  const other = PARENT.replace('0af7651916cd43dd8448eb211c80319c', 'c'.repeat(32));
  await inEntrySpan(tracer, 'report', PARENT, {}, async () => {
    for (const each of [other, PARENT, null, 'garbage']) linkActiveSpan(each);
  });
  expect(take()[0]?.links).toEqual([{ traceId: 'c'.repeat(32), spanId: 'b7ad6b7169203331' }]);
  expect(() => linkActiveSpan(other)).not.toThrow();
});
