import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A subgraph that says when it says so, over server-sent events: `ticked` in few bytes, `filled` in many. */
export interface EventSubgraph {
  readonly url: string;
  readonly sdl: string;
  /** Says it to whoever has subscribed. */
  emit(field: 'ticked' | 'filled', paddingBytes: number): void;
  close(): void;
}

const SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { ready: Boolean }
  type Subscription { ticked: Tick filled: Tick }
  type Tick { at: String! }
`;

export async function startEventSubgraph(): Promise<EventSubgraph> {
  const open = new Map<ServerResponse, string>();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(':\n\n');
    open.set(response, text);
    response.once('close', () => open.delete(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    sdl: SDL,
    emit(field, paddingBytes) {
      const at = `${process.hrtime.bigint()}${' '.repeat(paddingBytes)}`;
      const event = `event: next\ndata: ${JSON.stringify({ data: { [field]: { at } } })}\n\n`;
      for (const [response, query] of open) if (query.includes(field)) response.write(event);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
