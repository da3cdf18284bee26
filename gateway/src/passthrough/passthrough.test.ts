import { request as rawRequest, type ServerResponse } from 'node:http';
import { CodedError } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { fastify } from 'fastify';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SeenRequest } from '../testing/fake-subgraph.ts';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';
import { addPassthroughRoutes } from './passthrough-routes.ts';

describe('passthrough', () => {
  let gateway: TestGateway;
  let seen: SeenRequest[];
  beforeEach(async () => {
    gateway = await startTestGateway({
      deadline: '1s',
      subgraphRequest: { maxResponse: '1MiB' },
      passthrough: [
        { path: '/.well-known/jwks.json', service: 'books' },
        { path: '/media/*', service: 'books', methods: ['GET'] },
        { path: '/webhooks/payments', service: 'reviews', methods: ['POST'] },
      ],
    });
    seen = [];
    for (const subgraph of [gateway.books, gateway.reviews]) {
      subgraph.answerOthersWith((request, response) => {
        seen.push(request);
        response
          .writeHead(201, {
            'content-type': 'image/png',
            etag: '"1"',
            'set-cookie': 'a=b',
            connection: 'x-hop',
            'x-hop': '1',
          })
          .end('bytes');
      });
    }
  });
  afterEach(() => gateway.stop());
  const at = (path: string, init: RequestInit = {}) => fetch(`${gateway.url}${path}`, { redirect: 'manual', ...init });
  const code = async (response: Response) =>
    ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code;

  it('hands on path, query and answer, and adds the request’s id, trace and deadline', async () => {
    const response = await at('/media/a%20b.png?size=2&size=3', {
      headers: { 'x-request-id': 'r1', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
    });
    expect(response.status).toBe(201);
    expect(await response.text()).toBe('bytes');
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('etag')).toBe('"1"');
    expect(response.headers.get('x-request-id')).toBe('r1');
    for (const name of ['set-cookie', 'x-hop']) expect(response.headers.get(name)).toBeNull();
    expect(seen[0]).toMatchObject({ method: 'GET', path: '/media/a%20b.png?size=2&size=3' });
    expect(seen[0]?.headers).toMatchObject({
      'x-request-id': 'r1',
      'x-deadline-ms': '1000',
      traceparent: expect.stringContaining('a'.repeat(32)),
    });
    expect((await at('/.well-known/jwks.json')).status).toBe(201);
  });

  it('leaves out who the client is, and what it says of itself', async () => {
    await at('/webhooks/payments', {
      method: 'POST',
      headers: {
        authorization: 'Bearer secret',
        cookie: 'session=1',
        'x-user-id': '1',
        'x-forwarded-client-cert': 'x',
        'x-forwarded-for': '10.0.0.1',
        forwarded: 'for=10.0.0.1',
        'x-deadline-ms': '999999',
        baggage: 'user=ada',
        b3: `${'a'.repeat(32)}-${'b'.repeat(16)}-1`,
        'x-b3-traceid': 'a'.repeat(32),
        'webhook-signature': 't=1,v1=abc',
        'content-type': 'application/json',
      },
      body: '{}',
    });
    const headers = seen[0]?.headers ?? {};
    expect(headers).toMatchObject({
      'webhook-signature': 't=1,v1=abc',
      'content-type': 'application/json',
      'x-deadline-ms': '1000',
    });
    for (const name of [
      'authorization',
      'cookie',
      'x-user-id',
      'x-forwarded-client-cert',
      'x-forwarded-for',
      'forwarded',
      'baggage',
      'b3',
      'x-b3-traceid',
    ]) {
      expect(headers).not.toHaveProperty(name);
    }
    expect(headers.host).toBe(new URL(gateway.reviews.url).host);
  });

  it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded'])(
    'hands a body of %s on byte for byte',
    async (type) => {
      const body = '{ "amount" : 1.0,\r\n"text":"é\\u00e9" }  ';
      await at('/webhooks/payments', { method: 'POST', headers: { 'content-type': type }, body });
      expect(seen[0]?.text).toBe(body);
    },
  );

  it('refuses a body that is too large, announced or not', async () => {
    const large = await at('/webhooks/payments', { method: 'POST', body: 'x'.repeat(257 * 1024) });
    expect([large.status, await code(large)]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(Buffer.alloc(64 * 1024));
      },
    });
    const endless = await at('/webhooks/payments', { method: 'POST', body: stream, duplex: 'half' } as never);
    expect([endless.status, await code(endless)]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect(seen).toEqual([]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('405 for %s where only GET is allowed', async (method) => {
    const response = await at('/media/a', { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('HEAD, GET');
    expect(seen).toEqual([]);
  });

  it('answers HEAD where GET is allowed, and nothing beside its routes', async () => {
    expect((await at('/media/a', { method: 'HEAD' })).status).toBe(201);
    for (const path of ['/media', '/mediaX/a', '/webhooks/payments/x', '/webhooks'])
      expect((await at(path)).status).toBe(404);
  });

  it.each([
    '/media/../graphql',
    '/media/%2e%2e/graphql',
    '/media/..%2fgraphql',
    '/media/%252e%252e/x',
    '/media/a\\..\\b',
  ])('goes nowhere by %s', async (path) => {
    const status = await new Promise((resolve, reject) => {
      const { hostname, port } = new URL(gateway.url);
      rawRequest({ hostname, port, path }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
    expect(seen).toEqual([]);
  });

  it('turns away what comes while too many wait for a service, and others wait for no other one', async () => {
    await using narrow = await startTestGateway({
      subgraphRequest: { connections: 2 },
      passthrough: [
        { path: '/media/*', service: 'books' },
        { path: '/reviews', service: 'reviews' },
      ],
    });
    const held: ServerResponse[] = [];
    narrow.books.answerOthersWith((_request, response) => held.push(response));
    narrow.reviews.answerOthersWith((_request, response) => response.end('here'));
    const get = (path: string) => fetch(`${narrow.url}${path}`);
    const waiting = Array.from({ length: 4 }, () => get('/media/a'));
    await until('all connections to be taken', () => held.length === 2);
    const refused = await until('the places to be taken', async () => {
      const response = await Promise.race([get('/media/a'), ...waiting]);
      return response.status === 503 ? response : undefined;
    });
    expect([refused.headers.get('retry-after'), await code(refused)]).toEqual(['1', 'SERVICE_UNAVAILABLE']);
    expect((await get('/reviews')).status).toBe(200);
    const shed = await narrow.metrics.get('gateway_requests_shed_total').get();
    expect(shed.values.find(({ labels }) => labels.priority === 'unread')?.value).toBeGreaterThan(0);
    narrow.books.answerOthersWith((_request, response) => response.end());
    for (const response of held) response.end();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await get('/media/a')).status).toBe(200);
  });

  it('hands a redirect to the client', async () => {
    gateway.books.answerOthersWith((_request, response) => response.writeHead(302, { location: '/media/other' }).end());
    const response = await at('/media/a');
    expect([response.status, response.headers.get('location')]).toEqual([302, '/media/other']);
  });

  it('asks nothing for a client that has left before', async () => {
    const agent = vi.spyOn(Agent.prototype, 'request');
    await using app = fastify();
    const left = Promise.withResolvers<void>();
    const refused = Promise.withResolvers<unknown>();
    app.setErrorHandler((error, _request, reply) => {
      refused.resolve(error);
      reply.send('');
    });
    const arrived = Promise.withResolvers<void>();
    addPassthroughRoutes(app, {
      ...{ routes: [{ path: '/media/*', service: 'books', methods: ['GET'] }], connections: 1 },
      ...{ deadlineMs: 1000, bodyLimitBytes: 1000, maxResponseBytes: 1000 },
      serviceUrl: () => gateway.books.url,
      turnAway: () => new CodedError('SERVICE_UNAVAILABLE'),
      beforeBody: [
        async (_request, reply) => {
          reply.raw.once('close', left.resolve);
          arrived.resolve();
          await left.promise;
        },
      ],
    });
    const client = rawRequest(`${await app.listen({ port: 0 })}/media/a`).on('error', () => {});
    client.end();
    await arrived.promise;
    client.destroy();
    expect(await refused.promise).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
    expect([agent.mock.calls.length, seen]).toEqual([0, []]);
    agent.mockRestore();
  });

  it('says that a client is late with its body', async () => {
    const status = await new Promise((resolve, reject) => {
      const { hostname, port } = new URL(gateway.url);
      const headers = { 'content-length': '10' };
      const outgoing = rawRequest(
        { hostname, port, path: '/webhooks/payments', method: 'POST', headers },
        (response) => {
          resolve(response.statusCode);
          outgoing.destroy();
        },
      );
      outgoing.on('error', reject).write('{');
    });
    expect(status).toBe(408);
    expect(seen).toEqual([]);
  });

  it('says that a service is late, gone, or sends too much', async () => {
    gateway.books.answerOthersWith(() => {});
    const late = await at('/media/a');
    expect([late.status, await code(late)]).toEqual([504, 'DEADLINE_EXCEEDED']);
    gateway.books.answerOthersWith((_request, response) =>
      response.writeHead(200, { 'content-length': String(2 * 1024 ** 2) }).flushHeaders(),
    );
    const announced = await at('/media/a');
    expect([announced.status, await code(announced)]).toEqual([502, 'SUBGRAPH_RESPONSE_INVALID']);
    gateway.books.answerOthersWith((_request, response) =>
      response.write('x'.repeat(2 * 1024 ** 2), () => response.end()),
    );
    await expect(at('/media/a').then((response) => response.arrayBuffer())).rejects.toThrow();
    await gateway.books.close();
    const gone = await at('/media/a');
    expect([gone.status, await code(gone)]).toEqual([502, 'SUBGRAPH_UNAVAILABLE']);
  });
});
