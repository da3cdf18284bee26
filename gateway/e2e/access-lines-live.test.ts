import { CodedError } from '@tributary/service-kit';
import { rawConnection, startTraceCollector, until } from '@tributary/service-kit/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway } from '../src/testing/test-gateway.ts';
import { FakeSubscriptions } from './testing/fake-subscriptions.ts';
import { always, type LoggedGateway, query, startLoggedGateway } from './testing/logged-gateway.ts';
import { openRawSocket, type RawSocketOptions, subscribing } from './testing/raw-socket.ts';
import { openRawStream } from './testing/raw-stream.ts';

const ADDED = 'subscription Added { bookAdded { title } }';
const DEFERRED = 'query Deferred { book(isbn: "1") { title ...@defer { rating } } }';

const added = { operation: 'Added', operation_type: 'subscription' };
const ended = ({ duration_ms: _, ...rest }: typeof always, message: string) => ({
  ...rest,
  ...{ message, open_ms: expect.any(Number) },
});

let logged: LoggedGateway;
beforeAll(async () => {
  logged = await startLoggedGateway();
});
afterAll(() => logged[Symbol.asyncDispose]());
afterEach(() => {
  logged.source.refusal = undefined;
});

async function stream(accept: string, text: string) {
  const id = logged.newId();
  const headers = { 'content-type': 'application/json', accept, 'x-request-id': id };
  const opened = await openRawStream(`${logged.gateway.url}/graphql`, {
    ...{ method: 'POST', headers },
    body: JSON.stringify({ query: text }),
  });
  return { id, opened };
}

