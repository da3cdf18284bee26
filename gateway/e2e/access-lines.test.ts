import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError } from '@tributary/service-kit';
import { rawConnection, readMetrics, startTraceCollector, until } from '@tributary/service-kit/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AUDIENCE, type FakeIssuer, ISSUER, newKey, startFakeIssuer } from '../src/testing/fake-issuer.ts';
import { json } from '../src/testing/fake-subgraph.ts';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';
import { FakeSubscriptions } from './testing/fake-subscriptions.ts';
import { openRawSocket, type RawSocketOptions, subscribing } from './testing/raw-socket.ts';
import { openRawStream } from './testing/raw-stream.ts';

const ADDED = 'subscription Added { bookAdded { title } }';
const DEFERRED = 'query Deferred { book(isbn: "1") { title ...@defer { rating } } }';
const TRACE_ID = /^[\da-f]{32}$/;

/** Every line of a request has these, whatever way it came by. */
const always = {
  ...{ time: expect.any(String), level: 'info', service: 'gateway', message: 'request' },
  ...{ trace_id: expect.stringMatching(TRACE_ID), span_id: expect.any(String), request_id: expect.any(String) },
  ...{ method: 'POST', route: '/graphql', status: '200', client: 'unknown' },
  ...{ transport: 'http', outcome: 'success', errors: 0, duration_ms: expect.any(Number) },
};
const ended = ({ duration_ms: _, ...rest }: typeof always, message: string) => ({
  ...rest,
  ...{ message, open_ms: expect.any(Number) },
});
const query = (operation: string) => ({ operation, operation_type: 'query' });
const added = { operation: 'Added', operation_type: 'subscription' };

