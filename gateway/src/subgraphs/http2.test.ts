import { once } from 'node:events';
import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { trace } from '@opentelemetry/api';
import { anonymous, createLogger, createMetrics } from '@tributary/service-kit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestGateway } from '../testing/test-gateway.ts';
import { SubgraphClient } from './subgraph-client.ts';

const CALLS = 50;

let server: Http2Server;
let sessions = 0;
const clients: SubgraphClient[] = [];

/** A subgraph that speaks HTTP/2 without TLS, and nothing else. It answers with what it was asked. */
beforeEach(async () => {
  sessions = 0;
  server = createServer((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const { query } = JSON.parse(body);
      response.setHeader('content-type', 'application/json');
      if (query === '{ hang }') return;
      response.end(
        JSON.stringify({ data: { query, version: request.httpVersion, id: request.headers['x-request-id'] } }),
      );
    });
  });
  server.on('session', () => sessions++);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  server.close();
});

function client(http2: boolean | undefined, maxResponseBytes = 1024): SubgraphClient {
  const made = new SubgraphClient('books', `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, {
    limits: { timeoutMs: 1000, maxResponseBytes, connections: 1 },
    http2,
    issuer: undefined,
    log: createLogger({ service: 'gateway', level: 'silent' }),
    metrics: createMetrics({ service: 'gateway', processMetrics: false }),
    tracer: trace.getTracer('gateway'),
  });
  clients.push(made);
  return made;
}

const ask = (from: SubgraphClient, query: string) =>
  from.ask(
    { subgraph: 'books', query, variables: '{}', types: ['Query'], entities: undefined, places: 0 },
    { requestId: 'r1', identity: anonymous, deadlineMs: performance.now() + 5000 },
  );

it('a subgraph is asked over HTTP/2 without TLS where it is configured so, on one connection', async () => {
  const books = client(true);
  const queries = Array.from({ length: CALLS }, (_, index) => `{ book${index} }`);
  const answers = await Promise.all(queries.map((query) => ask(books, query)));
  expect(answers.map(({ data }) => data)).toEqual(queries.map((query) => ({ query, version: '2.0', id: 'r1' })));
  expect(sessions).toBe(1);
});

it('deadlines and limits hold there too, and leave the others on the connection alone', async () => {
  const books = client(true, 60);
  const [late, large, fine] = await Promise.all([
    ask(books, '{ hang }'),
    ask(books, `{ ${'long'.repeat(20)} }`),
    ask(books, '{ a }'),
  ]);
  expect(late.errors).toEqual([expect.objectContaining({ extensions: { code: 'DEADLINE_EXCEEDED' } })]);
  expect(large.errors).toEqual([expect.objectContaining({ extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' } })]);
  expect(fine.data).toMatchObject({ query: '{ a }' });
  expect((await ask(books, '{ b }')).data).toMatchObject({ query: '{ b }' });
  expect(sessions).toBe(1);
});

it.each([undefined, false])('elsewhere an http:// URL is HTTP/1.1: %s', async (http2) => {
  const { errors } = await ask(client(http2), '{ a }');
  // What it says is no HTTP/1.1.
  expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' } })]);
});

it('the configuration says of which subgraph', async () => {
  await using gateway = await startTestGateway({ subgraphs: { reviews: { http2: true } } });
  const { data, errors } = await gateway.ask('{ book(isbn: "1") { title weight } }');
  expect(data).toEqual({ book: { title: 'Emma', weight: null } });
  expect(errors).toEqual([
    expect.objectContaining({ extensions: expect.objectContaining({ code: 'SUBGRAPH_UNAVAILABLE' }) }),
  ]);
});