describe('access lines of a stream', () => {
  it('of one result', async () => {
    const { id, opened } = await stream('text/event-stream', 'query Titles { books { title } }');
    await opened.ended();
    expect(await logged.linesOf(id)).toEqual([
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
    expect(await logged.linesOf(id)).toEqual([{ ...always, ...query('Deferred'), ...parts }]);
  });

  it('of what is deferred counts the errors of later parts', async () => {
    const { id, opened } = await stream(
      'multipart/mixed;incrementalSpec=v0.2',
      'query Late { book(isbn: "3") { title ...@defer { rating } } }',
    );
    await opened.ended();
    const partial = { level: 'warn', outcome: 'partial', code: 'other', errors: 1 };
    expect((await logged.linesOf(id)).find(({ message }) => message === 'request')).toMatchObject(partial);
  });

  it.each([
    ['text/event-stream', 'sse'],
    ['multipart/mixed;subscriptionSpec=1.0', 'multipart'],
  ])('of a subscription, as %s: when it has begun, and when it has ended', async (accept, transport) => {
    const { id, opened } = await stream(accept, ADDED);
    await until('it has subscribed', () => logged.source.active === 1 || undefined);
    const begun = { ...always, ...added, transport };
    expect(await logged.linesOf(id)).toEqual([begun]);
    logged.source.addBook('Emma');
    await opened.has('Emma');
    opened.leave();
    const over = { ...added, transport, ended: 'left', results: 1 };
    expect(await logged.linesOf(id, 2)).toEqual([begun, { ...ended(always, 'subscription ended'), ...over }]);
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
    await until('it has subscribed', () => logged.source.active === 1 || undefined);
    logged.source.fail(new CodedError('SUBSCRIPTION_UNAVAILABLE'));
    await opened.ended();
    const failed = { level: 'warn', outcome: 'failure', code: 'SUBSCRIPTION_UNAVAILABLE', errors: 1 };
    const over = { ...added, transport: 'sse', ...failed, ended: 'failed', results: 0 };
    expect((await logged.linesOf(id, 2))[1]).toEqual({ ...ended(always, 'subscription ended'), ...over });
  });

  it('of a subscription that is refused: one', async () => {
    logged.source.refusal = new CodedError('SUBSCRIPTION_UNAVAILABLE');
    const { id, opened } = await stream('text/event-stream', ADDED);
    await opened.ended();
    const failed = { level: 'warn', outcome: 'failure', code: 'SUBSCRIPTION_UNAVAILABLE', errors: 1 };
    expect((await logged.linesOf(id))[0]).toMatchObject({ ...added, ...failed, message: 'request' });
  });
});

describe('access lines of a WebSocket', () => {
  const open = (options?: RawSocketOptions) => openRawSocket(logged.gateway.url, options);
  const opening = { ...always, method: 'GET', status: '101', transport: 'websocket' };
  const closing = (code: string) => ({ ...ended(opening, 'connection ended'), close_code: code });
  const message = { ...always, method: 'WS', transport: 'websocket' };

  it('are of its opening, of each operation, and of its end', async () => {
    const id = logged.newId();
    const all = await logged.linesWhile(async () => {
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
    expect(await logged.requestsCounted('/graphql', '101')).toBeGreaterThan(0);
  });

  it('are of what is deferred, once all of it was sent', async () => {
    const all = await logged.linesWhile(async () => {
      using raw = await open();
      raw.send(subscribing('1', DEFERRED));
      await raw.expect('complete');
    }, 2);
    const parts = { results: 2, ended: 'completed', open_ms: expect.any(Number) };
    expect(all[1]).toEqual({ ...message, ...query('Deferred'), ...parts });
  });

  it('are of a subscription when it has begun, when it has ended, and of one too many', async () => {
    using raw = await open();
    const begun = await logged.linesWhile(async () => raw.send(subscribing('1', ADDED)), 1);
    expect(begun).toEqual([{ ...message, ...added }]);
    const tooMany = await logged.linesWhile(async () => raw.send(subscribing('2', ADDED)), 1);
    const { client: _, ...unnamed } = message;
    const refused = { status: '429', outcome: 'refused', code: 'SUBSCRIPTION_LIMIT_EXCEEDED', errors: 1 };
    expect(tooMany).toEqual([{ ...unnamed, ...refused }]);
    expect((await raw.expect('error')).payload).toMatchObject([{ extensions: { requestId: tooMany[0].request_id } }]);
    logged.source.addBook('Emma');
    await raw.expect('next');
    const over = await logged.linesWhile(async () => raw.send({ id: '1', type: 'complete' }), 1);
    const request_id = begun[0].request_id;
    expect(over).toEqual([
      { ...ended(message, 'subscription ended'), ...added, request_id, ended: 'left', results: 1 },
    ]);
  });

  it('say with what an operation failed', async () => {
    const all = await logged.linesWhile(async () => {
      using raw = await open();
      raw.send(subscribing('1', 'query Rated { books { rating } }'));
      await raw.expect('complete');
    }, 3);
    const partial = { level: 'warn', outcome: 'partial', code: 'other', errors: 1 };
    expect(all).toContainEqual({ ...message, ...query('Rated'), ...partial });
  });

  it('tell of a token that is not good, by the request of the opening', async () => {
    const id = logged.newId();
    using raw = await open({ init: false, headers: { 'x-request-id': id } });
    raw.send({ type: 'connection_init', payload: { authorization: 'Bearer x.y.z' } });
    expect(await raw.closed()).toMatchObject({ code: 4403 });
    const refused = { outcome: 'refused', code: 'TOKEN_INVALID', errors: 1, cause: 'ERR_JWT_INVALID' };
    expect(await logged.linesOf(id, 2)).toEqual([
      { ...opening, request_id: id },
      { ...closing('4403'), request_id: id, ...refused },
    ]);
  });

  it('tell of one that speaks no protocol that there is', async () => {
    const all = await logged.linesWhile(async () => {
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
    const id = logged.newId();
    const counted = (await logged.requestsCounted(route, String(status))) ?? 0;
    const { socket, received, closed } = await rawConnection(Number(new URL(logged.gateway.url).port));
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
    expect(await logged.linesOf(id)).toEqual([{ ...unnamed, ...named, route, ...refused }]);
    expect(await logged.requestsCounted(route, String(status))).toBe(counted + 1);
  });

  it('have the id that its opening is answered with', async () => {
    const { socket, received } = await rawConnection(Number(new URL(logged.gateway.url).port));
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
