import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { rawConnection } from '../testing/raw-connection.ts';
import { until } from '../testing/until.ts';
import { cutSlowReaders } from './slow-readers.ts';

const MIB = 1024 ** 2;

async function startServer(answer: (response: ServerResponse) => void) {
  const closed: boolean[] = [];
  const server = createServer((_request, response) => {
    response.once('close', () => closed.push(response.writableFinished));
    answer(response);
  });
  cutSlowReaders(server, 200);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, closed, [Symbol.asyncDispose]: stop };
}

describe('who does not read an answer', () => {
  test('is cut off some time after it was whole', async () => {
    await using server = await startServer((response) => response.end(Buffer.alloc(16 * MIB)));
    const { socket } = await rawConnection(server.port);
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await until('the end of it', () => server.closed.length === 1, 5000);
    expect(server.closed).toEqual([false]);
    socket.destroy();
  });

  test('is none who reads it, nor who waits for one that is not whole', async () => {
    let finish: (() => void) | undefined;
    await using server = await startServer((response) => {
      response.write('begun');
      finish = () => response.end('ended');
    });
    const { socket, received } = await rawConnection(server.port);
    const startedMs = performance.now();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await until('twice the time to be over', () => performance.now() - startedMs > 400);
    finish?.();
    await until('the end', () => received().includes('ended'));
    expect(server.closed).toEqual([true]);
    socket.destroy();
  });
});
