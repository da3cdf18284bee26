import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@tributary/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { json } from './testing/fake-subgraph.ts';
import { startTestGateway } from './testing/test-gateway.ts';

const CANARY = 'canary-4929-hunter2';

describe('a running gateway', () => {
  it('is ready once a supergraph is loaded, and says so where only the platform asks', async () => {
    await using gateway = await startTestGateway();
    const ready = await fetch(`${gateway.adminUrl}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', failing: [] }]);
    for (const path of ['/metrics', '/health/ready', '/health/live'])
      expect((await fetch(`${gateway.url}${path}`)).status).toBe(404);
  });

  it('counts operations and times fetches', async () => {
    await using gateway = await startTestGateway();
    await gateway.ask('{ books { rating } }');
    await gateway.ask('{ broken }');
    await gateway.ask('{ denied }');
    await gateway.ask('{ nothing }');
    await gateway.ask('mutation { addBook(title: "x") { isbn } }');
    await gateway.ask('{');
    gateway.reviews.answerWith((_request, response) => response.destroy());
    await gateway.ask('{ latestReviews { stars } }');
    gateway.books.answerWith((_request, response) => response.destroy());
    await gateway.ask('{ denied }');
    const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    const operations = (labels: string) =>
      Number(new RegExp(`graphql_operations_total{${labels},[^}]*} (\\d+)`).exec(text)?.[1] ?? 0);
    expect(operations('operation="other",type="query",outcome="success"')).toBe(0);
    expect(operations('operation="other",type="query",outcome="partial"')).toBe(3);
    expect(operations('operation="other",type="query",outcome="failure"')).toBe(1);
    expect(operations('operation="other",type="query",outcome="refused"')).toBe(2);
    expect(operations('operation="other",type="unknown",outcome="refused"')).toBe(1);
    expect(operations('operation="other",type="mutation",outcome="success"')).toBe(1);
    const errors = [...text.matchAll(/graphql_errors_total{code="(\w+)"[^}]*} ([1-9]\d*)/g)];
    expect(Object.fromEntries(errors.map(([, code, count]) => [code, Number(count)]))).toEqual({
      other: 1,
      INTERNAL_SERVER_ERROR: 1,
      FORBIDDEN: 1,
      GRAPHQL_VALIDATION_FAILED: 1,
      GRAPHQL_PARSE_FAILED: 1,
      SUBGRAPH_UNAVAILABLE: 2,
    });
    expect(text).toMatch(
      /graphql_subgraph_fetch_duration_seconds_count{[^}]*subgraph="reviews",outcome="unavailable"[^}]*} 1/,
    );
    expect(text).toMatch(/http_requests_total{method="POST",route="\/graphql",status="200"/);
  });

  it('keeps what is personal or secret out of its log, whatever happens to it', async () => {
    await using gateway = await startTestGateway({ log: { level: 'debug' } });
    const headers = {
      authorization: `Bearer ${CANARY}`,
      cookie: CANARY,
      'x-user-id': CANARY,
      'apollographql-client-name': `${CANARY}@example.com`,
      'content-type': 'application/json',
    };
    const variables = { v: CANARY, filter: { password: [CANARY] } };
    const documents = [
      'query A($v: Json) { echo(value: $v) }',
      `{ echo(value: "${CANARY}") }`,
      `{ echo(value: "${CANARY}" }`,
      `{ nothing(value: "${CANARY}") }`,
      'query ($filter: BookFilter) { find(filter: $filter) { isbn } }',
      'query A($v: Json) { echo(value: $v) broken }',
    ];
    for (const query of documents) await gateway.ask(query, { variables, headers });
    await gateway.send({ method: 'POST', headers, body: `{"query": ${CANARY}` });
    await gateway.send({}, `?query=${CANARY}&variables=${CANARY}`);
    gateway.books.answerWith(
      json({ errors: [{ message: CANARY, extensions: { code: 'INTERNAL_SERVER_ERROR', detail: CANARY } }] }),
    );
    await gateway.ask('query ($v: Json) { echo(value: $v) }', { variables });
    gateway.books.answerWith((_request, response) => response.end(CANARY));
    await gateway.ask('query ($v: Json) { echo(value: $v) }', { variables });
    expect(gateway.logLines.length).toBeGreaterThan(9);
    expect(gateway.logLines.join('')).not.toContain(CANARY);
    expect(await (await fetch(`${gateway.adminUrl}/metrics`)).text()).not.toContain(CANARY);
  });

  it('writes one line a request, with its trace, its id and what it was', async () => {
    await using gateway = await startTestGateway();
    const traceId = 'a'.repeat(32);
    await gateway.ask('query AllBooks { books { isbn } }', {
      headers: { 'x-request-id': 'r1', traceparent: `00-${traceId}-${'b'.repeat(16)}-01` },
    });
    const line = await until('the line', () =>
      gateway.logLines.map((text) => JSON.parse(text)).find(({ message }) => message === 'request'),
    );
    expect(line).toMatchObject({
      request_id: 'r1',
      trace_id: traceId,
      operation: 'AllBooks',
      operation_type: 'query',
      status: '200',
      route: '/graphql',
    });
    expect(gateway.books.requests[0]?.headers.traceparent).toContain(traceId);
  });

  it('traces parsing, validation, execution and each fetch, when it is told to', async () => {
    interface ExportedSpan {
      name: string;
      kind: number;
      traceId: string;
      spanId: string;
      parentSpanId?: string;
      attributes: { key: string; value: { intValue?: number; stringValue?: string } }[];
    }
    const spans: ExportedSpan[] = [];
    const attribute = (span: ExportedSpan | undefined, name: string) => {
      const value = span?.attributes.find(({ key }) => key === name)?.value;
      return value?.stringValue ?? value?.intValue;
    };
    const collector = createServer(async (incoming, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString());
      spans.push(...resourceSpans[0].scopeSpans[0].spans);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const gateway = await startTestGateway({
      tracing: { enabled: true, endpoint: `http://127.0.0.1:${(collector.address() as AddressInfo).port}` },
    });
    await gateway.ask('query Ratings { books { rating } }');
    await gateway.ask('query Ratings { books { rating } }');
    await gateway.stop();
    await new Promise((resolve) => collector.close(resolve));
    const [first, second] = Map.groupBy(spans, ({ traceId }) => traceId)
      .values()
      .toArray();
    const names = (list: typeof spans | undefined) => list?.map(({ name }) => name).sort();
    expect(names(first)).toEqual([
      'POST /graphql',
      'fetch books',
      'fetch reviews',
      'graphql.execute',
      'graphql.parse',
      'graphql.plan',
      'graphql.validate',
    ]);
    expect(names(second)).toEqual(['POST /graphql', 'fetch books', 'fetch reviews', 'graphql.execute']);
    const execute = first?.find(({ name }) => name === 'graphql.execute');
    const fetches = first?.filter(({ name }) => name.startsWith('fetch'));
    const CLIENT = 3;
    for (const fetch of fetches ?? []) expect(fetch).toMatchObject({ kind: CLIENT, parentSpanId: execute?.spanId });
    const entry = first?.find(({ name }) => name === 'POST /graphql');
    expect(attribute(entry, 'graphql.operation.type')).toBe('query');
    expect(attribute(entry, 'graphql.operation.name')).toBe('Ratings');
    const [root, entities] = ['books', 'reviews'].map((name) => fetches?.find((span) => span.name === `fetch ${name}`));
    expect(attribute(root, 'graphql.subgraph.entities')).toBeUndefined();
    expect(attribute(entities, 'graphql.subgraph.entities')).toBe(3);
    for (const fetch of [root, entities]) {
      expect(attribute(fetch, 'http.response.status_code')).toBe(200);
      expect(attribute(fetch, 'http.response.body.size')).toBeGreaterThan(10);
    }
    const traceparents = [gateway.books, gateway.reviews].map(({ requests }) => requests[0]?.headers.traceparent);
    expect(traceparents).toEqual(
      fetches?.sort((a, b) => a.name.localeCompare(b.name)).map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`),
    );
  });

  it('answers every request that has begun when it stops, and tells connections to close', async () => {
    const gateway = await startTestGateway();
    gateway.books.answerWith(
      (seen, response) => void setTimeout(() => json({ data: { books: [{ isbn: '1' }] } })(seen, response), 50),
    );
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const outcomes: string[] = [];
    let sawClose = false;
    const client = async () => {
      for (;;) {
        const outcome = await post(agent, `${gateway.url}/graphql`);
        outcomes.push(outcome);
        if (outcome === 'close') sawClose = true;
        if (outcome !== 'open') return;
      }
    };
    const clients = Promise.all(Array.from({ length: 8 }, client));
    await until('load', () => outcomes.length > 20);
    await gateway.stop();
    await clients;
    agent.destroy();
    expect(sawClose).toBe(true);
    expect(outcomes.filter((outcome) => !['open', 'close', 'ECONNREFUSED'].includes(outcome))).toEqual([]);
  });
});

/** How one request over a connection that is kept alive ended: by the answer's `connection`, or an error's code. */
function post(agent: Agent, url: string): Promise<string> {
  return new Promise((resolve) => {
    const sent = request(
      url,
      { agent, method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        response.resume().once('end', () => {
          if (response.statusCode !== 200) resolve(`status ${response.statusCode}`);
          else resolve(response.headers.connection === 'close' ? 'close' : 'open');
        });
      },
    );
    sent.once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
    sent.end('{"query":"{ books { isbn } }"}');
  });
}
