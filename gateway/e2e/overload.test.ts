import { until } from '@tributary/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { RequestShed } from '../src/overload/request-shed.ts';
import type { RawAnswer } from '../src/testing/fake-subgraph.ts';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';
import { FakeSubscriptions } from './testing/fake-subscriptions.ts';
import { openRawSocket, subscribing } from './testing/raw-socket.ts';
import { openRawStream } from './testing/raw-stream.ts';

const QUERY = '{ books { title } }';
const MUTATION = 'mutation { addBook(title: "x") { title } }';

/** Books answers nothing until it is told to. */
function holdBooks({ books }: TestGateway) {
  const held: (() => void)[] = [];
  const answer: RawAnswer = ({ body }, response) => {
    const data = body.query.startsWith('mutation') ? { addBook: { title: 'x' } } : { books: [{ title: 'Emma' }] };
    const send = () => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
    held.push(send);
  };
  books.answerWith(answer);
  return {
    /** Waits until it was asked so often in all. */
    asked: (count: number) => until(`${count} fetches`, () => books.requests.length === count),
    answerNext: () => held.shift()?.(),
    release: () => {
      books.answerWith((request, response) => {
        answer(request, response);
        held.pop()?.();
      });
      for (const send of held.splice(0)) send();
    },
  };
}

const scrape = async ({ adminUrl }: TestGateway) => (await fetch(`${adminUrl}/metrics`)).text();

const shedCount = async (gateway: TestGateway, priority: string) =>
  Number(
    new RegExp(`gateway_requests_shed_total{priority="${priority}"[^}]*} (\\d+)`).exec(await scrape(gateway))?.[1],
  );

const SHED = { status: 503, errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] };

describe('Overload: at the door', () => {
  it('shed with 503 and Retry-After, first whoever has no priority; health and pages are exempt', async () => {
    // Two places, of which the second is for those with a priority.
    await using gateway = await startTestGateway({ overload: { requests: { maximum: 2 } } });
    const held = holdBooks(gateway);
    const query = gateway.ask(QUERY);
    await held.asked(1);

    const shed = await gateway.ask(QUERY);
    expect(shed).toMatchObject(SHED);
    expect(shed.headers.get('retry-after')).toBe('1');
    expect(shed.headers.get('cache-control')).toBe('no-store');
    const mutation = gateway.ask(MUTATION);
    await held.asked(2);
    const full = await gateway.ask(MUTATION);
    expect(full).toMatchObject(SHED);
    expect(full.headers.get('retry-after')).toBe('1');

    expect([await shedCount(gateway, 'low'), await shedCount(gateway, 'unread')]).toEqual([1, 1]);
    expect(await scrape(gateway)).toMatch(/gateway_concurrency_limit{target="door"[^}]*} 2/);
    for (const path of ['live', 'ready']) expect((await fetch(`${gateway.adminUrl}/health/${path}`)).status).toBe(200);
    expect((await fetch(gateway.url)).status).toBe(200);

    held.release();
    expect([(await query).data, (await mutation).data]).toEqual([
      { books: [{ title: 'Emma' }] },
      { addBook: { title: 'x' } },
    ]);
    expect((await gateway.ask(QUERY)).data).toBeTruthy();
    const lines = gateway.logLines.map((line) => JSON.parse(line)).filter(({ shed }) => shed !== undefined);
    expect(lines.map(({ shed, status, code }) => ({ shed, status, code }))).toEqual(
      Array(2).fill({ shed: 'door', status: '503', code: 'SERVICE_UNAVAILABLE' }),
    );
  });

  it('a WebSocket is refused with 503 and counted while nobody is let in', async () => {
    await using gateway = await startTestGateway({ overload: { requests: { maximum: 1 } } });
    const held = holdBooks(gateway);
    const query = gateway.ask(QUERY);
    await held.asked(1);
    await expect(openRawSocket(gateway.url)).rejects.toThrow('Unexpected server response: 503');
    expect(await shedCount(gateway, 'unread')).toBe(1);
    const line = gateway.logLines.map((text) => JSON.parse(text)).find(({ shed }) => shed !== undefined);
    expect(line).toMatchObject({ shed: 'door', status: '503', code: 'SERVICE_UNAVAILABLE', method: 'GET' });
    held.release();
    await query;
    using later = await openRawSocket(gateway.url);
    expect(later.socket.readyState).toBe(later.socket.OPEN);
  });

  it('whoever sends a token comes before whoever does not', async () => {
    await using gateway = await startTestGateway({ overload: { requests: { maximum: 3 } } });
    const held = holdBooks(gateway);
    const first = [gateway.ask(QUERY), gateway.ask(QUERY)];
    await held.asked(2);
    expect(await gateway.ask(QUERY)).toMatchObject(SHED);
    // Of three places low takes two, as does normal; a mutation has the third.
    expect(await gateway.ask(QUERY, { headers: { authorization: 'Bearer x' } })).toMatchObject(SHED);
    expect([await shedCount(gateway, 'low'), await shedCount(gateway, 'normal')]).toEqual([1, 1]);
    held.release();
    await Promise.all(first);
  });

  it('what is refused before it is let in takes no place, and what fails gives its own back', async () => {
    await using gateway = await startTestGateway({ overload: { requests: { maximum: 2 } } });
    for (let count = 0; count < 5; count++) {
      expect((await gateway.ask('')).status).toBe(400);
      expect((await gateway.ask('{')).status).toBe(400);
      expect((await gateway.ask('{ nothing }')).status).toBe(400);
      expect((await gateway.ask('{ broken }')).errors).toHaveLength(1);
    }
    expect(await gateway.ask(QUERY)).toMatchObject({ status: 200 });
  });
});

