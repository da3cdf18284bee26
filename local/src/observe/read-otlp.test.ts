import { expect, test } from 'vitest';
import { OtlpError, readOtlp } from './read-otlp.ts';
import { spanIdOf, traceIdOf } from './testing/span-of.ts';

const wire = {
  traceId: traceIdOf(1),
  spanId: spanIdOf(2),
  parentSpanId: spanIdOf(1),
  name: 'GET /',
  kind: 2,
  startTimeUnixNano: '1700000000000123456',
  endTimeUnixNano: '1700000000001623456',
  status: { code: 2 },
  attributes: [
    { key: 'text', value: { stringValue: 'a' } },
    { key: 'whole', value: { intValue: '42' } },
    { key: 'huge', value: { intValue: '9223372036854775807' } },
    { key: 'share', value: { doubleValue: 0.5 } },
    { key: 'yes', value: { boolValue: true } },
    { key: 'list', value: { arrayValue: { values: [{ stringValue: 'b' }, { intValue: 1 }] } } },
    { key: 'map', value: { kvlistValue: { values: [{ key: 'c', value: { boolValue: false } }] } } },
    { key: '__proto__', value: { stringValue: 'plain' } },
    { key: 'nothing', value: {} },
  ],
  events: [{ name: 'retry', timeUnixNano: '1700000000001123456', attributes: [] }],
  links: [{ traceId: traceIdOf(7), spanId: spanIdOf(8), attributes: [] }, { traceId: 'bad' }],
};

const bodyOf = (...spans: object[]) =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] },
        scopeSpans: [{ spans }],
      },
    ],
  });

const one = (change: object) => readOtlp(bodyOf({ ...wire, ...change }));

test('a span is read whole', () => {
  expect(readOtlp(bodyOf(wire))).toEqual({
    rejected: 0,
    spans: [
      {
        traceId: traceIdOf(1),
        spanId: spanIdOf(2),
        parentSpanId: spanIdOf(1),
        service: 'orders',
        name: 'GET /',
        kind: 'server',
        startMs: 1_700_000_000_000.123,
        durationMs: expect.closeTo(1.5, 3),
        isError: true,
        attributes: Object.fromEntries([
          ['text', 'a'],
          ['whole', 42],
          ['huge', '9223372036854775807'],
          ['share', 0.5],
          ['yes', true],
          ['list', '["b",1]'],
          ['map', '{"c":false}'],
          ['__proto__', 'plain'],
          ['nothing', '{}'],
        ]),
        events: [{ name: 'retry', atMs: 1_700_000_000_001.123, attributes: {} }],
        links: [{ traceId: traceIdOf(7), spanId: spanIdOf(8), attributes: {} }],
      },
    ],
  });
});

test.each([
  ['no trace id', { traceId: undefined }],
  ['a trace id of zeros', { traceId: '0'.repeat(32) }],
  ['a span id that is too short', { spanId: 'ab' }],
  ['a span id with markup', { spanId: '<img src=x>12345' }],
  ['no start', { startTimeUnixNano: undefined }],
  ['an end that is no number', { endTimeUnixNano: 'soon' }],
])('a span with %s is counted and left out', (_what, change) => {
  expect(one(change)).toEqual({ spans: [], rejected: 1 });
});

test('what may be missing is missing, and what is odd is harmless', () => {
  const odd = {
    parentSpanId: '',
    kind: 77,
    status: null,
    name: 12,
    attributes: 'none',
    events: [null],
    links: {},
    endTimeUnixNano: '1',
  };
  const { spans } = one(odd);
  expect(spans[0]).toMatchObject({
    parentSpanId: undefined,
    kind: 'internal',
    isError: false,
    name: '',
    attributes: {},
    events: [],
    links: [],
    durationMs: 0,
  });
  expect(readOtlp('{}')).toEqual({ spans: [], rejected: 0 });
});

test('long texts and lists are cut, deep values end', () => {
  const deep = (depth: number): object =>
    depth === 0 ? { stringValue: 'x' } : { arrayValue: { values: [deep(depth - 1)] } };
  const { spans } = one({
    name: 'n'.repeat(1000),
    attributes: [
      { key: 'sql', value: { stringValue: 's'.repeat(100_000) } },
      { key: 'deep', value: deep(50) },
      ...Array.from({ length: 500 }, (_, index) => ({ key: `k${index}`, value: { intValue: index } })),
    ],
  });
  expect(spans[0]?.name).toHaveLength(201);
  expect(String(spans[0]?.attributes.sql)).toHaveLength(8193);
  expect(spans[0]?.attributes.deep).toBe('[[[["…"]]]]');
  expect(Object.keys(spans[0]?.attributes ?? {})).toHaveLength(64);
});

test.each([
  ['text', 'The body is no JSON.'],
  ['', 'The body is no JSON.'],
  ['[]', 'The body is no object with resourceSpans.'],
  ['null', 'The body is no object with resourceSpans.'],
  ['{"resourceSpans":{}}', 'resourceSpans is no list of objects.'],
  ['{"resourceSpans":[{"scopeSpans":[1]}]}', 'scopeSpans is no list of objects.'],
  ['{"resourceSpans":[{"scopeSpans":[{"spans":"x"}]}]}', 'spans is no list of objects.'],
])('%j is refused with what is wrong', (body, message) => {
  expect(() => readOtlp(body)).toThrow(new OtlpError(message));
});
