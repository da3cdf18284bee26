import { once } from 'node:events';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ObserveServer, startObserveServer } from './observe-server.ts';
import { spanIdOf, spanOf, traceIdOf } from './testing/span-of.ts';
import { TraceStore } from './trace-store.ts';

let store: TraceStore;
let server: ObserveServer;
let forwarded: string[];
let url: string;

beforeEach(async () => {
  store = new TraceStore();
  forwarded = [];
  const forwarder = {
    forward: (body: Uint8Array) => forwarded.push(Buffer.from(body).toString()),
    jaegerUrl: 'http://127.0.0.1:16686',
    stop() {},
  };
  const parts = { store, forwarder, metrics: () => undefined };
  server = await startObserveServer(parts, { host: '127.0.0.1', port: 0, maxBodyBytes: 2000 });
  url = `http://127.0.0.1:${server.port}`;
});
afterEach(() => server.stop());

const exportOf = (...spans: object[]) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const wire = {
  traceId: traceIdOf(1),
  spanId: spanIdOf(1),
  name: 'GET /',
  startTimeUnixNano: '1700000000000000000',
  endTimeUnixNano: '1700000000001000000',
};

async function post(body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, body: await response.json() };
}

/** A request whose headers `fetch` would not let us choose. */
async function ask(options: RequestOptions): Promise<number | undefined> {
  const request = httpRequest({ port: server.port, ...options }).end();
  const [response] = await once(request, 'response');
  response.resume();
  return response.statusCode;
}

test('spans are kept and handed on as they came', async () => {
  expect(await post(exportOf(wire))).toEqual({ status: 200, body: {} });
  expect(store.get(traceIdOf(1))?.spans.get(spanIdOf(1))?.name).toBe('GET /');
  expect(forwarded).toEqual([exportOf(wire)]);
});

test('what cannot be read of an export is told, and the rest is kept', async () => {
  const { status, body } = await post(exportOf(wire, { name: 'no ids' }));
  expect(status).toBe(200);
  expect(body).toEqual({ partialSuccess: { rejectedSpans: 1, errorMessage: expect.stringContaining('traceId') } });
  expect(store.get(traceIdOf(1))?.spans.size).toBe(1);
});

test.each([
  ['no JSON', 'text', {}, 400, 'The body is no JSON.'],
  ['another shape', '{"resourceSpans":1}', {}, 400, 'resourceSpans is no list of objects.'],
  ['protobuf', 'x', { 'content-type': 'application/x-protobuf' }, 415, 'Send OTLP as JSON'],
  ['what is compressed', gzipSync('{}'), { 'content-encoding': 'gzip' }, 415, 'not compressed'],
  ['too much', 'x'.repeat(2001), {}, 413, 'send smaller batches'],
])('%s is refused in words', async (_what, body, headers, status, message) => {
  const answer = await post(body, headers);
  expect(answer).toEqual({ status, body: { message: expect.stringContaining(message) } });
  expect(store.newestFirst()).toEqual([]);
  expect(forwarded).toEqual([]);
  expect((await post(exportOf(wire))).status).toBe(200);
});

test('too much is refused also when its length is not told', async () => {
  const body = new ReadableStream({
    pull(controller) {
      controller.enqueue(Buffer.alloc(500, 'x'));
    },
  });
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' as const };
  const response = await fetch(`${url}/v1/traces`, init);
  expect(response.status).toBe(413);
});

test.each([
  ['another name, as after DNS rebinding', { host: 'evil.example' }, 403],
  ['our name on another port', { host: 'localhost:80' }, 403],
  ['localhost', {}, 200],
  ['a page of another site', { origin: 'https://evil.example' }, 403],
  ['a page without an origin', { origin: 'null' }, 403],
])('%s', async (_what, headers, status) => {
  const host = `localhost:${server.port}`;
  for (const path of ['/', '/api/traces', '/main.js']) {
    expect(await ask({ path, headers: { host, ...headers } }), path).toBe(status);
  }
  const body = {
    method: 'POST',
    path: '/v1/traces',
    headers: { host, 'content-type': 'application/json', ...headers },
  };
  expect(await ask(body)).toBe(status === 200 ? 400 : status);
});

test('its own pages may ask', async () => {
  for (const name of ['localhost', '127.0.0.1']) {
    const host = `${name}:${server.port}`;
    expect(await ask({ path: '/api/traces', headers: { host, origin: `http://${host}` } })).toBe(200);
  }
});

test.each([
  ['GET', '/v1/traces', 405],
  ['POST', '/api/traces', 405],
  ['DELETE', '/', 405],
  ['GET', '/nothing', 404],
  ['GET', '/../observe-server.ts', 404],
  ['GET', '/%2e%2e/observe-server.ts', 404],
  ['GET', '//', 404],
  ['GET', '/api/traces/short', 404],
  ['GET', `/api/traces/${traceIdOf(9)}`, 404],
  ['GET', '/api/metrics', 404],
  ['HEAD', '/', 200],
])('%s %s is answered with %i', async (method, path, status) => {
  expect(await ask({ method, path })).toBe(status);
});

test('the page and its files are guarded by a strict policy, and hold no inline script', async () => {
  const response = await fetch(`${url}/`);
  const page = await response.text();
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = response.headers.get('content-security-policy');
  for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]) {
    expect(policy?.split('; ')).toContain(rule);
  }
  expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect(page).not.toMatch(/<script(?![^>]* src=)|\son\w+=|style="|https?:/);
  for (const [, path] of page.matchAll(/(?:src|href)="(\/[^"]*)"/g)) {
    const file = await fetch(`${url}${path}`);
    expect(file.status, path).toBe(200);
    expect(file.headers.get('x-content-type-options'), path).toBe('nosniff');
    await file.text();
  }
});

test('the list and a trace are told, and again only when something is new', async () => {
  store.add([spanOf({ id: 1, kind: 'server', name: 'GET /' })]);
  const read = async (path: string) => (await fetch(`${url}${path}`)).json();
  const list = (await read('/api/traces')) as { version: number };
  expect(list).toMatchObject({
    services: ['gateway'],
    jaegerUrl: 'http://127.0.0.1:16686',
    leftOut: 0,
    traces: [{ traceId: traceIdOf(1), name: 'GET /' }],
  });
  expect(await read('/api/traces?text=nothing')).toMatchObject({ traces: [] });
  expect(await read('/api/traces?errors=&background=')).toMatchObject({ traces: [] });
  expect(await read('/api/traces?slower=5')).toMatchObject({ traces: [{}] });
  expect(await read('/api/traces?slower=50')).toMatchObject({ traces: [] });
  expect(await read(`/api/traces/${traceIdOf(1)}`)).toMatchObject({ sections: [{ rows: [{ depth: 0 }] }] });
  for (const path of ['/api/traces', `/api/traces/${traceIdOf(1)}`]) {
    expect((await fetch(`${url}${path}?unless=${list.version}`)).status).toBe(204);
    expect((await fetch(`${url}${path}?unless=${list.version - 1}`)).status).toBe(200);
  }
});

test('it stops at once, whoever is still connected', async () => {
  const request = httpRequest({ port: server.port, method: 'POST', path: '/v1/traces' });
  request.on('error', () => {});
  request.write('{');
  await once(request, 'socket');
  await server.stop();
  await expect(fetch(url)).rejects.toThrow();
  server = await startObserveServer(
    { store, forwarder: { forward() {}, jaegerUrl: undefined, stop() {} }, metrics: () => undefined },
    { host: '127.0.0.1', port: 0 },
  );
});
