import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { urlSource } from './url-source.ts';

describe('a supergraph at a URL', () => {
  const seen: IncomingMessage[] = [];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  let origin: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    seen.length = 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const { signal } = new AbortController();

  it('is asked for with the ETag that it came with', async () => {
    let etag = '"1"';
    answer = ({ headers }, response) => {
      const isKnown = headers['if-none-match'] === etag;
      response.writeHead(isKnown ? 304 : 200, { etag }).end(isKnown ? undefined : `text ${etag}`);
    };
    const source = urlSource(`${origin}/supergraph`);
    expect(await source.read(signal)).toBe('text "1"');
    expect(await source.read(signal)).toBeUndefined();
    etag = '"2"';
    expect(await source.read(signal)).toBe('text "2"');
    expect(seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"']);
  });

  it('is the same when its text is, without any ETag', async () => {
    answer = (_request, response) => response.end('text');
    const source = urlSource(origin);
    expect([await source.read(signal), await source.read(signal)]).toEqual(['text', undefined]);
  });

  it('may need credentials, which no message has', async () => {
    answer = (_request, response) => response.writeHead(403).end('hunter2');
    const source = urlSource(`${origin.replace('//', '//me:hunter2@')}/graph?token=hunter2`);
    expect(source.name).toBe(`${origin}/graph`);
    await expect(source.read(signal)).rejects.toThrow(`The supergraph ${origin}/graph cannot be had: status 403`);
    expect(seen[0]?.headers.authorization).toBe(`Basic ${btoa('me:hunter2')}`);
    expect(seen[0]?.url).toBe('/graph?token=hunter2');
  });

  it.each([
    [
      'sends on to elsewhere',
      (response: ServerResponse) => response.writeHead(302, { location: '/other' }).end(),
      'status 302',
    ],
    ['fails', (response: ServerResponse) => response.writeHead(500).end('trace'), 'status 500'],
    ['hangs up', (response: ServerResponse) => response.destroy(), 'UND_ERR_SOCKET'],
    [
      'breaks off',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-length': 10 });
        response.write('half', () => response.destroy());
      },
      'UND_ERR_SOCKET',
    ],
    ['never ends', sendForever, 'is larger than 33554432 bytes'],
  ])('that %s gives nothing', async (_what, respond, message) => {
    answer = (_request, response) => void respond(response);
    await expect(urlSource(origin).read(signal)).rejects.toThrow(message);
    expect(seen).toHaveLength(1);
  });

  it('that nobody answers at gives nothing', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await expect(urlSource(`http://127.0.0.1:${port}/a`).read(signal)).rejects.toThrow(
      `The supergraph http://127.0.0.1:${port}/a cannot be had: ECONNREFUSED`,
    );
  });
});

function sendForever(response: ServerResponse): void {
  const chunk = Buffer.alloc(1024 ** 2, ' ');
  const send = () => {
    if (!response.destroyed) response.write(chunk, send);
  };
  send();
}
