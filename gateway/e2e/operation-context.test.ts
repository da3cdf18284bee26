import { hashedId } from '@tributary/service-kit';
import { recordSpans, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CHANGED, startLiveGraph, user } from '../src/subscriptions/testing/live-graph.ts';
import {
  AUDIENCE,
  type FakeIssuer,
  ISSUER,
  type IssuerKey,
  newKey,
  startFakeIssuer,
  USER_ID,
} from '../src/testing/fake-issuer.ts';
import { json } from '../src/testing/fake-subgraph.ts';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';
import { openRawSocket, subscribing } from './testing/raw-socket.ts';

const STOREFRONT = { 'apollographql-client-name': 'storefront', 'apollographql-client-version': '2.1.0' };
const TITLES = 'query Titles { books { title } }';

describe('Whose operation it is', () => {
  let key: IssuerKey;
  let issuer: FakeIssuer;
  let gateway: TestGateway;
  beforeAll(async () => {
    key = await newKey('k1');
    issuer = await startFakeIssuer([key]);
    gateway = await startTestGateway({
      identity: { issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }] },
      tracing: { baggage: ['tenant', 'graph.client'] },
      batching: { enabled: true },
      sharing: { subgraph: true, inbound: false },
      subgraphs: { reviews: { operationContext: false } },
    });
  });
  afterAll(() => Promise.all([gateway.stop(), issuer[Symbol.asyncDispose]()]));
  beforeEach(() => {
    for (const subgraph of [gateway.books, gateway.reviews]) {
      subgraph.requests.length = 0;
      subgraph.answerWith(undefined);
    }
  });

  const asked = () => gateway.books.requests.map(({ headers }) => headers.baggage);
  const linesOf = (requestId: string) =>
    gateway.logLines.map((line) => JSON.parse(line)).filter((line) => line.request_id === requestId);

  it('subgraphs are told in baggage, of the user no more than the token says', async () => {
    const headers = { ...STOREFRONT, authorization: `Bearer ${await key.sign({})}` };
    await gateway.ask(TITLES, { headers });
    expect(asked()).toEqual([
      'graph.operation=Titles,graph.operation_type=query,graph.client=storefront,graph.client_version=2.1.0',
    ]);
    await gateway.ask('mutation { addBook(title: "x") { title } }');
    expect(asked().slice(1)).toEqual(['graph.operation_type=mutation,graph.client=unknown']);
  });

  it('no client says, whatever is handed on of its baggage', async () => {
    const baggage = 'graph.operation=Forged,graph.client=forged,graph.user=forged,tenant=blue,graph.x=1';
    await gateway.ask(TITLES, { headers: { ...STOREFRONT, baggage } });
    expect(asked()).toEqual([
      'graph.operation=Titles,graph.operation_type=query,graph.client=storefront,graph.client_version=2.1.0,tenant=blue',
    ]);
  });

  it('is not told to a subgraph for which that is off', async () => {
    await gateway.ask('query Ratings { books { rating } }', { headers: { ...STOREFRONT, baggage: 'tenant=blue' } });
    expect(asked()[0]).toContain('graph.operation=Ratings');
    expect(gateway.reviews.requests.map(({ headers }) => headers.baggage)).toEqual(['tenant=blue']);
  });

  it('each line of the gateway says, whatever else is under way', async () => {
    gateway.books.answerWith((_request, response) => response.writeHead(200).end('no JSON'));
    const authorization = `Bearer ${await key.sign({})}`;
    await Promise.all(
      ['title', 'pages', 'isbn'].map((name) =>
        gateway.ask(`query ${name} { books { ${name} } }`, {
          headers: { 'apollographql-client-name': `client-${name}`, 'x-request-id': `names-${name}`, authorization },
        }),
      ),
    );
    for (const name of ['title', 'pages', 'isbn']) {
      await until('its access line', () => linesOf(`names-${name}`).length >= 2);
      const names = { operation: name, operation_type: 'query', client: `client-${name}`, user: hashedId(USER_ID) };
      expect(linesOf(`names-${name}`)).toMatchObject([
        { message: 'subgraph fetch failed', level: 'warn', ...names },
        { message: 'request', ...names },
      ]);
    }
  });

  it('is of who asked first, where several share a fetch', async () => {
    const waiting: (() => void)[] = [];
    gateway.books.answerWith((request, response) => {
      waiting.push(() => json({ data: { books: [] } })(request, response));
    });
    const first = gateway.ask(TITLES, { headers: STOREFRONT });
    await until('its fetch', () => waiting.length === 1);
    const second = gateway.ask('query Second { books { title } }', { headers: { 'x-request-id': 'second' } });
    await until('it to be there', async () => (await gateway.send({}, '?query={__typename}')).ok);
    for (const answer of waiting) answer();
    await Promise.all([first, second]);
    expect(asked()).toHaveLength(1);
    expect(asked()[0]).toContain('graph.operation=Titles');
    await until('its access line', () => linesOf('second')[0]);
    expect(linesOf('second')).toMatchObject([{ message: 'request', operation: 'Second', client: 'unknown' }]);
  });

  it('is told of each operation of a batch', async () => {
    const body = [{ query: 'query A { a: books { title } }' }, { query: 'query B { b: books { pages } }' }];
    const headers = { 'content-type': 'application/json', ...STOREFRONT };
    await gateway.send({ method: 'POST', headers, body: JSON.stringify(body) });
    const told = gateway.books.requests.map(({ headers: { baggage }, body: { query } }) => [
      query.includes('pages') ? 'B' : 'A',
      /graph\.operation=(\w+)/.exec(baggage as string)?.[1],
    ]);
    expect(told.sort()).toEqual([
      ['A', 'A'],
      ['B', 'B'],
    ]);
  });

  it('is told of each operation of a WebSocket', async () => {
    using socket = await openRawSocket(gateway.url, { headers: STOREFRONT });
    socket.send(subscribing('1', 'query First { books { title } }'));
    await socket.expect('complete');
    socket.send(subscribing('2', 'query Then { books { pages } }'));
    await socket.expect('complete');
    const names = asked().map((baggage) => /graph\.operation=(\w+),.*graph\.client=(\w+)/.exec(baggage as string));
    expect(names.map((found) => found?.slice(1))).toEqual([
      ['First', 'storefront'],
      ['Then', 'storefront'],
    ]);
  });
});

