import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { rawConnection } from '../testing/raw-connection.ts';
import { startTestHttpServer } from '../testing/test-http-server.ts';
import { until } from '../testing/until.ts';

const REQUEST = 'GET /work HTTP/1.1\r\nhost: x\r\n\r\n';

function startWorker(workMs = 0, keepAliveGraceMs = 300) {
  let taken = 0;
  const started = startTestHttpServer(
    (app) => {
      app.get('/work', async () => {
        taken++;
        await delay(workMs);
        return 'done';
      });
      // An answer that Fastify does not send, as a stream of events is.
      app.get('/raw', (_, reply) => {
        reply.hijack();
        reply.raw.end('done');
      });
      app.post('/body', async ({ body }) => body);
    },
    { keepAliveGraceMs },
  );
  return started.then((server) => ({ ...server, taken: () => taken }));
}

test('under load, no request fails that was sent on an open connection, and each connection is told to close', async () => {
  const server = await startWorker(5);
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const outcomes = { answered: 0, toldToClose: 0, refused: 0, lost: [] as string[] };
  const send = () =>
    new Promise<void>((resolve) => {
      const request = httpRequest(`${server.url}/work`, { agent }, (response) => {
        response.resume().on('end', () => {
          outcomes.answered++;
          if (response.headers.connection === 'close') outcomes.toldToClose++;
          resolve();
        });
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED') outcomes.refused++;
        else outcomes.lost.push(String(error.code));
        resolve();
      });
      request.end();
    });
  const client = async () => {
    while (outcomes.refused === 0) await send();
  };
  const clients = Promise.all(Array.from({ length: 20 }, client));
  await until('load', () => outcomes.answered > 200);
  await server.http.stop?.();
  await clients;
  agent.destroy();
  expect(outcomes.lost).toEqual([]);
  expect(outcomes.answered).toBe(server.taken());
  expect(outcomes.toldToClose).toBeGreaterThanOrEqual(20);
});

test('a request whose headers were received is answered, however long its body and its work take', async () => {
  const server = await startWorker(500);
  const working = await rawConnection(server.http.port);
  working.socket.write(REQUEST);
  const sending = await rawConnection(server.http.port);
  sending.socket.write(
    'POST /body HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 7\r\n\r\n{"a"',
  );
  await until('the requests', () => server.taken() === 1);
  const stopped = server.http.stop?.();
  await delay(400);
  sending.socket.write(':1}');
  await stopped;
  await Promise.all([working.closed, sending.closed]);
  for (const { received } of [working, sending]) {
    expect(received()).toMatch(/^HTTP\/1.1 200 /);
    expect(received()).toMatch(/connection: close/i);
  }
  expect(working.received()).toContain('done');
  expect(sending.received()).toContain('{"a":1}');
});

test.each(['/work', '/raw'])(
  'a request for %s that comes on an open connection during the drain is answered',
  async (path) => {
    const server = await startWorker();
    const { socket, received, closed } = await rawConnection(server.http.port);
    socket.write(REQUEST);
    await until('the first answer', () => received().includes('done'));
    const stopped = server.http.stop?.();
    await delay(100);
    socket.write(REQUEST.replace('/work', path));
    await closed;
    await stopped;
    expect(received().match(/200 OK/g)).toHaveLength(2);
    expect(received()).toMatch(/connection: close/i);
  },
);

test('a connection may be silent for as long as it is told', async () => {
  const server = await startWorker(0, 1500);
  const { socket, received, closed } = await rawConnection(server.http.port);
  socket.write(REQUEST);
  await until('the first answer', () => received().includes('done'));
  const stopped = server.http.stop?.();
  await delay(700);
  socket.write(REQUEST);
  await closed;
  await stopped;
  expect(received().match(/200 OK/g)).toHaveLength(2);
});

test('connections that stay silent, or do not finish their headers, are ended', async () => {
  const server = await startWorker();
  const fresh = await rawConnection(server.http.port);
  const used = await rawConnection(server.http.port);
  used.socket.write(REQUEST);
  const half = await rawConnection(server.http.port);
  half.socket.write('GET /work HT');
  await until('the answer', () => used.received().includes('done'));
  const startedMs = performance.now();
  await server.http.stop?.();
  await Promise.all([fresh.closed, used.closed, half.closed]);
  expect(performance.now() - startedMs).toBeLessThan(5000);
});

test('new connections are refused at once; stopping before listening is no error', async () => {
  const server = await startWorker(200);
  const working = await rawConnection(server.http.port);
  working.socket.write(REQUEST);
  await until('the request', () => server.taken() === 1);
  const { port } = server.http;
  const stopped = server.http.stop?.();
  const refused = httpRequest({ port, host: '127.0.0.1' }).end();
  const [error] = await once(refused, 'error');
  expect(error.code).toBe('ECONNREFUSED');
  await stopped;
});
