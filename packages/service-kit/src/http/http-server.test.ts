import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ErrorCode, errorCatalogue } from '../errors/catalogue.ts';
import { CodedError } from '../errors/coded-error.ts';
import { rawConnection } from '../testing/raw-connection.ts';
import { readMetrics } from '../testing/read-metrics.ts';
import { recordSpans } from '../testing/recorded-spans.ts';
import { startTestHttpServer, type TestHttpServer } from '../testing/test-http-server.ts';
import { until } from '../testing/until.ts';
import { currentTraceparent } from '../tracing/context.ts';

let server: TestHttpServer;
let hanging = 0;
const withOwnPattern = (app: FastifyInstance) =>
  app.get('/v:major/*', async (request) => {
    request.route = '/v1/items/{id}';
    return {};
  });
beforeAll(async () => {
  server = await startTestHttpServer((app) => {
    app.get('/items/:id', async () => ({ ok: true }));
    app.post('/echo', async (request) => request.body);
    app.post('/trace', async () => ({ traceparent: currentTraceparent() }));
    app.get('/refuse', async () => {
      throw new CodedError('FORBIDDEN');
    });
    app.get('/throw/:what', async ({ params }) => {
      const { what } = params as { what: string };
      throw what === 'nothing'
        ? undefined
        : what === 'text'
          ? 'canary'
          : Object.assign(new Error('canary'), { query: 'q' });
    });
    app.get('/stream', (_, reply) => {
      reply.hijack();
      reply.raw.writeHead(200).write('begun');
    });
    app.get('/open', (request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200).write('begun');
      request.tellAnswered();
    });
    app.get('/parts', (request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200).write('begun');
      request.streamBeganMs = performance.now();
      setTimeout(() => reply.raw.end(), 100);
    });
    withOwnPattern(app);
    app.get('/hang', () => {
      hanging++;
      return new Promise(() => {});
    });
  });
});
afterAll(() => server[Symbol.asyncDispose]());

const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers });
const post = (path: string, body: string, contentType = 'application/json') =>
  fetch(server.url + path, { method: 'POST', headers: { 'content-type': contentType }, body });
const lineOf = (requestId: string | null) =>
  until('the access line', () => server.lines().find((line) => line.request_id === requestId && line.route));