it('Whose operation it is, is told with each event of a subscription, under the event’s own request id', async () => {
  // The context follows awaits from here on.
  recordSpans();
  await using graph = await startLiveGraph();
  const fields = { operation: 'Watch', operation_type: 'subscription', client: 'storefront' };
  const text = 'subscription Watch($id: ID!) { itemChanged(id: $id) { id name stock } }';
  const live = await graph.subscribe(text, { variables: { id: '1' }, identity: user('u'), fields });
  const { items, stock } = graph.subgraphs;
  const atStart = items.requests.length;
  for (let event = 0; event < 2; event++) {
    await graph.publish(CHANGED, { itemId: '1' });
    await live.next();
  }
  const told = [...items.requests.slice(atStart), ...stock.requests].map(({ headers }) => headers);
  expect(told).toHaveLength(4);
  for (const { baggage } of told) {
    expect(baggage).toBe('graph.operation=Watch,graph.operation_type=subscription,graph.client=storefront');
  }
  // What goes wrong with one, too, with whatever the engine fails.
  const failure = vi.spyOn(graph.gateway.engine, 'execute').mockRejectedValueOnce(new TypeError('x is not a function'));
  await graph.publish(CHANGED, { itemId: '1' });
  await live.next();
  failure.mockRestore();
  const [line] = graph.logLines.map((text) => JSON.parse(text));
  expect(line).toMatchObject({ level: 'error', message: 'an event failed', ...fields, request_id: expect.any(String) });
  // An event's fetches have one id in common, and no other event has it.
  expect(new Set(told.map((headers) => headers['x-request-id'])).size).toBe(2);
  await live.return?.();
});
