import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { Pool } from 'undici';
import { afterEach, expect, it } from 'vitest';
import { FetchError } from './fetch-error.ts';
import { post } from './post.ts';
import { sendAgainUnlessSent } from './send-again.ts';

const closed: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closed.splice(0)) await close();
});

/** Posts to a port; before the second time, `between` is done. */
async function postTwice(port: number, between: () => Promise<unknown>) {
  const pool = new Pool(`http://127.0.0.1:${port}`);
  closed.push(() => pool.destroy());
  let sent = 0;
  const send = async () => {
    if (++sent === 2) await between();
    return post({
      ...{ pool, path: '/', headers: {}, body: '{}', timeoutMs: 5000, maxBytes: 1024, departure: undefined },
    });
  };
  const outcome = await sendAgainUnlessSent(send).catch((error: unknown) => error);
  return { sent, outcome };
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

async function unusedPort(): Promise<number> {
  const server = createNetServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

it('sends once more where no connection was made, and that is answered', async () => {
  const port = await unusedPort();
  const { sent, outcome } = await postTwice(port, () =>
    listening(
      createServer((_, response) => response.end('here')),
      port,
    ),
  );
  expect(outcome).toMatchObject({ status: 200, body: Buffer.from('here') });
  expect(sent).toBe(2);
});

it('gives up where there is none the second time either', async () => {
  const { sent, outcome } = await postTwice(await unusedPort(), async () => {});
  expect(outcome).toBeInstanceOf(FetchError);
  expect(outcome).toMatchObject({ outcome: 'unavailable' });
  expect(sent).toBe(2);
});

it('never repeats what a subgraph may have received', async () => {
  let received = 0;
  const port = await listening(
    createServer((request) => {
      received++;
      request.socket.destroy();
    }),
  );
  const { sent, outcome } = await postTwice(port, async () => {});
  expect(outcome).toMatchObject({ outcome: 'unavailable' });
  expect({ sent, received }).toEqual({ sent: 1, received: 1 });
});