describe('a request', () => {
  test("keeps the caller's id when it is harmless, and gets a new one otherwise", async () => {
    expect((await get('/items/1', { 'x-request-id': 'from-caller' })).headers.get('x-request-id')).toBe('from-caller');
    const replaced = (await get('/items/1', { 'x-request-id': 'a b' })).headers.get('x-request-id');
    expect(replaced).toMatch(/^[\da-f-]{36}$/);
  });

  test('leaves one line and one metric with the pattern of its route, never its path', async () => {
    const id = (await get('/items/personal-4711?token=secret')).headers.get('x-request-id');
    const line = await lineOf(id);
    expect(line).toMatchObject({ method: 'GET', route: '/items/:id', status: '200', message: 'request' });
    expect(line.trace_id).toMatch(/^[\da-f]{32}$/);
    expect(line.duration_ms).toBeGreaterThan(0);
    const scraped = await server.metrics.scrape();
    expect(scraped).toMatch(/http_requests_total{method="GET",route="\/items\/:id",status="200",service="test"} \d/);
    expect(scraped + JSON.stringify(server.lines())).not.toMatch(/4711|secret/);
  });

  test('by an uncommon method, of which there are many, counts under one name', async () => {
    const methods = ['PROPFIND', 'MKCOL', 'PURGE', 'LOCK', 'BREW'];
    await Promise.all(methods.map((method) => fetch(`${server.url}/items/1`, { method })));
    const counted = async () => {
      const { samples = [] } = readMetrics(await server.metrics.scrape(), 'text').get('http_requests_total') ?? {};
      return samples.filter(({ labels }) => labels.method === 'other');
    };
    // Node itself refuses what is no method at all.
    await until('all but the last to be counted', async () => (await counted())[0]?.value === methods.length - 1);
    expect((await counted()).map(({ labels }) => [labels.route, labels.status])).toEqual([['unknown', '404']]);
    expect(await server.metrics.scrape()).not.toMatch(/MKCOL|PURGE/);
  });

  test("handlers run in the caller's trace, also after the body was read", async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const answer = await fetch(`${server.url}/trace`, { method: 'POST', headers: { traceparent } });
    expect(await answer.json()).toEqual({ traceparent });
    const withBody = await fetch(`${server.url}/trace`, {
      method: 'POST',
      headers: { traceparent, 'content-type': 'application/json' },
      body: '{"a":1}',
    });
    expect(await withBody.json()).toEqual({ traceparent });
  });

  test('whose caller leaves a stream that has begun counts with the status that it got', async () => {
    const hangUp = new AbortController();
    await fetch(`${server.url}/stream`, { signal: hangUp.signal, headers: { 'x-request-id': 'left' } });
    hangUp.abort();
    expect(await lineOf('left')).toMatchObject({ route: '/stream', status: '200' });
  });

  test('whose answer stays open has its line and metric once that has begun, and no other at its end', async () => {
    const hangUp = new AbortController();
    await fetch(`${server.url}/open`, { signal: hangUp.signal, headers: { 'x-request-id': 'open' } });
    const line = await lineOf('open');
    expect(line).toMatchObject({ status: '200', outcome: 'success' });
    expect(line).not.toHaveProperty('open_ms');
    hangUp.abort();
    await get('/items/1', { 'x-request-id': 'behind' });
    await lineOf('behind');
    expect(server.lines().filter(({ request_id }) => request_id === 'open')).toHaveLength(1);
    expect(await server.metrics.scrape()).toMatch(/http_requests_total{[^}]*route="\/open",[^}]*} 1\n/);
  });

  test('whose answer comes in parts counts to the first one, and says how long the others took', async () => {
    await (await get('/parts', { 'x-request-id': 'parts' })).text();
    const { duration_ms, open_ms } = await lineOf('parts');
    expect(open_ms).toBeGreaterThan(80);
    expect(duration_ms).toBeLessThan(open_ms);
  });

  test('may have a pattern of its own', async () => {
    await get('/v1/items/personal-4711', { 'x-request-id': 'own-pattern' });
    expect((await lineOf('own-pattern')).route).toBe('/v1/items/{id}');
    expect(await server.metrics.scrape()).toMatch(/http_requests_total{[^}]*route="\/v1\/items\/{id}"/);
    const { tracer, take } = recordSpans();
    await using recorded = await startTestHttpServer(withOwnPattern, { tracer });
    await fetch(`${recorded.url}/v1/items/personal-4711`);
    const spans = await until('its span', () => take().at(0));
    expect(spans).toMatchObject({ name: 'GET /v1/items/{id}', attributes: { 'http.route': '/v1/items/{id}' } });
  });

  test('that was refused with a code that is not known is no error of its span', async () => {
    const { tracer, take } = recordSpans();
    const refusing = (app: FastifyInstance) =>
      app.get('/taken', (request, reply) => {
        Object.assign(request.accessFields, { outcome: 'refused', code: 'other' });
        return reply.code(409).send();
      });
    await using recorded = await startTestHttpServer(refusing, { tracer });
    await fetch(`${recorded.url}/taken`);
    const span = await until('its span', () => take().at(0));
    expect(span).toMatchObject({ hasFailed: false, attributes: { 'error.type': 'other' } });
  });

  test.each([
    ['/items/1', 'info', { outcome: 'success', errors: 0 }],
    ['/refuse', 'info', { outcome: 'refused', errors: 1, code: 'FORBIDDEN' }],
    ['/throw/text', 'warn', { outcome: 'failure', errors: 1, code: 'INTERNAL_SERVER_ERROR' }],
  ])('to %s has a line of the level %s', async (path, level, told) => {
    const id = (await get(path)).headers.get('x-request-id');
    expect(await lineOf(id)).toMatchObject({ level, transport: 'http', message: 'request', ...told });
  });

  test('whose caller goes away counts as 499', async () => {
    const hangUp = new AbortController();
    const pending = fetch(`${server.url}/hang`, { signal: hangUp.signal, headers: { 'x-request-id': 'gone' } });
    await until('the request', () => hanging > 0);
    hangUp.abort();
    await expect(pending).rejects.toThrow();
    expect(await lineOf('gone')).toMatchObject({ route: '/hang', status: '499' });
  });
});