describe('Overload: of a subgraph', () => {
  it('shed with 503 and Retry-After where nothing was begun; other fields and operations are answered', async () => {
    await using gateway = await startTestGateway({
      subgraphRequest: { connections: 1 },
      overload: { fetches: { maxWait: '100ms' } },
    });
    const held = holdBooks(gateway);
    const first = gateway.ask(QUERY);
    await held.asked(1);
    // Ever more come.
    const others: Promise<unknown>[] = [];
    const coming = setInterval(() => others.push(gateway.ask(QUERY)), 20);
    const shed = await gateway.ask(QUERY);
    expect(shed).toMatchObject(SHED);
    expect(shed.headers.get('retry-after')).toBe('1');
    expect(await gateway.ask(MUTATION)).toMatchObject(SHED);
    expect(await gateway.ask('{ latestReviews { stars } }')).toMatchObject({
      status: 200,
      data: { latestReviews: [{}] },
    });
    const partial = await gateway.ask('{ latestReviews { stars } books { title } }');
    expect(partial).toMatchObject({
      status: 200,
      data: { latestReviews: [{ stars: 5 }], books: null },
      errors: [{ path: ['books'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }],
    });
    expect(gateway.books.requests).toHaveLength(1);
    const text = await scrape(gateway);
    clearInterval(coming);
    await Promise.all(others);
    expect(text).toMatch(/fetches_rejected_total{subgraph="books",reason="concurrency"[^}]*} \d/);
    expect(text).toMatch(/gateway_concurrency_limit{target="books"[^}]*} 1/);
    expect([await shedCount(gateway, 'low'), await shedCount(gateway, 'high')]).toEqual([others.length + 1, 1]);
    held.release();
    expect((await first).data).toEqual({ books: [{ title: 'Emma' }] });
    expect(await gateway.ask(QUERY)).toMatchObject({ status: 200 });
  });

  it('however many ask for what a subgraph does not answer, others are let in', async () => {
    // Of 40 places those without a priority may take 28.
    await using gateway = await startTestGateway({
      overload: { requests: { maximum: 40 } },
      subgraphRequest: { connections: 2 },
    });
    const held = holdBooks(gateway);
    const first = Array.from({ length: 3 }, () => gateway.ask(QUERY));
    await held.asked(2);
    const stuckMs = performance.now();
    await until('nothing has moved for a moment', () => performance.now() - stuckMs > 500);
    const asked = [...first, ...Array.from({ length: 97 }, () => gateway.ask(QUERY))];
    await until('some are refused', async () => (await shedCount(gateway, 'low')) > 80);
    expect(await gateway.ask('{ latestReviews { stars } }')).toMatchObject({ status: 200 });
    expect(await scrape(gateway)).not.toMatch(/gateway_requests_shed_total{priority="unread"[^}]*} [1-9]/);
    held.release();
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    const answered = statuses.filter((status) => status === 200).length;
    // Two are sent, and as many wait as leave as many places.
    expect(answered).toBeGreaterThan(2);
    expect(answered).toBeLessThanOrEqual(15);
    expect(statuses.filter((status) => status === 503)).toHaveLength(100 - answered);
  });

  it('a subscription is shed as a query where nothing was begun for it, by whichever way it comes', async () => {
    const source = new FakeSubscriptions();
    await using gateway = await startTestGateway({}, { subscriptions: source });
    source.refusal = new RequestShed();
    const query = 'subscription { bookAdded { title } }';
    const accept = 'text/event-stream';
    const streamed = await openRawStream(`${gateway.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept },
    });
    expect([streamed.status, streamed.headers.get('retry-after')]).toEqual([503, '1']);
    using raw = await openRawSocket(gateway.url);
    raw.send(subscribing('1', query));
    expect((await raw.expect('error')).payload[0].extensions.code).toBe('SERVICE_UNAVAILABLE');
    expect(await shedCount(gateway, 'low')).toBe(2);
    const lines = gateway.logLines.map((text) => JSON.parse(text)).filter(({ shed }) => shed !== undefined);
    expect(lines.map(({ shed, method }) => [shed, method])).toEqual([
      ['subgraph', 'GET'],
      ['subgraph', 'WS'],
    ]);
  });

  it('what waits for a place is sent when there is one, a mutation before a query', async () => {
    await using gateway = await startTestGateway({
      subgraphRequest: { connections: 1 },
    });
    const held = holdBooks(gateway);
    const first = gateway.ask(QUERY);
    await held.asked(1);
    const waiting = (count: number) =>
      until(`${count} that wait`, async () =>
        new RegExp(`http_client_pending_requests{subgraph="books"[^}]*} ${count}`).test(await scrape(gateway)),
      );
    const query = gateway.ask(QUERY);
    await waiting(1);
    const mutation = gateway.ask(MUTATION);
    await waiting(2);
    held.answerNext();
    await held.asked(2);
    held.answerNext();
    await held.asked(3);
    held.answerNext();
    expect((await Promise.all([first, query, mutation])).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(gateway.books.requests.map(({ body }) => body.query.split(/\W/)[0])).toEqual(['', 'mutation', '']);
  });

  it('nothing is limited where it is switched off', async () => {
    await using gateway = await startTestGateway({
      overload: { enabled: false, requests: { maximum: 1 } },
      subgraphRequest: { connections: 64 },
    });
    const held = holdBooks(gateway);
    const asked = Array.from({ length: 40 }, () => gateway.ask(QUERY));
    await held.asked(40);
    held.release();
    expect((await Promise.all(asked)).every(({ status }) => status === 200)).toBe(true);
    expect(await scrape(gateway)).not.toMatch(/gateway_concurrency_limit{/);
  });
});
