import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EVENTS_SDL } from '@tributary/service-kit/sdl';

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

/** A subgraph of entities that events tell of; it has no events itself. */
export interface EntitySubgraph {
  readonly url: string;
  readonly sdl: string;
  /** From now on the entity says that it changed now. */
  change(id: string): void;
  close(): void;
}

/** The event that tells of a change. */
export const TICKED = 'bench.tick.changed.v1';

const ENTITY_SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@composeDirective"])
  ${EVENTS_SDL}
  type Query { ready: Boolean }
  type Subscription {
    ticked(id: ID!): Tick @eventStream(types: ["${TICKED}"], entity: "{ id: tickId }", where: "{ tickId: $id }")
  }
  type Tick @key(fields: "id") { id: ID! at: String! }
`;

export async function startEntitySubgraph(): Promise<EntitySubgraph> {
  const changed = new Map<string, string>();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { representations } = JSON.parse(text).variables as { representations: { id: string }[] };
    const _entities = representations.map(({ id }) => ({ __typename: 'Tick', id, at: changed.get(id) ?? 'never' }));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: { _entities } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    sdl: ENTITY_SDL,
    change: (id) => void changed.set(id, String(process.hrtime.bigint())),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
