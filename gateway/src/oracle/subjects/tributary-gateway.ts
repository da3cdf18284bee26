import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createLogger } from '@tributary/service-kit';
import { TributaryGateway } from '../../engine/tributary-gateway.ts';
import type { Ask, SubgraphRequest } from '../subgraph.ts';
import type { StartSubject } from '../subject.ts';
import { executeThrough } from './execute-through.ts';

/** The gateway class as it is used, its subgraphs at paths of one server. */
export const startTributaryGateway: StartSubject = async (supergraphSdl, subgraphs) => {
  const server = createServer((request, response) => void answer(request, response, subgraphs));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const urls = [...subgraphs.keys()].map((name) => [name, { url: `http://127.0.0.1:${port}/${name}` }]);
  const gateway = new TributaryGateway({
    supergraphSdl,
    subgraphs: Object.fromEntries(urls),
    // Fields that fail are part of the cases.
    log: createLogger({ service: 'gateway', level: 'fatal' }),
  });
  const { schema, executor } = await gateway.load();
  return {
    execute: (source, variables) => executeThrough(executor, schema, source, variables),
    async close() {
      await gateway.stop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

async function answer(request: IncomingMessage, response: ServerResponse, subgraphs: ReadonlyMap<string, Ask>) {
  const ask = subgraphs.get(request.url?.slice(1) ?? '');
  const result = await ask?.((await json(request)) as SubgraphRequest);
  response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
}
