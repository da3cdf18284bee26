import { CodedError } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
import { openRawStream } from './testing/raw-stream.ts';

const SUBSCRIPTION = 'subscription Added { bookAdded { title } }';
const SSE = 'text/event-stream';
const MULTIPART = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0';

describe('streams of results', () => {
  let key: IssuerKey;
  let issuer: FakeIssuer;
  let gateway: TestGateway;
  const source = new FakeSubscriptions();
  beforeAll(async () => {
    key = await newKey('k1');
    issuer = await startFakeIssuer([key]);
    gateway = await startTestGateway(
      {
        identity: { issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }] },
        subscriptions: { keepAlive: '300ms' },
      },
      { subscriptions: source },
    );
  });
  afterAll(() => Promise.all([gateway.stop(), issuer[Symbol.asyncDispose]()]));

  const post = (accept: string, query = SUBSCRIPTION, headers: Record<string, string> = {}, rest: object = {}) =>
    openRawStream(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, 'accept-encoding': 'gzip, br', ...headers },
      body: JSON.stringify({ query, ...rest }),
    });
  const get = (accept: string, query = SUBSCRIPTION, headers: Record<string, string> = {}) =>
    openRawStream(`${gateway.url}/graphql?query=${encodeURIComponent(query)}`, { headers: { accept, ...headers } });
  const subscribed = (count = 1) => until('it has subscribed', () => source.active === count || undefined);
  const codeIn = (text: string) => /"code":"(\w+)"/.exec(text)?.[1];

  describe('server-sent events', () => {
    it('come as they happen, with ids, uncompressed, and kept by nobody', async () => {
      const stream = await post(SSE);
      await subscribed();
      expect(stream.status).toBe(200);
      expect(Object.fromEntries(stream.headers)).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
        'x-request-id': expect.any(String),
        'x-content-type-options': 'nosniff',
      });
      expect(stream.headers.get('content-encoding')).toBeNull();
      source.addBook('Emma');
      await stream.has('event: next\ndata: {"data":{"bookAdded":{"title":"Emma"}}}\n\n');
      source.addBook('Ulysses', '7-2');
      await stream.has(
        'id: 7-2\nevent: next\ndata: {"data":{"bookAdded":{"title":"Ulysses"}},"extensions":{"eventId":"7-2"}}\n\n',
      );
      await stream.has('}\n\n:\n\n');
      source.end('completed');
      await stream.ended();
      expect(stream.text()).toMatch(/event: complete\ndata: \n\n$/);
    });

    it('go on behind the last event that a client has', async () => {
      source.startId = '7-0';
      const stream = await get(SSE, SUBSCRIPTION, { 'last-event-id': '7-5' });
      source.startId = undefined;
      await subscribed();
      expect(source.requests.at(-1)?.lastEventId).toBe('7-5');
      await stream.has('id: 7-0\n\n');
      stream.leave();
      await subscribed(0);
      const other = await post(SSE, SUBSCRIPTION, {}, { extensions: { lastEventId: '7-6' } });
      await subscribed();
      expect(source.requests.at(-1)?.lastEventId).toBe('7-6');
      other.leave();
      await subscribed(0);
    });

    it.each([
      ['a query', 'query { books { isbn } }', '{"data":{"books":[{"isbn":"1"},{"isbn":"2"},{"isbn":"3"}]}}'],
      ['a mutation', 'mutation { addBook(title: "a") { isbn } }', '{"data":{"addBook":{"isbn":"4"}}}'],
    ])('carry the one result of %s, too', async (_name, query, data) => {
      const stream = await post(SSE, query);
      await stream.ended();
      expect(stream.text()).toBe(`event: next\ndata: ${data}\n\nevent: complete\ndata: \n\n`);
    });

    it('tell what is wrong with an operation, by status 200, as a browser would see nothing of another one', async () => {
      const stream = await get(SSE, 'subscription { nothing }');
      await stream.ended();
      expect(stream.status).toBe(200);
      expect(stream.text()).toMatch(/^event: next\ndata: \{"errors":.*\n\nevent: complete\ndata: \n\n$/);
      expect(codeIn(stream.text())).toBe('GRAPHQL_VALIDATION_FAILED');
    });

    it('are refused by a status for what is wrong with the request', async () => {
      const stream = await post(SSE, SUBSCRIPTION, { authorization: 'Bearer a.b.c' });
      await stream.ended();
      expect([stream.status, codeIn(stream.text())]).toEqual([401, 'TOKEN_INVALID']);
      const forged = await get(SSE, SUBSCRIPTION, { 'sec-fetch-site': 'cross-site' });
      await forged.ended();
      expect([forged.status, codeIn(forged.text())]).toEqual([400, 'CSRF_PREVENTED']);
    });

    it('end with an error where their source breaks, and with the token', async () => {
      const broken = await post(SSE);
      await subscribed();
      source.fail(new CodedError('SUBGRAPH_UNAVAILABLE'));
      await broken.ended();
      expect(codeIn(broken.text())).toBe('SUBGRAPH_UNAVAILABLE');
      const gone = await post(SSE);
      await subscribed();
      source.end('failed');
      await gone.ended();
      expect(codeIn(gone.text())).toBe('SUBSCRIPTION_UNAVAILABLE');
      const exp = Math.floor(Date.now() / 1000) + 2;
      const stream = await post(SSE, SUBSCRIPTION, { authorization: `Bearer ${await key.sign({ exp })}` });
      await stream.ended();
      expect(codeIn(stream.text())).toBe('TOKEN_EXPIRED');
      expect(stream.text()).toMatch(/event: complete\ndata: \n\n$/);
      expect(source.active).toBe(0);
    });

    it('are not for who accepts everything, or a single answer', async () => {
      const asked = async (stream: Awaited<ReturnType<typeof get>>) => {
        await stream.ended();
        return [stream.status, codeIn(stream.text())];
      };
      expect(await asked(await post('*/*'))).toEqual([400, 'BAD_REQUEST']);
      expect(await asked(await post('application/graphql-response+json'))).toEqual([400, 'BAD_REQUEST']);
      expect(await asked(await get('application/json'))).toEqual([405, 'METHOD_NOT_ALLOWED']);
      expect(await asked(await post('multipart/mixed;subscriptionSpec=2.0'))).toEqual([406, 'NOT_ACCEPTABLE']);
      // A single answer is what they get of a query who take both.
      expect((await post(`application/json, ${SSE}`, '{ books { isbn } }')).headers.get('content-type')).toContain(
        'application/json',
      );
    });

    it('have an access line with how it ended, and leave their source when the client leaves', async () => {
      const stream = await post(SSE, SUBSCRIPTION, { 'x-request-id': 'stream-1' });
      await subscribed();
      source.addBook('Emma');
      await stream.has('Emma');
      stream.leave();
      await subscribed(0);
      const line = await until('its access line', () =>
        gateway.logLines.map((text) => JSON.parse(text)).findLast(({ request_id }) => request_id === 'stream-1'),
      );
      expect(line).toMatchObject({ message: 'subscription ended', ended: 'left', results: 1 });
    });
  });

  describe('multipart', () => {
    it('carries results as payloads, heartbeats, and its end', async () => {
      const stream = await post(`${MULTIPART}, application/json`);
      await subscribed();
      expect(stream.headers.get('content-type')).toBe('multipart/mixed; boundary="-"; subscriptionSpec=1.0');
      source.addBook('Emma');
      const part = (json: string) => `\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${json}\r\n---`;
      await stream.has(`\r\n---${part('{"payload":{"data":{"bookAdded":{"title":"Emma"}}}}')}`);
      await stream.has(part('{}'));
      source.end('completed');
      await stream.ended();
      expect(stream.text()).toMatch(/\r\n-----\r\n$/);
    });

    it('ends with errors beside an empty payload', async () => {
      const stream = await post(MULTIPART);
      await subscribed();
      source.end('retired');
      await stream.ended();
      expect(stream.text()).toMatch(/\{"payload":null,"errors":\[.*"SUBSCRIPTION_RETIRED".*\]\}\r\n-----\r\n$/);
    });
  });
});
