import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inProcessBus } from '@tributary/service-kit';
import { EVENTS_SDL, LINES_SDL } from '@tributary/service-kit/sdl';
import { testEvent } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { gatewayConfig } from '../src/config/gateway-config.ts';
import { type RunningGateway, startGateway } from '../src/start-gateway.ts';
import { type FakeSubgraph, startFakeSubgraph } from '../src/testing/fake-subgraph.ts';
import { compose } from '../src/testing/test-gateway.ts';
import { openRawSocket, subscribing } from './testing/raw-socket.ts';
import { openRawStream } from './testing/raw-stream.ts';
import { linesYaml } from './testing/versioned-gateways.ts';

const CHANGED = 'shop.shelf.changed.v1';
const SDL = `extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@composeDirective"])
  ${EVENTS_SDL}
  ${LINES_SDL}
  type Query { shelves: Int }
  type Subscription {
    shelfChanged: Shelf @eventStream(types: ["${CHANGED}"], entity: "{ id: shelfId }")
  }
  type Shelf @key(fields: "id") { id: ID! count: Int @until(major: 1) books: Int @since(major: 2) }`;

/** Of a line that ends; the next one is the second. */
const docs = '<https://docs.example.com/versions>';
const ENDING = {
  deprecation: `@${Date.UTC(2026, 10, 1) / 1000}`,
  sunset: 'Wed, 30 Jun 2027 00:00:00 GMT',
  link: `</v2/graphql>; rel="successor-version", ${docs}; rel="deprecation"; type="text/html", ${docs}; rel="sunset"; type="text/html"`,
};

/** How the request that opens a WebSocket is answered. */
async function openingAnswer(url: string) {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  const answer = await new Promise<IncomingMessage>((resolve) => {
    socket.once('upgrade', resolve).once('unexpected-response', (_request, response) => resolve(response));
  });
  socket.on('error', () => {}).terminate();
  return { status: answer.statusCode, headers: answer.headers };
}

describe('a version that ends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-retired-'));
  const file = join(folder, 'lines.yaml');
  const bus = inProcessBus();
  let subgraph: FakeSubgraph;
  let gateway: RunningGateway;
  beforeAll(async () => {
    const resolvers = { Shelf: { __resolveReference: ({ id }: { id: string }) => ({ id, count: 3, books: 3 }) } };
    subgraph = await startFakeSubgraph({ name: 'shop', sdl: SDL, resolvers });
    writeFileSync(file, linesYaml({ 1: 'deprecated', 2: 'ga' }));
    const config = gatewayConfig.parse({
      server: { host: '127.0.0.1', port: 0 },
      admin: { host: '127.0.0.1', port: 0 },
      rateLimit: { enabled: false },
      lines: { file, documentation: 'https://docs.example.com/versions' },
    });
    gateway = await startGateway(config, {
      ...{ supergraphSdl: compose([subgraph]), events: bus.tail },
      ...{ processMetrics: false, logDestination: { write: () => {} } },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await subgraph.close();
    rmSync(folder, { recursive: true });
  });

  it('says so to who opens a WebSocket; retired, it ends its subscriptions, and no others', async () => {
    const first = `${gateway.url}/v1/graphql`;
    expect(await openingAnswer(first)).toMatchObject({ status: 101, headers: ENDING });
    const later = await openingAnswer(`${gateway.url}/v2/graphql`);
    expect(later.status).toBe(101);
    expect(Object.keys(later.headers)).not.toEqual(expect.arrayContaining(['link']));

    using old = await openRawSocket(gateway.url, { path: '/v1/graphql' });
    using next = await openRawSocket(gateway.url, { path: '/v2/graphql' });
    const ofFirst = 'subscription { shelfChanged { count } }';
    // So that each is told when it has begun.
    const extensions = { lastEventId: '' };
    old.send(subscribing('1', ofFirst, { extensions }));
    next.send(subscribing('1', 'subscription { shelfChanged { books } }', { extensions }));
    const asked = new URLSearchParams({ query: ofFirst, extensions: JSON.stringify(extensions) });
    const stream = await openRawStream(`${first}?${asked}`, { headers: { accept: 'text/event-stream' } });
    expect((await old.expect('next')).payload.data).toBe(null);
    expect((await next.expect('next')).payload.data).toBe(null);
    await stream.has('"data":null');
    await bus.publish(testEvent(CHANGED, { data: { shelfId: '1' } }));
    expect((await old.expect('next')).payload.data).toEqual({ shelfChanged: { count: 3 } });
    expect((await next.expect('next')).payload.data).toEqual({ shelfChanged: { books: 3 } });
    await stream.has('"count":3');

    writeFileSync(file, linesYaml({ 1: 'retired', 2: 'ga' }));
    expect((await old.expect('error')).payload[0].extensions.code).toBe('SUBSCRIPTION_RETIRED');
    await stream.has('SUBSCRIPTION_RETIRED');
    await stream.ended();
    // The connection stays, and is told with each operation.
    old.send(subscribing('2', ofFirst));
    expect((await old.expect('error')).payload[0].extensions.code).toBe('API_VERSION_RETIRED');
    expect(await openingAnswer(first)).toMatchObject({ status: 410, headers: ENDING });
    await bus.publish(testEvent(CHANGED, { data: { shelfId: '1' } }));
    expect((await next.expect('next')).payload.data).toEqual({ shelfChanged: { books: 3 } });
  });
});
