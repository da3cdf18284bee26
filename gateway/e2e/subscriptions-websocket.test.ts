import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CodedError } from '@tributary/service-kit';
import { readMetrics, startTraceCollector, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  AUDIENCE,
  type FakeIssuer,
  ISSUER,
  type IssuerKey,
  newKey,
  startFakeIssuer,
} from '../src/testing/fake-issuer.ts';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';
import { FakeSubscriptions } from './testing/fake-subscriptions.ts';
import { openRawSocket, type RawSocket, type RawSocketOptions, subscribing } from './testing/raw-socket.ts';

const SUBSCRIPTION = 'subscription Added { bookAdded { title } }';
const MIB = 1024 ** 2;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
function heapMiB(): number {
  collect();
  return process.memoryUsage().heapUsed / MIB;
}

describe('WebSockets', () => {
  let key: IssuerKey;
  let issuer: FakeIssuer;
  let gateway: TestGateway;
  const source = new FakeSubscriptions();
  beforeAll(async () => {
    key = await newKey('k1');
    issuer = await startFakeIssuer([key]);
    gateway = await startTestGateway(
      {
        identity: {
          issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }],
          cookie: { name: 'access' },
        },
        cors: { origins: ['https://shop.example.com'] },
        server: { bodyLimit: '16KiB' },
        subscriptions: { initWait: '200ms', perConnection: 3 },
      },
      { subscriptions: source },
    );
  });
  afterAll(() => Promise.all([gateway.stop(), issuer[Symbol.asyncDispose]()]));

  const open = (options?: RawSocketOptions) => openRawSocket(gateway.url, options);
  const refused = (options: RawSocketOptions) =>
    open({ init: false, ...options }).then(
      () => 'opened',
      (error: Error) => error.message,
    );
  /** With what the gateway closes who sends these messages. */
  async function closeOf(messages: readonly (string | Buffer | object)[], options: RawSocketOptions = {}) {
    using raw = await open({ init: false, ...options });
    for (const message of messages) raw.send(message);
    return await raw.closed();
  }
  const init = (payload: object = {}) => ({ type: 'connection_init', payload });

  describe('violations of the protocol have its close codes', () => {
    it.each([
      ['what is no JSON', ['hello'], 4400, 'Invalid message received'],
      ['a message without a type', [{}], 4400, 'Invalid message received'],
      ['a type that the protocol does not have', [{ type: 'start', id: '1' }], 4400, 'Invalid message received'],
      ['a message that only servers send', [init(), { type: 'connection_ack' }], 4400, 'Invalid message received'],
      ['bytes', [Buffer.from('{"type":"ping"}')], 4400, 'Invalid message received'],
      [
        'an operation without an id',
        [init(), { type: 'subscribe', payload: { query: '{ a }' } }],
        4400,
        'Invalid message received',
      ],
      ['an operation before the connection is acknowledged', [subscribing('1', SUBSCRIPTION)], 4401, 'Unauthorized'],
      ['two initialisations', [init(), init()], 4429, 'Too many initialisation requests'],
      ['no initialisation', [], 4408, 'Connection initialisation timeout'],
      ['a message that is too long', [`"${'x'.repeat(20_000)}"`], 1009, ''],
    ])('%s', async (_name, messages, code, reason) => {
      expect(await closeOf(messages)).toEqual({ code, reason });
    });

    it('an id that is too long', async () => {
      using raw = await open();
      const query = '{ books { isbn } }';
      raw.send(subscribing('i'.repeat(256), query));
      await raw.expect('complete');
      raw.send(subscribing('i'.repeat(257), query));
      expect(await raw.closed()).toEqual({ code: 4400, reason: 'Invalid message received' });
    });

    it('two operations of one id', async () => {
      using raw = await open();
      raw.send(subscribing('1', SUBSCRIPTION));
      raw.send(subscribing('1', SUBSCRIPTION));
      expect(await raw.closed()).toEqual({ code: 4409, reason: 'Subscriber already exists' });
      await until('its subscriptions have ended', () => source.active === 0 || undefined);
    });

    it.each([['graphql-ws'], ['']])('the subprotocol %j', async (protocol) => {
      // With the older one the handshake itself has no subprotocol, which `ws` does not take.
      if (protocol === '')
        expect(await closeOf([], { protocol })).toEqual({ code: 4406, reason: 'Subprotocol not acceptable' });
      else expect(await refused({ protocol })).toBe('Server sent no subprotocol');
    });

    it('are counted by their code', async () => {
      await closeOf(['hello']);
      const metrics = readMetrics(await (await fetch(`${gateway.adminUrl}/metrics`)).text(), 'text');
      const samples = metrics.get('graphql_connections_closed_total')?.samples ?? [];
      expect(samples.find(({ labels }) => labels.code === '4400')?.value).toBeGreaterThan(0);
    });
  });

  describe('who may open one', () => {
    it('nobody at another path', async () => {
      expect(await refused({ path: '/elsewhere' })).toBe('Unexpected server response: 404');
      expect(await refused({ path: '/v2/graphql' })).toBe('Unexpected server response: 404');
    });

    it('no script of a site that is not listed', async () => {
      expect(await refused({ headers: { origin: 'https://evil.example.com' } })).toBe(
        'Unexpected server response: 400',
      );
      expect(await refused({ headers: { origin: 'null' } })).toBe('Unexpected server response: 400');
      expect(await refused({ headers: { origin: 'https://shop.example.com' } })).toBe('opened');
      expect(await refused({ headers: { origin: gateway.url } })).toBe('opened');
    });

    it('and who may not keeps no connection, not even half of one', async () => {
      const socket = connect({ port: Number(new URL(gateway.url).port), allowHalfOpen: true });
      let isReset = false;
      socket.on('error', () => {
        isReset = true;
      });
      socket.write(
        'GET /elsewhere HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
          'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
      let answer = '';
      socket.on('data', (data) => {
        answer += data;
      });
      await until('it is refused', () => socket.readableEnded);
      expect(answer).toContain('HTTP/1.1 404');
      await until('what it goes on to send reaches nobody', () => {
        if (!isReset) socket.write('more');
        return isReset;
      });
    });

    it('nobody who asks for another protocol: they are answered as if they had not', async () => {
      const body = '{"query":"{ books { isbn } }"}';
      const post = (url: string, upgrade: string) =>
        new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
          const headers = {
            ...{ 'content-type': 'application/json', connection: 'Upgrade, HTTP2-Settings' },
            ...{ upgrade, 'http2-settings': 'AAMAAABkAAQAAP__' },
          };
          const asked = request(`${url}/graphql`, { method: 'POST', headers }, async (response) =>
            resolve({ status: response.statusCode, body: await text(response) }),
          );
          asked.on('error', reject).end(body);
        });
      const answer = { status: 200, body: '{"data":{"books":[{"isbn":"1"},{"isbn":"2"},{"isbn":"3"}]}}' };
      expect(await post(gateway.url, 'h2c')).toEqual(answer);
      // Where there are no WebSockets, that is another protocol, too.
      await using without = await startTestGateway({ subscriptions: { enabled: false } });
      expect(await post(without.url, 'websocket')).toEqual(answer);
    });

    it('as somebody by a token, which is good or closes it', async () => {
      const token = await key.sign();
      const asked = async (payload: object, headers: Record<string, string> = {}) => {
        using raw = await open({ init: payload, headers });
        raw.send(subscribing('1', SUBSCRIPTION));
        await until('it has subscribed', () => source.active === 1 || undefined);
        const { identity } = source.requests.at(-1) ?? {};
        raw.send({ id: '1', type: 'complete' });
        await until('it has left', () => source.active === 0 || undefined);
        return identity?.kind;
      };
      expect(await asked({})).toBe('anonymous');
      expect(await asked({ authorization: `Bearer ${token}` })).toBe('user');
      expect(await asked({ headers: { Authorization: `Bearer ${token}` } })).toBe('user');
      expect(await asked({}, { authorization: `Bearer ${token}` })).toBe('user');
      expect(await asked({}, { cookie: `access=${token}`, origin: gateway.url })).toBe('user');
      // Nobody has said whose script it is that sends it.
      expect(await asked({}, { cookie: `access=${token}` })).toBe('anonymous');
      const now = Math.floor(Date.now() / 1000);
      const expired = await key.sign({ iat: now - 900, exp: now - 600 });
      expect(await closeOf([init({ authorization: `Bearer ${expired}` })])).toEqual({
        code: 4403,
        reason: 'TOKEN_EXPIRED',
      });
      expect(await closeOf([init({ authorization: 'Bearer a.b.c' })])).toEqual({ code: 4403, reason: 'TOKEN_INVALID' });
    });

    it('as nobody where no issuer is known: what is called a token, and may be as long as a message, is not kept', async () => {
      await using trusting = await startTestGateway({ server: { bodyLimit: '1MiB' } });
      using first = await openRawSocket(trusting.url);
      const before = heapMiB();
      const open: RawSocket[] = [];
      while (open.length < 40)
        open.push(await openRawSocket(trusting.url, { init: { authorization: `Bearer ${'x'.repeat(MIB / 2)}` } }));
      await until('it is not kept', () => heapMiB() - before < 5);
      for (const raw of [first, ...open]) {
        raw.send(subscribing('1', '{ books { isbn } }'));
        await raw.expect('complete');
        raw[Symbol.dispose]();
      }
    });

    it('until the token expires', async () => {
      const now = Math.floor(Date.now() / 1000);
      using raw = await open({ init: { authorization: `Bearer ${await key.sign({ exp: now + 2 })}` } });
      raw.send(subscribing('1', SUBSCRIPTION));
      await until('it has subscribed', () => source.active === 1 || undefined);
      expect(await raw.closed()).toEqual({ code: 4403, reason: 'TOKEN_EXPIRED' });
      expect(Date.now()).toBeGreaterThanOrEqual((now + 2) * 1000);
      await until('its subscription has ended', () => source.active === 0 || undefined);
    });
  });

  describe('an operation that is refused', () => {
    it.each([
      ['an unknown field', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
      [
        'a second root field',
        'subscription { bookAdded { title } again: bookAdded { title } }',
        'GRAPHQL_VALIDATION_FAILED',
      ],
      ['what is no GraphQL', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
      ['an unknown hash', '', 'PERSISTED_QUERY_NOT_FOUND'],
    ])('ends with an error, and nothing else does: %s', async (_name, query, code) => {
      using raw = await open();
      const extensions = query === '' ? { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } : {};
      raw.send(subscribing('1', query, { extensions }));
      const { id, payload } = await raw.expect('error');
      expect({ id, codes: payload.map(({ extensions }: { extensions: { code: string } }) => extensions.code) }).toEqual(
        { id: '1', codes: [code] },
      );
      expect(payload[0].extensions.requestId).toEqual(expect.any(String));
      // The id is free again, and the connection good.
      raw.send(subscribing('1', '{ books { title } }'));
      expect(await raw.expect('next')).toMatchObject({ id: '1' });
      await raw.expect('complete');
    });

    it('an operation that the document does not have', async () => {
      using raw = await open();
      raw.send(subscribing('1', SUBSCRIPTION, { operationName: 'Removed' }));
      const { payload } = await raw.expect('error');
      expect(payload[0].extensions.code).toBe('OPERATION_RESOLUTION_FAILURE');
    });

    it('more at once than a connection may have', async () => {
      using raw = await open();
      for (const id of ['1', '2', '3', '4']) raw.send(subscribing(id, SUBSCRIPTION));
      const { id, payload } = await raw.expect('error');
      expect({ id, code: payload[0].extensions.code }).toEqual({ id: '4', code: 'SUBSCRIPTION_LIMIT_EXCEEDED' });
      raw.send({ id: '1', type: 'complete' });
      await until('one has left', () => source.active === 2 || undefined);
      raw.send(subscribing('5', SUBSCRIPTION));
      await until('another one has come', () => source.active === 3 || undefined);
    });

    it('more at once, with mutations that their client has ended and that go on', async () => {
      using raw = await open();
      const asked = gateway.books.requests.length;
      const { promise: gate, resolve: release } = Promise.withResolvers<void>();
      gateway.books.answerWith(async (_request, response) => {
        await gate;
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"addBook":{"isbn":"4"}}}');
      });
      const mutation = 'mutation { addBook(title: "Persuasion") { isbn } }';
      for (let begun = 1; begun <= 3; begun++) {
        raw.send(subscribing('1', mutation));
        await until('it is under way', () => gateway.books.requests.length === asked + begun);
        raw.send({ id: '1', type: 'complete' });
      }
      raw.send(subscribing('2', mutation));
      const { id, payload } = await raw.expect('error');
      expect({ id, code: payload[0].extensions.code }).toEqual({ id: '2', code: 'SUBSCRIPTION_LIMIT_EXCEEDED' });
      expect(gateway.books.requests).toHaveLength(asked + 3);
      release();
      await until('there is room again', async () => {
        raw.received.length = 0;
        raw.send(subscribing('3', '{ __typename }'));
        return (await until('an answer', () => raw.received[0])).type === 'next';
      });
      gateway.books.answerWith(undefined);
    });

    it('by its source, at once or later', async () => {
      await until('no subscription goes on', () => source.active === 0 || undefined);
      using raw = await open();
      source.refusal = new CodedError('SUBGRAPH_UNAVAILABLE');
      raw.send(subscribing('1', SUBSCRIPTION));
      expect((await raw.expect('error')).payload[0].extensions.code).toBe('SUBGRAPH_UNAVAILABLE');
      source.refusal = undefined;
      raw.send(subscribing('1', SUBSCRIPTION));
      await until('it has subscribed', () => source.active === 1 || undefined);
      source.fail(new CodedError('SUBGRAPH_UNAVAILABLE'));
      expect((await raw.expect('error')).payload[0].extensions.code).toBe('SUBGRAPH_UNAVAILABLE');
      raw.send(subscribing('1', SUBSCRIPTION));
      await until('it has subscribed', () => source.active === 1 || undefined);
      source.end('retired');
      expect((await raw.expect('error')).payload[0].extensions.code).toBe('SUBSCRIPTION_RETIRED');
    });
  });

  it('carry a deferred query in several results', async () => {
    using raw = await open();
    raw.send(subscribing('1', '{ books { isbn ... @defer { title } } }'));
    const first = await raw.expect('next');
    expect(first.payload.data).toEqual({ books: [{ isbn: '1' }, { isbn: '2' }, { isbn: '3' }] });
    await raw.expect('complete');
    const later = raw.received.map(({ payload }) => payload);
    expect(JSON.stringify(later)).toContain('Emma');
    expect(later.at(-1)).toMatchObject({ hasNext: false });
  });

  it('end for a client that sends more than it may, and nobody is charged for', async () => {
    const ping = { type: 'ping' };
    const left = { type: 'complete', id: 'not under way' };
    for (const message of [ping, { type: 'pong' }, left]) {
      expect(await closeOf([init(), ...Array(300).fill(message)])).toEqual({ code: 1008, reason: 'RATE_LIMITED' });
    }
    using raw = await open();
    await until('it is closed', () => {
      if (raw.socket.readyState !== WebSocket.OPEN) return true;
      for (let sent = 0; sent < 20; sent++) raw.socket.ping();
      return false;
    });
    expect(await raw.closed()).toEqual({ code: 1008, reason: 'RATE_LIMITED' });
    using good = await open();
    for (let sent = 0; sent < 50; sent++) good.send(ping);
    good.send({ type: 'ping', payload: { text: 'x'.repeat(2000) } });
    await until('all are answered', () => good.received.length === 51);
    expect(good.received).toEqual(Array(51).fill({ type: 'pong' }));
  });

  it('answer a ping, and tell event ids and take them', async () => {
    using raw = await open();
    raw.send({ type: 'ping', payload: { n: 1 } });
    expect(await raw.expect('pong')).toEqual({ type: 'pong', payload: { n: 1 } });
    raw.send(subscribing('1', SUBSCRIPTION, { extensions: { lastEventId: '7-1' } }));
    await until('it has subscribed', () => source.active === 1 || undefined);
    expect(source.requests.at(-1)).toMatchObject({ lastEventId: '7-1' });
    source.addBook('Emma', '7-2');
    expect(await raw.expect('next')).toEqual({
      id: '1',
      type: 'next',
      payload: { data: { bookAdded: { title: 'Emma' } }, extensions: { eventId: '7-2' } },
    });
    source.end('completed');
    expect(await raw.expect('complete')).toEqual({ id: '1', type: 'complete' });
  });

  it('have a span for their opening', async () => {
    await using collector = await startTraceCollector();
    const traced = await startTestGateway({
      tracing: { enabled: true, endpoint: collector.endpoint },
      server: { keepAliveGrace: '10ms' },
    });
    using _raw = await openRawSocket(traced.url);
    // With that, all that have ended are sent.
    await traced.stop();
    expect(collector.spans.map(({ name }) => name)).toContain('GET /graphql');
  });

  it('have an access line for each operation, with no word of what it was about', async () => {
    using raw = await open({ init: { 'apollographql-client-name': 'storefront' } });
    raw.send(subscribing('1', SUBSCRIPTION));
    await until('it has subscribed', () => source.active === 1 || undefined);
    source.addBook('Emma');
    await raw.expect('next');
    raw.send({ id: '1', type: 'complete' });
    const line = await until('its line', () =>
      gateway.logLines
        .map((text) => JSON.parse(text))
        .findLast(({ message, client }) => message === 'subscription ended' && client === 'storefront'),
    );
    expect(line).toMatchObject({ operation: 'Added', operation_type: 'subscription', ended: 'left', results: 1 });
    expect(JSON.stringify(line)).not.toContain('Emma');
    const metrics = readMetrics(await (await fetch(`${gateway.adminUrl}/metrics`)).text(), 'text');
    const counted = metrics
      .get('graphql_operations_total')
      ?.samples.filter(({ labels }) => labels.type === 'subscription');
    expect(counted?.find(({ labels }) => labels.outcome === 'success')?.value).toBeGreaterThan(0);
  });
});
