import { readMetrics, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeSubgraph, startFakeSubgraph } from '../src/testing/fake-subgraph.ts';
import { compose } from '../src/testing/test-gateway.ts';
import { openRawSocket, type RawSocket, subscribing } from './testing/raw-socket.ts';
import { openRawStream } from './testing/raw-stream.ts';
import { CHANGED, SHELF_SDL } from './testing/shelf-gateways.ts';
import { startWatchedGateway, type WatchedGateway } from './testing/watched-gateway.ts';

const SUBSCRIPTION = 'subscription ($id: ID!) { shelfChanged(id: $id) { id } }';

/** Some 30 MiB of it are for subscriptions. */
const FLAGS = ['--max-old-space-size=128'];
/** Far more than there is memory for. */
const MOST = 30_000;
/** A full collection comes seldom so: what is open has to be counted until then. */
const AT_ONCE = 10;

const CONFIG = {
  server: { host: '127.0.0.1', port: 0 },
  admin: { host: '127.0.0.1', port: 0 },
  log: { level: 'silent' },
  rateLimit: { enabled: false },
  // What is refused here, memory alone refuses.
  overload: { enabled: false },
  subscriptions: { perNode: MOST, perConnection: MOST, connections: { perAddress: MOST } },
};

let subgraph: FakeSubgraph;
let gateway: WatchedGateway;
beforeAll(async () => {
  const resolvers = {
    Query: { shelves: () => 7 },
    Shelf: { __resolveReference: ({ id }: { id: string }) => ({ id, books: 1 }) },
  };
  subgraph = await startFakeSubgraph({ name: 'shop', sdl: SHELF_SDL, resolvers });
  gateway = await startWatchedGateway(CONFIG, compose([subgraph]), FLAGS);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await subgraph.close();
});

async function counted(name: string, labels: Record<string, string>): Promise<number> {
  const answer = await Promise.race([fetch(`${gateway.adminUrl}/metrics`), gateway.died]);
  const samples = readMetrics(await answer.text(), 'text').get(name)?.samples ?? [];
  const fits = (of: Record<string, string>) => Object.entries(labels).every(([key, value]) => of[key] === value);
  return samples.find((sample) => fits(sample.labels))?.value ?? 0;
}

const active = () => counted('graphql_subscriptions_active', { transport: 'websocket' });
const refused = (what: string) => counted('graphql_live_refused_total', { what, limit: 'memory' });

/** The ids of what a client was refused, each with its code. */
const refusals = ({ received }: RawSocket): Map<string, string> =>
  new Map(received.flatMap(({ type, id, payload }) => (type === 'error' ? [[id, payload[0].extensions.code]] : [])));

/** It is told first where it begins: by then it misses nothing. */
const subscribe = (raw: RawSocket, id: string) =>
  raw.send(subscribing(id, SUBSCRIPTION, { variables: { id }, extensions: { lastEventId: '' } }));

/** The ids of those that have begun. */
const begunOf = ({ received }: RawSocket): string[] =>
  received.flatMap(({ type, id, payload }) => (type === 'next' && payload.data === null ? [id] : []));

async function expectEvent(raw: RawSocket, id: string): Promise<void> {
  gateway.publish(CHANGED, { shelfId: id });
  await until(`an event of ${id}`, () =>
    raw.received.some((message) => message.type === 'next' && message.payload.data?.shelfChanged.id === id),
  );
}

/** Subscribes to one shelf after the other until that is refused, again if it was before. @returns the ids of all that have begun */
async function fill(raw: RawSocket): Promise<string[]> {
  const before = refusals(raw).size;
  for (let sent = begunOf(raw).length + before; sent < MOST; ) {
    for (const end = sent + AT_ONCE; sent < end; sent++) subscribe(raw, String(sent));
    const settled = () => begunOf(raw).length + refusals(raw).size === sent;
    await Promise.race([until('each has begun or is refused', settled, 30_000), gateway.died]);
    if (refusals(raw).size > before) return begunOf(raw);
  }
  throw new Error('none was refused');
}

describe('subscriptions that have nothing in common', () => {
  it('are refused before memory is short; the others go on, and new ones begin when some have ended', {
    timeout: 120_000,
  }, async () => {
    using raw = await openRawSocket(gateway.url);
    expect((await fill(raw)).length).toBeGreaterThan(500);
    expect(new Set(refusals(raw).values())).toEqual(new Set(['SERVICE_UNAVAILABLE']));
    expect(await refused('subscriptions')).toBe(refusals(raw).size);

    // Whichever way they come; a full collection may have made room for a few more.
    await until('a WebSocket is refused', async () => {
      await fill(raw);
      const error = await openRawSocket(gateway.url).then(
        () => undefined,
        ({ message }) => message,
      );
      if (error !== undefined) expect(error).toBe('Unexpected server response: 503');
      return error !== undefined;
    });
    expect(await refused('connections')).toBe(1);
    const asked = { query: SUBSCRIPTION, variables: '{"id":"other"}', extensions: '{"lastEventId":""}' };
    const url = `${gateway.url}/graphql?${new URLSearchParams(asked)}`;
    for (const accept of ['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0']) {
      await until(`${accept} is refused`, async () => {
        await fill(raw);
        const stream = await openRawStream(url, { headers: { accept } });
        await until('the first result', () => stream.text().includes('"extensions"'));
        return stream.text().includes('SERVICE_UNAVAILABLE');
      });
    }

    const begun = begunOf(raw);
    for (const id of [...begun.slice(0, 20), ...begun.slice(-20)]) await expectEvent(raw, id);
    const answer = await fetch(`${gateway.url}/graphql?query={shelves}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect(await answer.json()).toEqual({ data: { shelves: 7 } });

    for (const id of begun.splice(0, begun.length / 2)) raw.send({ type: 'complete', id });
    await until('half of them have ended', async () => (await active()) === begun.length);
    subscribe(raw, 'later');
    await until('it has begun', () => begunOf(raw).includes('later'));
    await expectEvent(raw, 'later');
    await expectEvent(raw, begun.at(-1) ?? '');
    (await openRawSocket(gateway.url))[Symbol.dispose]();
  });
});
