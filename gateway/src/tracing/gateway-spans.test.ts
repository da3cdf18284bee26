import { contractBreaches, startTraceCollector, type TraceCollector, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { gatewayConfig } from '../config/gateway-config.ts';
import { json } from '../testing/fake-subgraph.ts';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

const TRACE_ID = 'a'.repeat(32);
const SPAN_ID = 'b'.repeat(16);
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;

describe('the spans of a request', () => {
  let collector: TraceCollector;
  beforeAll(async () => {
    collector = await startTraceCollector();
  });
  beforeEach(() => void collector.spans.splice(0));
  afterAll(() => collector.close());

  /** What was exported of all that was asked of a gateway. */
  async function traced(
    work: (gateway: TestGateway) => Promise<unknown>,
    config: z.input<typeof gatewayConfig> = {},
    tracing: object = {},
  ) {
    const gateway = await startTestGateway({
      ...config,
      tracing: { enabled: true, endpoint: collector.endpoint, ...tracing },
    });
    await work(gateway);
    await gateway.stop();
    expect(contractBreaches(collector.spans)).toEqual([]);
    return (name: string) => collector.spans.filter((span) => span.name === name);
  }

  it('say where a subgraph is, what was asked for and what came', async () => {
    let port = 0;
    const named = await traced(async (gateway) => {
      port = Number(new URL(gateway.reviews.url).port);
      await gateway.ask('{ books { rating } }');
    });
    expect(named('fetch reviews')).toMatchObject([
      {
        kind: 'CLIENT',
        hasFailed: false,
        attributes: {
          'graphql.subgraph.name': 'reviews',
          'graphql.subgraph.entities': 3,
          'http.request.method': 'POST',
          'http.response.status_code': 200,
          'http.response.body.size': expect.any(Number),
          'server.address': '127.0.0.1',
          'server.port': port,
        },
      },
    ]);
  });

  it('say by which outcome a fetch failed, and count the errors of an answer', async () => {
    const named = await traced(async (gateway) => {
      gateway.reviews.answerWith((_request, response) => response.writeHead(200).end('no JSON: canary'));
      await gateway.ask('{ books { rating } }');
      gateway.books.answerWith(json({ data: { books: [{ title: 'x' }] }, errors: [{ message: 'canary' }] }));
      await gateway.ask('{ books { title } }');
    });
    expect(named('fetch reviews')).toMatchObject([{ hasFailed: true, attributes: { 'error.type': 'invalid' } }]);
    const [fine, failing] = named('fetch books');
    expect(fine?.attributes).not.toHaveProperty('graphql.errors.count');
    expect(failing).toMatchObject({ hasFailed: false, attributes: { 'graphql.errors.count': 1 } });
    // What is ours to answer for has failed, though the status is 200: by that it is kept, and found.
    const failed = { hasFailed: true, attributes: { 'error.type': 'SUBGRAPH_RESPONSE_INVALID' } };
    const other = { hasFailed: true, attributes: { 'error.type': 'INTERNAL_SERVER_ERROR' } };
    expect(named('graphql.execute')).toMatchObject([
      { ...failed, attributes: { ...failed.attributes, 'graphql.errors.count': 3 } },
      { ...other, attributes: { ...other.attributes, 'graphql.errors.count': 1 } },
    ]);
    expect(named('POST /graphql')).toMatchObject([failed, other]);
    expect(JSON.stringify(collector.spans)).not.toContain('canary');
  });

  it('tell of a fetch that was sent once more', async () => {
    const named = await traced(async (gateway) => {
      await gateway.books.close();
      await gateway.ask('{ books { title } }');
    });
    expect(named('fetch books')).toMatchObject([
      {
        hasFailed: true,
        events: ['retry'],
        attributes: { 'http.request.resend_count': 1, 'error.type': 'unavailable' },
      },
    ]);
  });

  it('tell of fetches that an identical one in flight answered, each in its own trace', async () => {
    const named = await traced(
      async (gateway) => {
        const waiting: (() => void)[] = [];
        await gateway.ask('{ books { title } }');
        gateway.books.answerWith((request, response) => {
          waiting.push(() => json({ data: { books: [] } })(request, response));
        });
        collector.spans.length = 0;
        const before = gateway.books.requests.length;
        const asked = [1, 2, 3].map(() => gateway.ask('{ books { title } }'));
        await until('the request', () => waiting.length === 1);
        // Whoever is not there yet joins as well: the answer waits for nobody by itself.
        await until('all to be there', async () => (await gateway.send({}, '?query={__typename}')).ok);
        for (const answer of waiting) answer();
        await Promise.all(asked);
        expect(gateway.books.requests.length - before).toBe(1);
      },
      { sharing: { inbound: false, subgraph: true } },
    );
    const fetches = named('fetch books').filter(({ parentSpanId }) =>
      named('graphql.execute').some(({ spanId }) => spanId === parentSpanId),
    );
    const shared = fetches.filter(({ attributes }) => attributes['graphql.subgraph.shared'] === true);
    expect(shared).toHaveLength(2);
    expect(new Set(fetches.map(({ traceId }) => traceId)).size).toBe(fetches.length);
    for (const { attributes } of shared) expect(attributes).not.toHaveProperty('http.response.status_code');
  });

  it('tell of an answer that another request’s execution gave', async () => {
    const named = await traced(
      async (gateway) => {
        await gateway.ask('{ books { title } }');
        const waiting: (() => void)[] = [];
        gateway.books.answerWith((request, response) => {
          waiting.push(() => json({ data: { books: [] } })(request, response));
        });
        const asked = [1, 2].map(() => gateway.ask('{ books { title } }'));
        await until('the request', () => waiting.length === 1);
        await until('all to be there', async () => (await gateway.send({}, '?query={__typename}')).ok);
        for (const answer of waiting) answer();
        await Promise.all(asked);
      },
      { sharing: { inbound: true, subgraph: false } },
    );
    expect(named('graphql.execute').filter(({ attributes }) => attributes['graphql.execute.shared'])).toHaveLength(1);
  });

  it('tell of an answer that was the same as the last one', async () => {
    const data = { books: Array.from({ length: 300 }, (_, index) => ({ title: `title ${index}` })) };
    const named = await traced(async (gateway) => {
      gateway.books.answerWith(json({ data }));
      for (let time = 0; time < 4; time++) await gateway.ask('{ books { title } }');
    });
    const replayed = named('fetch books').map(({ attributes }) => attributes['graphql.subgraph.replayed'] === true);
    expect(replayed[0]).toBe(false);
    expect(replayed.at(-1)).toBe(true);
  });

  it('leave what a client does wrong unfailed, and name it', async () => {
    const named = await traced(async (gateway) => {
      await gateway.ask('{ canary(');
      await gateway.ask('{ canary }');
      await gateway.ask('{ denied }');
    });
    expect(collector.spans.filter(({ hasFailed }) => hasFailed)).toEqual([]);
    const types = named('graphql.parse').map(({ attributes }) => attributes['error.type']);
    expect(types).toEqual(['GRAPHQL_PARSE_FAILED', undefined, undefined]);
    expect(named('graphql.execute').map(({ attributes }) => attributes['error.type'])).toEqual(['FORBIDDEN']);
    // The request's own spans, by which a search for errors finds them.
    expect(named('POST /graphql').map(({ attributes }) => attributes['error.type'])).toEqual([
      'GRAPHQL_PARSE_FAILED',
      'GRAPHQL_VALIDATION_FAILED',
      'FORBIDDEN',
    ]);
    expect(JSON.stringify(collector.spans)).not.toContain('canary');
  });

  it('name no operation of a batch, as there are several', async () => {
    const named = await traced(
      async (gateway) => {
        const body = JSON.stringify(['A', 'B'].map((name) => ({ query: `query ${name} { books { title } }` })));
        await gateway.send({ method: 'POST', headers: { 'content-type': 'application/json' }, body });
      },
      { batching: { enabled: true } },
    );
    expect(named('POST /graphql')).toHaveLength(1);
    expect(named('POST /graphql')[0]?.attributes).not.toHaveProperty('graphql.operation.name');
  });

  it.each([
    ['W3C Trace Context', { traceparent: TRACEPARENT }],
    ['B3 in one header', { b3: `${TRACE_ID}-${SPAN_ID}-1` }],
    ['B3 in several', { 'x-b3-traceid': TRACE_ID, 'x-b3-spanid': SPAN_ID, 'x-b3-sampled': '1' }],
  ])('go on with the trace of who asks, by %s', async (_, headers) => {
    let sent: object = {};
    const named = await traced(async (gateway) => {
      await gateway.ask('{ books { title } }', { headers });
      sent = gateway.books.requests[0]?.headers ?? {};
    });
    expect(named('POST /graphql')).toMatchObject([{ traceId: TRACE_ID, parentSpanId: SPAN_ID }]);
    expect(sent).toMatchObject({ traceparent: `00-${TRACE_ID}-${named('fetch books')[0]?.spanId}-01` });
    expect(Object.keys(sent).filter((name) => name.includes('b3'))).toEqual([]);
  });

  it.each([
    ['none', {}, []],
    ['what is listed', { baggage: ['tenant'] }, ['tenant=blue']],
  ])('take of the baggage %s along', async (_, tracing, expected) => {
    await traced(
      async (gateway) => {
        const headers = { baggage: 'user=ada,tenant=blue;p=1', tracestate: 'a=1', traceparent: TRACEPARENT };
        await gateway.ask('{ books { title } }', { headers });
        const sent = gateway.books.requests[0]?.headers;
        // The gateway's own entries stand before it.
        const entries = String(sent?.baggage).split(',');
        expect(entries.filter((entry) => !entry.startsWith('graph.'))).toEqual(expected);
        expect(sent?.tracestate).toBe('a=1');
      },
      {},
      tracing,
    );
    expect(JSON.stringify(collector.spans)).not.toMatch(/\b(ada|blue)\b/);
  });

  it('are none where it was decided against them, and the trace goes on all the same', async () => {
    await traced(async (gateway) => {
      await gateway.ask('{ books { title } }', { headers: { traceparent: TRACEPARENT.replace(/01$/, '00') } });
      expect(gateway.books.requests[0]?.headers.traceparent).toMatch(new RegExp(`^00-${TRACE_ID}-[\\da-f]{16}-00$`));
    });
    expect(collector.spans).toEqual([]);
  });
});
