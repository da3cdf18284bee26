import { rawConnection, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json } from '../src/testing/fake-subgraph.ts';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';
import { median } from './testing/open-loop.ts';

const POST = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
const ASKED = '{"query":"{ books { isbn title } }"}';
const MIB = 1024 ** 2;
/** Of a timer that looks every half second, beside other tests. */
const SLACK_S = 4;

describe('slow clients', () => {
  let gateway: TestGateway;
  let port: number;
  beforeAll(async () => {
    gateway = await startTestGateway();
    port = Number(new URL(gateway.url).port);
  });
  afterAll(() => gateway.stop());

  /** Sends `begun`, then one byte of `drip` a second. @returns after how many seconds it was ended, and the answer */
  async function drip(begun: string, drip: string): Promise<{ seconds: number; status: string | undefined }> {
    const { socket, received, closed } = await rawConnection(port);
    const startedMs = performance.now();
    socket.write(begun);
    let sent = 0;
    const timer = setInterval(() => socket.write(drip[sent++ % drip.length] ?? ''), 1000);
    await closed;
    clearInterval(timer);
    return { seconds: (performance.now() - startedMs) / 1000, status: /^HTTP\/1.1 (\d+)/.exec(received())?.[1] };
  }
  const answersOthers = async () => {
    const startedMs = performance.now();
    expect((await gateway.ask('{ books { isbn } }')).status).toBe(200);
    return performance.now() - startedMs;
  };

  it.concurrent.each([
    ['headers ≤10 s: a byte of a header a second', 'POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: ', 'a', 10],
    ['headers ≤10 s: a header a second', 'GET / HTTP/1.1\r\nhost: x\r\n', 'a: b\r\n', 10],
    ['headers ≤10 s: nothing at all', '', '', 10],
    ['request ≤15 s: a byte of the body a second', `${POST}content-length: 1000\r\n\r\n{`, ' ', 15],
    ['request ≤15 s: half a body', `${POST}content-length: 1000\r\n\r\n{"query":`, '', 15],
    ['request ≤15 s: a chunk a second', `${POST}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n`, '1\r\n \r\n', 15],
  ])('Slow clients: %s', { timeout: 40_000 }, async (title, begun, dripped, limit) => {
    const { seconds, status } = await drip(begun, dripped);
    console.log(`${title}: ended with ${status} after ${seconds.toFixed(1)} s`);
    expect(status).toBe('408');
    expect(seconds).toBeLessThan(limit + SLACK_S);
  });

  it.concurrent('Slow clients: 500 connections that send nothing keep nobody waiting, and are gone after 10 s', {
    timeout: 40_000,
  }, async () => {
    const baseline = median(await Promise.all(Array.from({ length: 5 }, answersOthers)));
    const startedMs = performance.now();
    const idle = await Promise.all(Array.from({ length: 500 }, () => rawConnection(port)));
    const tookMs = median(await Promise.all(Array.from({ length: 5 }, answersOthers)));
    await Promise.all(idle.map(({ closed }) => closed));
    const seconds = (performance.now() - startedMs) / 1000;
    console.log(
      `with 500 idle connections: ${tookMs.toFixed(1)} ms, without: ${baseline.toFixed(1)} ms; gone after ${seconds.toFixed(1)} s`,
    );
    expect(tookMs).toBeLessThan(10 * baseline + 200);
    expect(seconds).toBeLessThan(10 + SLACK_S);
  });

  it.concurrent('Slow clients: who does not read an answer is cut off 30 s after it was whole', {
    timeout: 60_000,
  }, async () => {
    await using own = await startTestGateway();
    own.books.answerWith(json({ data: { books: [{ isbn: '1', title: 'x'.repeat(8 * MIB) }] } }));
    const connections = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const connection = await rawConnection(Number(new URL(own.url).port));
        connection.socket.pause();
        connection.socket.write(`${POST}content-length: ${ASKED.length}\r\n\r\n${ASKED}`);
        return connection;
      }),
    );
    const startedMs = performance.now();
    await until('all to be asked for', () => own.books.requests.length === 10);
    const lines = () => own.logLines.filter((line) => line.includes('"message":"request"')).length;
    await until('all to be over', () => lines() === 10, 40_000);
    const seconds = (performance.now() - startedMs) / 1000;
    console.log(`10 clients that do not read 8 MiB: cut off after ${seconds.toFixed(1)} s`);
    expect(seconds).toBeGreaterThan(25);
    expect(seconds).toBeLessThan(30 + 2 * SLACK_S);
    for (const { socket, closed } of connections) {
      socket.resume();
      await closed;
    }
    expect((await own.ask('{ __typename }')).status).toBe(200);
  });
});

describe('headers', () => {
  it.each([
    ['a header of 20 KB', `x-large: ${'x'.repeat(20_000)}\r\n`],
    ['3000 headers', Array.from({ length: 3000 }, (_, index) => `x-${index}: 1\r\n`).join('')],
  ])('431 for %s', async (_what, headers) => {
    await using gateway = await startTestGateway();
    const { socket, received, closed } = await rawConnection(Number(new URL(gateway.url).port));
    socket.write(`GET /graphql HTTP/1.1\r\nhost: x\r\n${headers}\r\n`);
    await closed;
    expect(received()).toMatch(/^HTTP\/1.1 431 /);
    expect(received()).toContain('"code":"HEADERS_TOO_LARGE"');
    expect(gateway.books.requests).toEqual([]);
  });
});
