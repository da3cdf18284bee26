import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { Pool } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { RetryBudget } from '../resilience/retry-budget.ts';
import { FetchError } from './fetch-error.ts';
import { post } from './post.ts';
import { sendAgain, wasNotSent } from './send-again.ts';

const closed: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closed.splice(0)) await close();
});

interface Options {
  isQuery?: boolean;
  budget?: RetryBudget;
  timeoutMs?: number;
  /** Done before the second time. */
  between?: () => Promise<unknown>;
}

async function ask(
  port: number,
  { isQuery = true, budget = new RetryBudget(0.1), timeoutMs = 5000, between }: Options,
) {
  const pool = new Pool(`http://127.0.0.1:${port}`);
  closed.push(() => pool.destroy());
  const endMs = performance.now() + timeoutMs;
  let sent = 0;
  let unconnected = 0;
  const send = async () => {
    if (++sent === 2) await between?.();
    return post({
      ...{ pool, path: '/', headers: {}, body: '{}', timeoutMs, isShort: false, maxBytes: 1024, departure: undefined },
    });
  };
  const parts = { isQuery, budget, leftMs: () => endMs - performance.now(), unconnected: () => unconnected++ };
  const startedMs = performance.now();
  const outcome = await sendAgain(send, parts).catch((error: unknown) => error);
  return { sent, outcome, unconnected, tookMs: performance.now() - startedMs };
}

async function listening(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  closed.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return (server.address() as AddressInfo).port;
}

/** Does the first thing with the first request, and the second with those after it. */
const inTurn = (first: RequestListener, then: RequestListener) => {
  let received = 0;
  return listening(createServer((request, response) => (received++ === 0 ? first : then)(request, response)));
};

const answers =
  (status: number, headers = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end('here');
const hangsUp: RequestListener = (request) => request.socket.destroy();

async function unusedPort(): Promise<number> {
  const server = createNetServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe.each([
  ['a query', true],
  ['a mutation', false],
])('%s for which no connection was made', (_what, isQuery) => {
  it('is sent once more, and answered', async () => {
    const port = await unusedPort();
    const between = () => listening(createServer(answers(200)), port);
    const { sent, outcome, unconnected } = await ask(port, { isQuery, between });
    expect(outcome).toMatchObject({ status: 200, body: Buffer.from('here') });
    expect({ sent, unconnected }).toEqual({ sent: 2, unconnected: 1 });
  });

  it('is given up the second time', async () => {
    const { sent, outcome, unconnected } = await ask(await unusedPort(), { isQuery });
    expect(outcome).toBeInstanceOf(FetchError);
    expect(outcome).toMatchObject({ outcome: 'unavailable' });
    expect({ sent, unconnected }).toEqual({ sent: 2, unconnected: 2 });
  });
});

describe('what a subgraph may have received', () => {
  it.each<[string, RequestListener]>([
    ['hung up', hangsUp],
    ['answered with 502', answers(502)],
    ['answered with 503', answers(503)],
    ['answered with 504', answers(504)],
  ])('is sent once more where it %s, if it is a query', async (_what, first) => {
    const { sent, outcome } = await ask(await inTurn(first, answers(200)), {});
    expect(outcome).toMatchObject({ status: 200 });
    expect(sent).toBe(2);
    const mutation = await ask(await inTurn(first, answers(200)), { isQuery: false });
    expect(mutation.sent).toBe(1);
  });

  it.each([200, 400, 401, 429, 500])('is not sent again after an answer with %i', async (status) => {
    expect(await ask(await inTurn(answers(status), answers(200)), {})).toMatchObject({ sent: 1, outcome: { status } });
  });

  it.each<[string, RequestListener]>([
    ['breaks off in the answer', (_, response) => response.write('x', () => response.destroy())],
    ['takes too long', () => {}],
    ['does not talk HTTP', (request) => request.socket.end('220 mail.example.com ESMTP\r\n')],
    ['sends headers without end', (_, response) => response.writeHead(200, { bomb: 'x'.repeat(100_000) }).end()],
  ])('is not sent again where it %s', async (_what, first) => {
    const { sent, outcome } = await ask(await inTurn(first, answers(200)), { timeoutMs: 100 });
    expect(sent).toBe(1);
    expect(outcome).toMatchObject({ outcome: expect.stringMatching(/invalid|deadline/) });
  });

  it('is sent twice at most', async () => {
    expect((await ask(await listening(createServer(answers(503))), {})).sent).toBe(2);
  });

  it('is not sent again where the budget is used up', async () => {
    const budget = new RetryBudget(0.1);
    const port = await listening(createServer(answers(503)));
    const sent = [];
    for (let index = 0; index < 3; index++) sent.push((await ask(port, { budget })).sent);
    expect(sent).toEqual([2, 1, 1]);
    expect((await ask(port, { budget: new RetryBudget(0) })).sent).toBe(1);
  });
});

describe('Retry-After', () => {
  it('is waited for where it is short', async () => {
    const { sent, tookMs } = await ask(await inTurn(answers(503, { 'retry-after': '1' }), answers(200)), {});
    expect(sent).toBe(2);
    expect(tookMs).toBeGreaterThan(990);
  });

  it.each([
    ['of a minute', '60'],
    ['of a date', new Date(Date.now() + 60_000).toUTCString()],
  ])('%s is too long', async (_what, retryAfter) => {
    const port = await inTurn(answers(503, { 'retry-after': retryAfter }), answers(200));
    expect(await ask(port, {})).toMatchObject({ sent: 1, outcome: { status: 503 } });
  });

  it('is not waited for when there is less time than that', async () => {
    const port = await inTurn(answers(503, { 'retry-after': '1' }), answers(200));
    expect(await ask(port, { timeoutMs: 500 })).toMatchObject({ sent: 1, outcome: { status: 503 } });
  });
});

it('nothing was sent where none of several addresses took a connection', () => {
  const refused = Object.assign(new Error('refused'), { syscall: 'connect', code: 'ECONNREFUSED' });
  const broken = Object.assign(new Error('broken'), { syscall: 'read', code: 'ECONNRESET' });
  expect(wasNotSent(new AggregateError([refused, refused]))).toBe(true);
  expect(wasNotSent(new AggregateError([refused, broken]))).toBe(false);
  expect(wasNotSent(new AggregateError([]))).toBe(false);
});
