import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, trace } from '@opentelemetry/api';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  createServiceIdentityIssuer,
  createServiceIdentityVerifier,
  generateServiceKeyPair,
  type ServiceKeyPair,
} from '../identity/service-identity.ts';
import { errorFields } from '../log/error-fields.ts';
import { inOperation } from '../log/operation-context.ts';
import { enableContextPropagation, startEntrySpan } from '../tracing/context.ts';
import { createServiceClient } from './service-client.ts';

let keys: ServiceKeyPair;
let server: Server | undefined;
beforeAll(async () => {
  enableContextPropagation();
  keys = await generateServiceKeyPair('notifications');
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** A client of a `users` that answers as `listener` does. */
async function clientOf(listener: RequestListener, timeoutMs?: number) {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  const issuer = await createServiceIdentityIssuer('notifications', keys.privateKey);
  return createServiceClient({
    service: 'notifications',
    issuer,
    target: 'users',
    url,
    ...(timeoutMs && { timeoutMs }),
  });
}
const answering =
  (text: string, status = 200): RequestListener =>
  (_, response) =>
    void response.writeHead(status).end(text);
const unavailable = expect.objectContaining({ code: 'SUBGRAPH_UNAVAILABLE', message: 'users did not answer.' });

test("asks in the service's own name, in the trace that is open, and gives the data", async () => {
  const asked: { request: IncomingMessage; body: unknown }[] = [];
  const ask = await clientOf(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asked.push({ request, body: JSON.parse(Buffer.concat(chunks).toString()) });
    response.end('{"data":{"user":{"id":"u1"}}}');
  });
  const span = startEntrySpan(trace.getTracer('test'), 'entry', undefined, {});
  const data = await context.with(span, () => ask('query ($id: ID!) { user(id: $id) { id } }', { id: 'u1' }));
  expect(data).toEqual({ user: { id: 'u1' } });
  const { headers, method } = asked[0]?.request ?? {};
  expect(method).toBe('POST');
  expect(headers?.traceparent).toContain(trace.getSpanContext(span)?.traceId);
  expect(asked[0]?.body).toEqual({ query: 'query ($id: ID!) { user(id: $id) { id } }', variables: { id: 'u1' } });
  expect(headers?.['x-request-id']).toMatch(/^[\da-f-]{36}$/);
  const verifier = createServiceIdentityVerifier('users', { notifications: keys.publicKeys });
  expect(await verifier.verify(headers?.authorization)).toEqual({ kind: 'service', service: 'notifications' });
});

test('asks under the request id of what it asks for, and tells nobody whose operation that is', async () => {
  const asked: IncomingMessage['headers'][] = [];
  const ask = await clientOf((request, response) => {
    asked.push(request.headers);
    response.end('{"data":{}}');
  });
  const fields = { operation: 'PlaceOrder', client: 'storefront' };
  await inOperation({ requestId: 'r1', fields }, () => ask('{ me { id } }', {}));
  expect(asked[0]).toMatchObject({ 'x-request-id': 'r1' });
  expect(asked[0]).not.toHaveProperty('baggage');
});

describe('an answer that is none is one error, which says nothing of what was answered', () => {
  test.each<[string, RequestListener, number?]>([
    ['errors', answering('{"data":{"user":null},"errors":[{"message":"canary"}]}')],
    ['no data', answering('{"data":null}')],
    ['no JSON', answering('canary')],
    ['a refusal', answering('{"errors":[{"message":"canary"}]}', 401)],
    ['a redirect', (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
    ['more than a mebibyte', answering(`{"data":"${'x'.repeat(1024 ** 2)}"}`)],
    ['a connection that breaks', (request) => void request.socket.destroy()],
    ['an answer that begins and never ends', (_, response) => void response.writeHead(200).write('{"data"'), 100],
    ['silence', () => {}, 100],
  ])('%s', async (_, listener, timeoutMs) => {
    const ask = await clientOf(listener, timeoutMs);
    const error = await ask('{ me { id } }', {}).catch((thrown: unknown) => thrown);
    expect(error).toEqual(unavailable);
    expect(JSON.stringify(errorFields(error))).not.toContain('canary');
  });

  test('nobody there', async () => {
    const ask = await clientOf(() => {});
    server?.close();
    await expect(ask('{ me { id } }', {})).rejects.toEqual(unavailable);
  });
});

test('asks over a bounded number of connections', async () => {
  const ask = await clientOf((_, response) => void setTimeout(() => response.end('{"data":{}}'), 20));
  let connections = 0;
  server?.on('connection', () => connections++);
  await Promise.all(Array.from({ length: 50 }, () => ask('{ me { id } }', {})));
  expect(connections).toBeLessThanOrEqual(10);
});