describe('a refusal', () => {
  test.each([
    ['an unknown path', () => get('/nowhere'), 404, 'NOT_FOUND'],
    ['a path that cannot be decoded', () => get('/items/%E0%A4%A'), 400, 'BAD_REQUEST'],
    ['a parameter that is too long', () => get(`/items/${'x'.repeat(300)}`), 400, 'BAD_REQUEST'],
    ['a body that is too large', () => post('/echo', JSON.stringify('x'.repeat(2000))), 413, 'PAYLOAD_TOO_LARGE'],
    [
      'a media type that is not served',
      () => post('/echo', 'a=1', 'application/x-www-form-urlencoded'),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['a body that is no JSON', () => post('/echo', '{"a": canary'), 400, 'BAD_REQUEST'],
    ['an empty body', () => post('/echo', ''), 400, 'BAD_REQUEST'],
    ['a body that would change a prototype', () => post('/echo', '{"__proto__": {"x": 1}}'), 400, 'BAD_REQUEST'],
    ['a coded error', () => get('/refuse'), 403, 'FORBIDDEN'],
    ['an unforeseen error', () => get('/throw/error'), 500, 'INTERNAL_SERVER_ERROR'],
    ['a thrown text', () => get('/throw/text'), 500, 'INTERNAL_SERVER_ERROR'],
    ['nothing that was thrown', () => get('/throw/nothing'), 500, 'INTERNAL_SERVER_ERROR'],
  ] as const)('of %s has a code and the request id, and says nothing more', async (_, send, status, code) => {
    const response = await send();
    const requestId = response.headers.get('x-request-id');
    expect(response.status).toBe(status);
    const text = await response.text();
    expect(text).not.toContain('canary');
    expect(JSON.parse(text)).toEqual({ errors: [{ message: expect.any(String), extensions: { code, requestId } }] });
    expect(await lineOf(requestId)).toMatchObject({ status: String(status), code });
    expect(JSON.stringify(server.lines())).not.toContain('canary');
  });

  test('of an unforeseen error has its cause in the log', async () => {
    const requestId = (await get('/throw/error')).headers.get('x-request-id');
    const line = await until('the error', () => server.lines().find((l) => l.request_id === requestId && l.err));
    expect(line).toMatchObject({ level: 'error', err: { type: 'Error' }, message: 'request failed' });
    expect(line.trace_id).toMatch(/^[\da-f]{32}$/);
  });

  test('of what is no HTTP comes at once', async () => {
    const { socket, received, closed } = await rawConnection(server.http.port);
    socket.write('nonsense\r\n\r\n');
    await closed;
    expect(received()).toMatch(/^HTTP\/1.1 400 /);
    expectCoded(received(), 'BAD_REQUEST');
  });

  const lineFor = (requestId: string) =>
    until('its line', () => server.lines().find((l) => l.request_id === requestId && l.message === 'request'));

  test('of what follows a request is not that request’s', async () => {
    const { socket, closed } = await rawConnection(server.http.port);
    socket.write('GET /hang HTTP/1.1\r\nhost: x\r\nx-request-id: followed-by-nonsense\r\n\r\nnonsense\r\n\r\n');
    await closed;
    const line = await lineFor('followed-by-nonsense');
    expect([line.status, line.code]).toEqual(['499', undefined]);
  });

  test('of a body is told of its request, also where one before was answered meanwhile', async () => {
    const { socket, received, closed } = await rawConnection(server.http.port);
    socket.write(
      'GET /items/1 HTTP/1.1\r\nhost: x\r\n\r\nPOST /echo HTTP/1.1\r\nhost: x\r\nx-request-id: unread-behind\r\n' +
        'content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    await until('the first answer', () => received().includes('{"ok":true}') || undefined);
    await new Promise(setImmediate);
    socket.write('nonsense\r\n');
    await closed;
    expect(await lineFor('unread-behind')).toMatchObject({ status: '400', code: 'BAD_REQUEST' });
  });

  test('of headers that are too large has a code too', async () => {
    const { socket, received, closed } = await rawConnection(server.http.port);
    socket.write(`GET /items/1 HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(20_000)}\r\n\r\n`);
    await closed;
    expect(received()).toMatch(/^HTTP\/1.1 431 /);
    const requestId = expectCoded(received(), 'HEADERS_TOO_LARGE');
    const line = await until('its line', () => server.lines().find((each) => each.request_id === requestId));
    expect(line).toMatchObject({ status: '431', code: 'HEADERS_TOO_LARGE', message: 'request refused unread' });
    expect(JSON.stringify(line)).not.toContain('xxx');
  });
});

/** @returns the request id of it */
function expectCoded(answer: string, code: ErrorCode): string {
  const { errors } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
  const { message } = errorCatalogue[code];
  const requestId = /^x-request-id: (.*)\r$/m.exec(answer)?.[1];
  expect(errors).toEqual([{ message, extensions: { code, requestId } }]);
  return requestId ?? '';
}

describe('a slow caller', () => {
  test.each([
    ['headers', 'GET /items/1 HTTP/1.1\r\nhost: x\r\n'],
    ['a body', 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{'],
  ])('that does not finish its %s is cut off', async (_, begun) => {
    const { headersTimeout, requestTimeout } = server.http.app.server;
    expect([headersTimeout, requestTimeout]).toEqual([10_000, 15_000]);
    Object.assign(server.http.app.server, { headersTimeout: 100, requestTimeout: 200 });
    const { socket, received, closed } = await rawConnection(server.http.port);
    socket.write(begun);
    await closed;
    expect(received()).toMatch(/^HTTP\/1.1 408 /);
    expect(received()).toMatch(/^x-content-type-options: nosniff\r$/m);
    const requestId = expectCoded(received(), 'REQUEST_TIMEOUT');
    const lines = () => server.lines().filter((line) => line.request_id === requestId);
    await until('its line', () => lines().length > 0);
    // One that had begun has an access line as every other.
    expect(lines()).toEqual([expect.objectContaining({ status: '408', code: 'REQUEST_TIMEOUT' })]);
    Object.assign(server.http.app.server, { headersTimeout, requestTimeout });
  });
});