describe('access lines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-lines-'));
  const source = new FakeSubscriptions();
  let issuer: FakeIssuer;
  let gateway: TestGateway;
  beforeAll(async () => {
    writeFileSync(join(folder, 'openapi.yaml'), 'title: Library\n');
    writeFileSync(
      join(folder, 'get-book.graphql'),
      'query GetBook($isbn: ID!) @rest(path: "/books/{isbn}", result: "book") { book(isbn: $isbn) { title } }',
    );
    writeFileSync(
      join(folder, 'get-rated.graphql'),
      'query GetRated($isbn: ID!) @rest(path: "/rated/{isbn}", result: "book") { book(isbn: $isbn) { title rating } }',
    );
    writeFileSync(
      join(folder, 'get-taken.graphql'),
      'query GetTaken @rest(path: "/taken", result: "books", errors: "books") { books { __typename title } }',
    );
    issuer = await startFakeIssuer([await newKey('k1')]);
    gateway = await startTestGateway(
      {
        identity: { issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }] },
        batching: { enabled: true },
        cost: { mode: 'off' },
        rest: { documents: folder },
        subscriptions: { perConnection: 1 },
      },
      { subscriptions: source },
    );
  });
  afterAll(async () => {
    await Promise.all([gateway.stop(), issuer[Symbol.asyncDispose]()]);
    rmSync(folder, { recursive: true });
  });
  afterEach(() => {
    gateway.books.answerWith(undefined);
    source.refusal = undefined;
  });

  let asked = 0;
  const newId = () => `line-${asked++}`;
  const lines = () => gateway.logLines.map((text) => JSON.parse(text));
  /** Those of a request, once there are so many. */
  const linesOf = (requestId: string, count = 1) =>
    until(`${count} lines of ${requestId}`, () => {
      const found = lines().filter(({ request_id }) => request_id === requestId);
      return found.length >= count ? found : undefined;
    });
  /** What lines were written meanwhile, once there are so many. */
  async function linesWhile(work: () => Promise<unknown>, count: number) {
    const before = gateway.logLines.length;
    await work();
    await until(`${count} lines`, () => gateway.logLines.length >= before + count || undefined);
    return lines().slice(before);
  }
  async function ask(text: string, headers: Record<string, string> = {}) {
    const id = newId();
    await gateway.ask(text, { headers: { 'x-request-id': id, ...headers } });
    return await linesOf(id);
  }
  async function stream(accept: string, text: string) {
    const id = newId();
    const headers = { 'content-type': 'application/json', accept, 'x-request-id': id };
    const opened = await openRawStream(`${gateway.url}/graphql`, {
      ...{ method: 'POST', headers },
      body: JSON.stringify({ query: text }),
    });
    return { id, opened };
  }
  /** By GET. */
  const requestsCounted = async (route: string, status: string) => {
    const metrics = readMetrics(await (await fetch(`${gateway.adminUrl}/metrics`)).text(), 'text');
    const samples = metrics.get('http_requests_total')?.samples ?? [];
    const isMeant = (labels: Readonly<Record<string, string>>) =>
      labels.method === 'GET' && labels.route === route && labels.status === status;
    return samples.find(({ labels }) => isMeant(labels))?.value;
  };

  describe('of a request', () => {
    it('that was answered', async () => {
      expect(await ask('query Titles { books { title } }')).toEqual([{ ...always, ...query('Titles') }]);
    });

    it('by GET', async () => {
      const id = newId();
      const search = `?query=${encodeURIComponent('query Titles { books { title } }')}`;
      await gateway.send({ headers: { 'x-request-id': id } }, search);
      expect(await linesOf(id)).toEqual([{ ...always, method: 'GET', ...query('Titles') }]);
    });

    it('of which a part failed by our fault: a warning, with the first code that is ours', async () => {
      const errors = [
        { message: 'x', path: ['books', 0, 'title'], extensions: { code: 'FORBIDDEN' } },
        { message: 'x', path: ['books', 1, 'title'], extensions: { code: 'DEADLINE_EXCEEDED' } },
      ];
      gateway.books.answerWith(json({ data: { books: [null, null] }, errors }));
      const ours = { level: 'warn', outcome: 'partial', code: 'DEADLINE_EXCEEDED', errors: 2 };
      expect(await ask('query Titles { books { title } }')).toContainEqual({ ...always, ...query('Titles'), ...ours });
      gateway.books.answerWith(undefined);
      // Of a code that is not ours nobody can say whose fault it is.
      const other = { level: 'warn', outcome: 'partial', code: 'other', errors: 1 };
      expect(await ask('query Rated { books { rating } }')).toContainEqual({ ...always, ...query('Rated'), ...other });
    });

    it('that failed as a whole', async () => {
      const failed = { level: 'warn', outcome: 'failure', code: 'INTERNAL_SERVER_ERROR', errors: 1 };
      gateway.books.answerWith(
        json({ data: { denied: null }, errors: [{ message: 'x', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }),
      );
      expect(await ask('query Whole { denied }')).toContainEqual({ ...always, ...query('Whole'), ...failed });
    });

    it('that was refused: what is the client’s fault is no warning', async () => {
      const refused = { outcome: 'refused', code: 'GRAPHQL_VALIDATION_FAILED', errors: 1 };
      expect(await ask('query Wrong { nothing }')).toEqual([
        { ...always, status: '400', ...query('Wrong'), ...refused },
      ]);
      const forbidden = { outcome: 'refused', code: 'FORBIDDEN', errors: 1 };
      expect(await ask('query Denied { denied }')).toContainEqual({ ...always, ...query('Denied'), ...forbidden });
      const token = { status: '401', outcome: 'refused', code: 'TOKEN_INVALID', errors: 1, cause: 'ERR_JWT_INVALID' };
      expect(await ask('{ __typename }', { authorization: 'Bearer x.y.z' })).toEqual([{ ...always, ...token }]);
    });

    it('for nothing that there is', async () => {
      const id = newId();
      await fetch(`${gateway.url}/nowhere`, { headers: { 'x-request-id': id } });
      const { client: _, ...unnamed } = always;
      const missing = { outcome: 'refused', code: 'NOT_FOUND', errors: 1 };
      expect(await linesOf(id)).toEqual([{ ...unnamed, method: 'GET', route: 'unknown', status: '404', ...missing }]);
    });

    it('of several operations: one each, with fields of its own, and one of all', async () => {
      const id = newId();
      const batch = ['query A { books { title } }', 'query B { nothing }', 'query C { books { rating } }'];
      await gateway.send({
        ...{ method: 'POST', headers: { 'content-type': 'application/json', 'x-request-id': id } },
        body: JSON.stringify(batch.map((text) => ({ query: text }))),
      });
      const all = (await linesOf(id, 4)).filter(({ message }) => message === 'request');
      const wrong = { outcome: 'refused', code: 'GRAPHQL_VALIDATION_FAILED', errors: 1 };
      const partial = { level: 'warn', outcome: 'partial', code: 'other', errors: 1 };
      expect(all.toSorted((a, b) => (a.part ?? 3) - (b.part ?? 3))).toEqual([
        { ...always, ...query('A'), part: 0 },
        { ...always, ...query('B'), part: 1, ...wrong },
        { ...always, ...query('C'), part: 2, ...partial },
        { ...always, batch: 3, ...partial, errors: 2 },
      ]);
    });

    it.each([
      ['what is not there', '/v1/books/9', 404, { outcome: 'refused', code: 'NOT_FOUND' }],
      ['what fails in part', '/v1/rated/3', 500, { level: 'warn', outcome: 'failure', code: 'other' }],
      ['a conflict', '/v1/taken', 409, { outcome: 'refused', code: 'other' }],
    ])('by a route of REST, of %s: what is sent', async (_, path, status, told) => {
      const id = newId();
      const response = await fetch(`${gateway.url}${path}`, { headers: { 'x-request-id': id } });
      expect(response.status).toBe(status);
      const access = (await linesOf(id)).filter(({ message }) => message === 'request');
      expect(access).toMatchObject([{ level: 'info', ...told, status: String(status), errors: 1 }]);
    });

    it('by a route of REST: with the route’s template, as its metric', async () => {
      const id = newId();
      await fetch(`${gateway.url}/v1/books/2`, { headers: { 'x-request-id': id } });
      const route = '/v1/books/{isbn}';
      expect(await linesOf(id)).toEqual([{ ...always, method: 'GET', route, ...query('GetBook') }]);
      expect(await requestsCounted(route, '200')).toBe(1);
      const other = newId();
      await fetch(`${gateway.url}/v1/nothing/2`, { headers: { 'x-request-id': other } });
      expect(await linesOf(other)).toMatchObject([{ route: '/v:major(^\\d+$)/*', status: '404', code: 'NOT_FOUND' }]);
    });
  });

  describe('of a stream', () => {
    it('of one result', async () => {
      const { id, opened } = await stream('text/event-stream', 'query Titles { books { title } }');
      await opened.ended();
      expect(await linesOf(id)).toEqual([
        { ...always, ...query('Titles'), transport: 'sse', open_ms: expect.any(Number) },
      ]);
    });

    it.each([
      ['multipart/mixed;incrementalSpec=v0.2', 'multipart'],
      ['text/event-stream', 'sse'],
    ])('of what is deferred, as %s: when all of it was sent', async (accept, transport) => {
      const { id, opened } = await stream(accept, DEFERRED);
      await opened.ended();
      const parts = { transport, results: 2, ended: 'completed', open_ms: expect.any(Number) };
      expect(await linesOf(id)).toEqual([{ ...always, ...query('Deferred'), ...parts }]);
    });

    it('of what is deferred counts the errors of later parts', async () => {
      const { id, opened } = await stream(
        'multipart/mixed;incrementalSpec=v0.2',
        'query Late { book(isbn: "3") { title ...@defer { rating } } }',
      );
      await opened.ended();
      const partial = { level: 'warn', outcome: 'partial', code: 'other', errors: 1 };
      expect((await linesOf(id)).find(({ message }) => message === 'request')).toMatchObject(partial);
    });

    it.each([
      ['text/event-stream', 'sse'],
      ['multipart/mixed;subscriptionSpec=1.0', 'multipart'],
    ])('of a subscription, as %s: when it has begun, and when it has ended', async (accept, transport) => {
      const { id, opened } = await stream(accept, ADDED);
      await until('it has subscribed', () => source.active === 1 || undefined);
      const begun = { ...always, ...added, transport };
      expect(await linesOf(id)).toEqual([begun]);
      source.addBook('Emma');
      await opened.has('Emma');
      opened.leave();
      const over = { ...added, transport, ended: 'left', results: 1 };
      expect(await linesOf(id, 2)).toEqual([begun, { ...ended(always, 'subscription ended'), ...over }]);
    });

    it('of a subscription: its span ends when it has begun', async () => {
      await using collector = await startTraceCollector();
      await using traced = await startTestGateway(
        { tracing: { enabled: true, endpoint: collector.endpoint, exportInterval: '10ms' } },
        { subscriptions: new FakeSubscriptions() },
      );
      const opened = await openRawStream(`${traced.url}/graphql`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json', accept: 'text/event-stream' } },
        body: JSON.stringify({ query: ADDED }),
      });
      const named = () => collector.spans.filter(({ name }) => name === 'POST /graphql');
      await until('its span', () => named().length > 0 || undefined);
      expect(named()).toMatchObject([{ hasFailed: false, attributes: { 'http.response.status_code': 200 } }]);
      opened.leave();
    });

    it('of a subscription whose source breaks', async () => {
      const { id, opened } = await stream('text/event-stream', ADDED);
      await until('it has subscribed', () => source.active === 1 || undefined);
      source.fail(new CodedError('SUBSCRIPTION_UNAVAILABLE'));
      await opened.ended();
      const failed = { level: 'warn', outcome: 'failure', code: 'SUBSCRIPTION_UNAVAILABLE', errors: 1 };
      const over = { ...added, transport: 'sse', ...failed, ended: 'failed', results: 0 };
      expect((await linesOf(id, 2))[1]).toEqual({ ...ended(always, 'subscription ended'), ...over });
    });

    it('of a subscription that is refused: one', async () => {
      source.refusal = new CodedError('SUBSCRIPTION_UNAVAILABLE');
      const { id, opened } = await stream('text/event-stream', ADDED);
      await opened.ended();
      const failed = { level: 'warn', outcome: 'failure', code: 'SUBSCRIPTION_UNAVAILABLE', errors: 1 };
      expect((await linesOf(id))[0]).toMatchObject({ ...added, ...failed, message: 'request' });
    });
  });

  describe('of a WebSocket', () => {
    const open = (options?: RawSocketOptions) => openRawSocket(gateway.url, options);
    const opening = { ...always, method: 'GET', status: '101', transport: 'websocket' };
    const closing = (code: string) => ({ ...ended(opening, 'connection ended'), close_code: code });
    const message = { ...always, method: 'WS', transport: 'websocket' };

    it('are of its opening, of each operation, and of its end', async () => {
      const id = newId();
      const all = await linesWhile(async () => {
        using raw = await open({ headers: { 'x-request-id': id, 'apollographql-client-name': 'storefront' } });
        raw.send(subscribing('1', 'query Titles { books { title } }'));
        await raw.expect('complete');
        raw.send(subscribing('2', 'query Wrong { nothing }'));
        await raw.expect('error');
        raw.socket.close(1000);
        await raw.closed();
      }, 4);
      const client = 'storefront';
      const wrong = { outcome: 'refused', code: 'GRAPHQL_VALIDATION_FAILED', errors: 1 };
      expect(all).toEqual([
        { ...opening, request_id: id, client },
        { ...message, client, ...query('Titles') },
        { ...message, client, ...query('Wrong'), ...wrong },
        { ...closing('1000'), request_id: id, client },
      ]);
      expect(await requestsCounted('/graphql', '101')).toBeGreaterThan(0);
    });

    it('are of what is deferred, once all of it was sent', async () => {
      const all = await linesWhile(async () => {
        using raw = await open();
        raw.send(subscribing('1', DEFERRED));
        await raw.expect('complete');
      }, 2);
      const parts = { results: 2, ended: 'completed', open_ms: expect.any(Number) };
      expect(all[1]).toEqual({ ...message, ...query('Deferred'), ...parts });
    });

    it('are of a subscription when it has begun, when it has ended, and of one too many', async () => {
      using raw = await open();
      const begun = await linesWhile(async () => raw.send(subscribing('1', ADDED)), 1);
      expect(begun).toEqual([{ ...message, ...added }]);
      const tooMany = await linesWhile(async () => raw.send(subscribing('2', ADDED)), 1);
      const { client: _, ...unnamed } = message;
      const refused = { status: '429', outcome: 'refused', code: 'SUBSCRIPTION_LIMIT_EXCEEDED', errors: 1 };
      expect(tooMany).toEqual([{ ...unnamed, ...refused }]);
      expect((await raw.expect('error')).payload).toMatchObject([{ extensions: { requestId: tooMany[0].request_id } }]);
      source.addBook('Emma');
      await raw.expect('next');
      const over = await linesWhile(async () => raw.send({ id: '1', type: 'complete' }), 1);
      const request_id = begun[0].request_id;
      expect(over).toEqual([
        { ...ended(message, 'subscription ended'), ...added, request_id, ended: 'left', results: 1 },
      ]);
    });

    it('say with what an operation failed', async () => {
      const all = await linesWhile(async () => {
        using raw = await open();
        raw.send(subscribing('1', 'query Rated { books { rating } }'));
        await raw.expect('complete');
      }, 3);
      const partial = { level: 'warn', outcome: 'partial', code: 'other', errors: 1 };
      expect(all).toContainEqual({ ...message, ...query('Rated'), ...partial });
    });

    it('tell of a token that is not good, by the request of the opening', async () => {
      const id = newId();
      using raw = await open({ init: false, headers: { 'x-request-id': id } });
      raw.send({ type: 'connection_init', payload: { authorization: 'Bearer x.y.z' } });
      expect(await raw.closed()).toMatchObject({ code: 4403 });
      const refused = { outcome: 'refused', code: 'TOKEN_INVALID', errors: 1, cause: 'ERR_JWT_INVALID' };
      expect(await linesOf(id, 2)).toEqual([
        { ...opening, request_id: id },
        { ...closing('4403'), request_id: id, ...refused },
      ]);
    });

    it('tell of one that speaks no protocol that there is', async () => {
      const all = await linesWhile(async () => {
        using raw = await open({ init: false, protocol: '' });
        await raw.closed();
      }, 2);
      const refused = { outcome: 'refused', code: 'BAD_REQUEST', errors: 1 };
      expect(all).toEqual([opening, { ...closing('4406'), ...refused }]);
    });

    it.each([
      ['of another site', '/graphql', 'origin: https://evil.example\r\n', '/graphql', 400, 'CSRF_PREVENTED'],
      ['to what is not there', '/nowhere', '', 'unknown', 404, 'NOT_FOUND'],
      ['that is no handshake', '/graphql', 'sec-websocket-version: 7\r\n', '/graphql', 400, 'BAD_REQUEST'],
    ] as const)('tell of an opening %s, and its answer has the id', async (_, path, header, route, status, code) => {
      const id = newId();
      const counted = (await requestsCounted(route, String(status))) ?? 0;
      const { socket, received, closed } = await rawConnection(Number(new URL(gateway.url).port));
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nx-request-id: ${id}\r\n` +
          `sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n${header}\r\n`,
      );
      await closed;
      expect(received()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(received()).toMatch(new RegExp(`^x-request-id: ${id}\\r$`, 'm'));
      expect(received()).toContain(`"requestId":"${id}"`);
      const { client, ...unnamed } = opening;
      const named = code === 'BAD_REQUEST' ? { client } : {};
      const refused = { status: String(status), outcome: 'refused', code, errors: 1 };
      expect(await linesOf(id)).toEqual([{ ...unnamed, ...named, route, ...refused }]);
      expect(await requestsCounted(route, String(status))).toBe(counted + 1);
    });

    it('have the id that its opening is answered with', async () => {
      const { socket, received } = await rawConnection(Number(new URL(gateway.url).port));
      socket.write(
        'GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nx-request-id: opened\r\n' +
          'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n' +
          'sec-websocket-protocol: graphql-transport-ws\r\n\r\n',
      );
      await until('the answer', () => received().includes('\r\n\r\n') || undefined);
      expect(received()).toMatch(/^HTTP\/1.1 101 /);
      expect(received()).toMatch(/^x-request-id: opened\r$/m);
      socket.destroy();
    });
  });
});
