import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { expect, onTestFinished, test, vi } from 'vitest';
import { recordSpans } from '../testing/recorded-spans.ts';
import { headSampled } from './head-sampling.ts';
import { parentFrom } from './remote-parent.ts';

const { tracer, take } = recordSpans();
const under = (flags: string) => {
  const parent = parentFrom(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-${flags}`);
  if (parent === undefined) throw new Error('no parent');
  return trace.setSpanContext(ROOT_CONTEXT, parent);
};

test('of the traces that begin here a share is recorded, and of nothing else is the tracer asked', () => {
  const startSpan = vi.spyOn(tracer, 'startSpan');
  const draw = vi.spyOn(Math, 'random');
  onTestFinished(() => void vi.restoreAllMocks());
  const sampled = headSampled(tracer, 0.25);
  for (const drawn of [0.1, 0.24, 0.25, 0.9]) {
    draw.mockReturnValue(drawn);
    sampled.startSpan(`${drawn}`, {}, ROOT_CONTEXT).end();
  }
  expect(take().map(({ name }) => name)).toEqual(['0.1', '0.24']);
  expect(startSpan).toHaveBeenCalledTimes(2);
});

test('what the caller decided holds, whatever the share', () => {
  headSampled(tracer, 0).startSpan('entry', {}, under('01')).end();
  expect(take()).toMatchObject([{ traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16) }]);
  const span = headSampled(tracer, 1).startSpan('entry', {}, under('00'));
  span.end();
  expect(span.isRecording()).toBe(false);
  expect(span.spanContext().traceId).toBe('a'.repeat(32));
  expect(take()).toEqual([]);
});

test('what is inside of what is recorded is, too', () => {
  const sampled = headSampled(tracer, 0);
  const entry = sampled.startSpan('entry', {}, under('01'));
  context.with(trace.setSpan(ROOT_CONTEXT, entry), () => sampled.startSpan('inner').end());
  entry.end();
  expect(take().map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
    ['inner', entry.spanContext().spanId],
    ['entry', 'b'.repeat(16)],
  ]);
});
