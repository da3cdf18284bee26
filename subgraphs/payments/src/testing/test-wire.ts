import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

/** What becomes of a request: the other side never sees it, or its answer is lost after the other side has acted. */
export type Fate = 'passes' | 'request lost' | 'answer lost';

/** One that came over the wire, such as `POST /v1/charges`. */
export interface WireRequest {
  line: string;
  fate: Fate;
}

/** A wire between two HTTP servers that does what a test wants: where it loses something, it breaks the connection. */
export interface TestWire extends AsyncDisposable {
  readonly url: string;
  /** Base URL of the other end; while there is none, every request is lost. */
  target: string | undefined;
  /** Default: everything passes. */
  fateOf: (line: string) => Fate;
  readonly requests: WireRequest[];
}

export async function startTestWire(target?: string): Promise<TestWire> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const line = `${incoming.method} ${incoming.url}`;
    const fate = wire.target === undefined ? 'request lost' : wire.fateOf(line);
    wire.requests.push({ line, fate });
    if (fate === 'request lost') return outgoing.destroy();
    try {
      const method = incoming.method === 'POST' ? 'POST' : 'GET';
      const answer = await request(`${wire.target}${incoming.url}`, {
        method,
        headers: endToEnd(incoming.headers),
        body: chunks.length === 0 ? null : Buffer.concat(chunks),
      });
      const body = await answer.body.text();
      if (fate === 'answer lost') return outgoing.destroy();
      return outgoing.writeHead(answer.statusCode, { 'content-type': 'application/json' }).end(body);
    } catch {
      // The other end is gone.
      return outgoing.destroy();
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const wire: TestWire = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target,
    fateOf: () => 'passes',
    requests: [],
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
  return wire;
}

function endToEnd({ connection: _, host: _host, 'transfer-encoding': _encoding, ...headers }: IncomingHttpHeaders) {
  return headers;
}
