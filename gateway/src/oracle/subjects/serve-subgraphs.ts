import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Ask, SubgraphRequest } from '../subgraph.ts';

export interface ServedSubgraphs {
  /** As a gateway's configuration has them. */
  readonly urls: Readonly<Record<string, { url: string }>>;
  close(): Promise<void>;
}

/** Subgraphs at paths of one server. */
export async function serveSubgraphs(subgraphs: ReadonlyMap<string, Ask>): Promise<ServedSubgraphs> {
  const server = createServer((request, response) => void answer(request, response, subgraphs));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const urls = [...subgraphs.keys()].map((name) => [name, { url: `http://127.0.0.1:${port}/${name}` }]);
  return {
    urls: Object.fromEntries(urls),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, subgraphs: ReadonlyMap<string, Ask>) {
  const ask = subgraphs.get(request.url?.slice(1) ?? '');
  const result = await ask?.((await json(request)) as SubgraphRequest);
  response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
}
