import { describe, expect, test } from 'vitest';
import { remoteParentOf } from './remote-parent.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const OTHER = 'c'.repeat(32);
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;
const parent = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, isRemote: true };
const multi = (over: Record<string, string> = {}) => ({
  'x-b3-traceid': TRACE_ID,
  'x-b3-spanid': SPAN_ID,
  'x-b3-sampled': '1',
  ...over,
});

describe('the parent that a request names', () => {
  test.each([
    ['W3C Trace Context', { traceparent: TRACEPARENT }],
    ['B3 in one header', { b3: `${TRACE_ID}-${SPAN_ID}-1` }],
    ['B3 in one header, with a parent', { b3: `${TRACE_ID}-${SPAN_ID}-1-${'a'.repeat(16)}` }],
    ['B3 to be debugged', { b3: `${TRACE_ID}-${SPAN_ID}-d` }],
    ['B3 in several headers', multi()],
    ['B3 in several headers, to be debugged', multi({ 'x-b3-sampled': '0', 'x-b3-flags': '1' })],
    [
      'W3C rather than B3',
      { traceparent: TRACEPARENT, b3: `${OTHER}-${SPAN_ID}-0`, ...multi({ 'x-b3-traceid': OTHER }) },
    ],
    ['B3 where W3C is not valid', { traceparent: '00-x', b3: `${TRACE_ID}-${SPAN_ID}-1` }],
  ])('is read from %s', (_, headers) => {
    expect(remoteParentOf(headers)).toEqual(parent);
  });

  test.each([
    ['B3 that decides against it', { b3: `${TRACE_ID}-${SPAN_ID}-0` }],
    ['B3 without a decision', { b3: `${TRACE_ID}-${SPAN_ID}` }],
    ['B3 in several headers without a decision', { 'x-b3-traceid': TRACE_ID, 'x-b3-spanid': SPAN_ID }],
  ])('is not sampled: %s', (_, headers) => {
    expect(remoteParentOf(headers)).toEqual({ ...parent, traceFlags: 0 });
  });

  test('has 64 bits more where B3 has 64', () => {
    const short = TRACE_ID.slice(16);
    const long = `${'0'.repeat(16)}${short}`;
    expect(remoteParentOf({ b3: `${short}-${SPAN_ID}-1` })?.traceId).toBe(long);
    expect(remoteParentOf(multi({ 'x-b3-traceid': short }))?.traceId).toBe(long);
  });

  test.each([
    ['nothing', {}],
    ['b3: 0', { b3: '0' }],
    ['zeros', { b3: `${'0'.repeat(32)}-${SPAN_ID}-1` }],
    ['capitals', multi({ 'x-b3-traceid': TRACE_ID.toUpperCase() })],
    ['a trace without a span', { 'x-b3-traceid': TRACE_ID }],
    ['garbage', multi({ 'x-b3-spanid': 'drop table' })],
  ])('is none: %s', (_, headers) => {
    expect(remoteParentOf(headers)).toBeUndefined();
  });

  test('brings its tracestate, within the limits of W3C, and none of B3', () => {
    const many = Array.from({ length: 40 }, (_, index) => `k${index}=v`).join(',');
    const stateOf = (headers: Record<string, string>) => remoteParentOf(headers)?.traceState?.serialize();
    expect(stateOf({ traceparent: TRACEPARENT, tracestate: 'a=1,b=2' })).toBe('a=1,b=2');
    expect(stateOf({ traceparent: TRACEPARENT, tracestate: many })?.split(',')).toHaveLength(32);
    expect(stateOf({ traceparent: TRACEPARENT, tracestate: 'no\u0000sense' })).toBe('');
    expect(stateOf({ traceparent: '00-x', tracestate: 'a=1' })).toBeUndefined();
    expect(stateOf({ b3: `${TRACE_ID}-${SPAN_ID}-1`, tracestate: 'a=1' })).toBeUndefined();
  });
});
