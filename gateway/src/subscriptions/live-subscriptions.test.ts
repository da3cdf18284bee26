import { testEvent, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RequestShed } from '../overload/request-shed.ts';
import { json } from '../testing/fake-subgraph.ts';
import { LiveGroup } from './live-group.ts';
import { CHANGED, type LiveGraph, nextOf, startLiveGraph, TOLD, user } from './testing/live-graph.ts';

const CHANGE = 'subscription ($id: ID!) { itemChanged(id: $id) { id name stock } }';
const FOR_ME = 'subscription { itemForMe { name } }';

describe('a subscription to events that the schema binds', () => {
  let graph: LiveGraph;
  beforeAll(async () => {
    graph = await startLiveGraph();
  });
  afterAll(() => graph[Symbol.asyncDispose]());

  const changed = (itemId: string) => graph.publish(CHANGED, { itemId });
  const variables = { id: '1' };
  const asked = () => graph.subgraphs.items.requests.length + graph.subgraphs.stock.requests.length;
  const groups = async () => Number(/graphql_subscription_groups\{.*\} (\d+)/.exec(await graph.metrics.scrape())?.[1]);

  it('gets each event completed from the subgraphs, as the entity is by then', async () => {
    const live = await graph.subscribe(CHANGE, { variables });
    const [item] = graph.items.values();
    await changed('1');
    expect(await nextOf(live)).toMatchObject({
      data: { itemChanged: { id: '1', name: 'a cup', stock: 7 } },
      codes: [],
    });
    graph.items.set('1', { id: '1', name: 'a bowl' });
    await changed('2');
    await changed('1');
    const { data, eventId } = await nextOf(live);
    expect(data).toEqual({ itemChanged: { id: '1', name: 'a bowl', stock: 7 } });
    expect(eventId).toMatch(/^\w+-\d+$/);
    graph.items.set('1', item as NonNullable<typeof item>);
    const last = graph.subgraphs.items.requests.at(-1)?.body;
    expect(last?.query).toBe(
      'query($representations:[_Any!]!){_entities(representations:$representations){...on Item{__typename id name}}}',
    );
    expect(last?.variables).toEqual({ representations: [{ __typename: 'Item', id: '1' }] });
    await live.return?.();
    expect(await live.next()).toEqual({ done: true, value: undefined });
    expect(await groups()).toBe(0);
  });

  it('is shared by all clients of one caller, and by nobody else', async () => {
    const before = asked();
    const together = await Promise.all(
      ['a', 'a', 'a', 'b'].map((id) => graph.subscribe(CHANGE, { variables, identity: user(id) })),
    );
    expect(await groups()).toBe(2);
    const atStart = asked() - before;
    await changed('1');
    const results = await Promise.all(together.map(nextOf));
    expect(new Set(results.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    // Each caller's item, once as it begins and once with the event, and its stock with the event.
    expect([atStart, asked() - before]).toEqual([2, 6]);
    await Promise.all(together.map((live) => live.return?.()));
    expect(await groups()).toBe(0);
  });

  it('hears what is for the caller alone', async () => {
    await expect(graph.subscribe(FOR_ME)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const live = await graph.subscribe(FOR_ME, { identity: user('me') });
    await graph.publish(TOLD, { itemId: '1', userId: 'you' });
    await graph.publish(TOLD, { itemId: 'gone', userId: 'me' });
    await graph.publish(TOLD, { itemId: '1' });
    await graph.publish(TOLD, { itemId: '1', userId: 'me' });
    expect((await nextOf(live)).data).toEqual({ itemForMe: { name: 'a cup' } });
    await live.return?.();
    expect(await graph.metrics.scrape()).toMatch(/events_total\{outcome="hidden".*\} 1/);
  });

  it('is refused for what is not there for the caller, or cannot be asked for', async () => {
    const refused = (id: string) => expect(graph.subscribe(CHANGE, { variables: { id } })).rejects;
    await refused('none').toMatchObject({ code: 'NOT_FOUND' });
    await refused('broken').toMatchObject({ code: 'SUBSCRIPTION_UNAVAILABLE' });
    graph.subgraphs.items.answerWith(
      json({ errors: [{ message: 'No.', extensions: { code: 'FORBIDDEN' } }], data: { _entities: [null] } }),
    );
    await refused('1').toMatchObject({ code: 'FORBIDDEN' });
    graph.subgraphs.items.answerWith(undefined);
    expect(await groups()).toBe(0);
  });

  it('tells of an event that a subgraph cannot complete, and goes on', async () => {
    const live = await graph.subscribe(CHANGE, { variables });
    graph.subgraphs.items.answerWith((_request, response) => response.destroy());
    await changed('1');
    expect(await nextOf(live)).toMatchObject({ data: { itemChanged: null }, codes: ['SUBGRAPH_UNAVAILABLE'] });
    graph.subgraphs.items.answerWith(undefined);
    await changed('1');
    expect(await nextOf(live)).toMatchObject({ data: { itemChanged: { name: 'a cup' } }, codes: [] });
    await live.return?.();
  });

  it('ends for a client that does not take its events, and for no other', async () => {
    const slow = await graph.subscribe(CHANGE, { variables, bufferedEvents: 2 });
    const quick = await graph.subscribe(CHANGE, { variables });
    for (let event = 0; event < 4; event++) {
      await changed('1');
      await nextOf(quick);
    }
    expect(slow.end).toBe('slow_consumer');
    expect(await slow.next()).toEqual({ done: true, value: undefined });
    await changed('1');
    await nextOf(quick);
    await quick.return?.();
  });

  it('goes on behind the last event that the client has, also after a restart', async () => {
    const first = await graph.subscribe(CHANGE, { variables });
    await changed('1');
    const { eventId: lastEventId } = await nextOf(first);
    const restarted = graph.restart();
    await expect(first.next()).rejects.toMatchObject({ code: 'SUBSCRIPTION_UNAVAILABLE' });
    await restarted;
    for (const itemId of ['1', '2', '1']) await changed(itemId);
    const again = await graph.subscribe(CHANGE, { variables, lastEventId });
    await changed('1');
    const ids = [await nextOf(again), await nextOf(again), await nextOf(again)].map(({ eventId }) => eventId);
    expect(new Set([lastEventId, ...ids]).size).toBe(4);
    // Nothing else comes than what is new.
    await changed('1');
    expect(Number((await nextOf(again)).eventId?.split('-')[1])).toBe(Number(ids[2]?.split('-')[1]) + 1);
    await again.return?.();
    const lost = graph.subscribe(CHANGE, { variables, lastEventId: 'another-1' });
    await expect(lost).rejects.toMatchObject({ code: 'SUBSCRIPTION_EVENTS_LOST' });
    expect(await groups()).toBe(0);
  });

  it('can be gone on with from its start where no event has come', async () => {
    const first = await graph.subscribe(CHANGE, { variables });
    const lastEventId = first.startId;
    await first.return?.();
    await changed('1');
    const again = await graph.subscribe(CHANGE, { variables, lastEventId });
    await nextOf(again);
    await again.return?.();
  });

  it('completes what was missed once for all who come back, and loses nobody who reads it slowly', async () => {
    const first = await graph.subscribe(CHANGE, { variables });
    const lastEventId = first.startId;
    await graph.restart();
    for (let event = 0; event < 5; event++) await changed('1');
    const before = asked();
    const again = await Promise.all(
      Array.from({ length: 100 }, () => graph.subscribe(CHANGE, { variables, lastEventId, bufferedEvents: 2 })),
    );
    // More than may wait for a client that does not read.
    const slow = again[0] as (typeof again)[0];
    for (let event = 0; event < 5; event++) await changed('1');
    const ids = async (live: typeof slow) => {
      const told: (string | undefined)[] = [];
      while (told.length < 10) told.push((await nextOf(live)).eventId);
      return told;
    };
    const all = await Promise.all(again.slice(1).map(ids));
    expect(slow.end).toBeUndefined();
    all.push(await ids(slow));
    expect(new Set(all.map(String)).size).toBe(1);
    const [start] = lastEventId?.split('-').slice(1).map(Number) ?? [];
    expect(all[0]?.map((id) => Number(id?.split('-')[1]) - Number(start))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // The item as it begins; then for each event the item and its stock, and twice where somebody was up to date already.
    expect(asked() - before).toBeGreaterThanOrEqual(1 + 20);
    expect(asked() - before).toBeLessThanOrEqual(1 + 40);
    await changed('1');
    for (const live of again) await nextOf(live);
    await Promise.all(again.map((live) => live.return?.()));
    expect(await groups()).toBe(0);
  });

  it('is not held up by a subgraph that it does not ask', async () => {
    const { stock } = graph.subgraphs;
    const held: (() => void)[] = [];
    stock.answerWith((_request, response) => void held.push(() => response.destroy()));
    const asking = await Promise.all(
      Array.from({ length: 40 }, (_, id) => graph.subscribe(CHANGE, { variables, identity: user(String(id)) })),
    );
    const other = await graph.subscribe('subscription { itemChanged(id: "1") { name } }');
    await changed('1');
    await until('all turns to be taken', () => held.length === 32);
    expect((await nextOf(other)).data).toEqual({ itemChanged: { name: 'a cup' } });
    // Nobody has been given up meanwhile, and nobody else been asked.
    expect(held).toHaveLength(32);
    stock.answerWith(undefined);
    for (const release of held) release();
    for (const live of asking) await nextOf(live);
    await Promise.all([...asking, other].map((live) => live.return?.()));
  });

  it('passes over events of which it cannot be said what they are about', async () => {
    const live = await graph.subscribe(CHANGE, { variables });
    for (const data of [null, 'text', {}, { itemId: { id: '1' } }, { itemId: 'x'.repeat(1000) }]) {
      await graph.bus.publish(testEvent(CHANGED, { data }));
    }
    await changed('1');
    await nextOf(live);
    await live.return?.();
  });

  it('moves to the supergraph that takes over, or ends where that lacks something of it', async () => {
    const stays = await graph.subscribe('subscription { itemChanged(id: "1") { price(currency: "USD") } }');
    const lacks = await graph.subscribe('subscription { itemChanged(id: "1") { name } }');
    const before = graph.gateway.engine.current;
    await graph.swap('title: String');
    expect(await lacks.next()).toEqual({ done: true, value: undefined });
    expect(lacks.end).toBe('retired');
    await changed('1');
    expect((await nextOf(stays)).data).toEqual({ itemChanged: { price: 110 } });
    // Those who come later share it, and nobody is left with the one before.
    const later = await graph.subscribe('subscription { itemChanged(id: "1") { price(currency: "USD") } }');
    await until('the one before to be left', async () => (await groups()) === 1);
    expect(stays.end).toBeUndefined();
    before.enter().leave();
    await Promise.all([stays.return?.(), later.return?.()]);
    await graph.swap('name: String');
  });

  it.each([
    ['by an argument that it does not give', 'where: "{ itemId: $id, shelf: $shelf }"'],
    ['for users alone', 'where: "{ itemId: $id }", caller: "userId"'],
  ])('ends where the supergraph that takes over has its events found %s', async (_how, stream) => {
    const text = 'subscription ($id: ID!, $shelf: String) { itemChanged(id: $id, shelf: $shelf) { name } }';
    const ends = await graph.subscribe(text, { variables });
    const stays = await graph.subscribe(text, { variables: { id: '1', shelf: 'top' }, identity: user('me') });
    const moveTo = vi.spyOn(LiveGroup.prototype, 'moveTo');
    await graph.swap('name: String', stream);
    expect(await ends.next()).toEqual({ done: true, value: undefined });
    expect(ends.end).toBe('retired');
    await until(
      'the other to be moved',
      () => moveTo.mock.settledResults.filter((end) => end.type === 'fulfilled').length === 2,
    );
    moveTo.mockRestore();
    await graph.publish(CHANGED, { itemId: '1', shelf: 'low', userId: 'you' });
    await graph.publish(CHANGED, { itemId: '1', shelf: 'top', userId: 'me' });
    const { data, eventId } = await nextOf(stays);
    expect(data).toEqual({ itemChanged: { name: 'a cup' } });
    // It does not hear the first of them any more.
    expect(Number(eventId?.split('-')[1])).toBe(Number(stays.startId?.split('-')[1]) + 2);
    await stays.return?.();
    await graph.swap('name: String');
  });

  it('keeps the supergraph that an event is completed by until it is, also when it has ended meanwhile', async () => {
    const live = await graph.subscribe(CHANGE, { variables });
    const { candidate } = graph.gateway.engine.current;
    const [clients, rest] = [vi.spyOn(candidate, 'clients', 'get'), vi.spyOn(candidate, 'rest')];
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { items, stock } = graph.subgraphs;
    items.answerWith((_request, response) => {
      const entity = { __typename: 'Item', id: '1', name: 'a cup' };
      void held.then(() => json({ data: { _entities: [entity] } })(_request, response));
    });
    const [itemsBefore, stockBefore] = [items.requests.length, stock.requests.length];
    await changed('1');
    await until('the subgraph to be asked', () => items.requests.length > itemsBefore);
    await graph.swap('name: String title: String');
    await live.return?.();
    expect(rest).not.toHaveBeenCalled();
    release();
    await until('the event to be completed', () => stock.requests.length > stockBefore);
    await until('it to rest', () => rest.mock.calls.length > 0);
    expect(clients.mock.invocationCallOrder.at(-1)).toBeLessThan(rest.mock.invocationCallOrder.at(-1) as number);
    items.answerWith(undefined);
    await graph.swap('name: String');
  });

  it('moves who came by the supergraph before, and others while one waits', async () => {
    const before = graph.gateway.engine.current;
    const rest = vi.spyOn(before.candidate, 'rest');
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const waits = await graph.subscribe(CHANGE, { variables });
    const moves = await graph.subscribe('subscription { itemChanged(id: "1") { stock } }');
    const moveTo = vi.spyOn(LiveGroup.prototype, 'moveTo').mockReturnValueOnce(held);
    await graph.swap('name: String title: String');
    await until('the other to be moved', () => moveTo.mock.calls.length === 2);
    release();
    await waits.return?.();
    await until('it to rest', () => rest.mock.calls.length === 1);
    vi.spyOn(graph.gateway.engine, 'current', 'get').mockReturnValueOnce(before);
    const late = await graph.subscribe('subscription { itemChanged(id: "1") { name } }');
    await until('it to rest again', () => rest.mock.calls.length === 2);
    await changed('1');
    expect((await nextOf(late)).data).toEqual({ itemChanged: { name: 'a cup' } });
    vi.restoreAllMocks();
    await Promise.all([moves.return?.(), late.return?.()]);
    await graph.swap('name: String');
  });

  it('loses none but the one that cannot be moved for a defect', async () => {
    const ends = await graph.subscribe(CHANGE, { variables });
    const stays = await graph.subscribe('subscription { itemChanged(id: "1") { name } }');
    const moveTo = vi.spyOn(LiveGroup.prototype, 'moveTo').mockRejectedValueOnce(new Error('a defect'));
    await graph.swap('name: String title: String');
    await expect(ends.next()).rejects.toMatchObject({ code: 'SUBSCRIPTION_UNAVAILABLE' });
    expect(ends.end).toBe('failed');
    await until('the other to be moved', () => moveTo.mock.settledResults.length === 2);
    moveTo.mockRestore();
    await changed('1');
    expect((await nextOf(stays)).data).toEqual({ itemChanged: { name: 'a cup' } });
    await stays.return?.();
    await graph.swap('name: String');
  });
});

it('is shed where its subgraph has too much to do to be asked whether it may begin', async () => {
  const gate = { minimum: 1, maxWaitMs: 100 };
  const subgraphRequest = { timeoutMs: 5000, maxResponseBytes: 10_000, connections: 1, gate };
  await using graph = await startLiveGraph({ subgraphRequest });
  const held: (() => void)[] = [];
  const answer = json({ data: { _entities: [{ __typename: 'Item', id: '1' }] } });
  graph.subgraphs.items.answerWith((...exchange) => held.push(() => answer(...exchange)));
  const refused: unknown[] = [];
  let callers = 0;
  const come = () => {
    const identity = user(String(callers++));
    graph.subscribe(CHANGE, { variables: { id: '1' }, identity }).catch((error) => refused.push(error));
  };
  come();
  await until('the first to be asked for', () => held.length === 1);
  // Ever more come.
  const coming = setInterval(come, 20);
  await until('one to be refused', () => refused.length > 0);
  clearInterval(coming);
  expect(refused[0]).toBeInstanceOf(RequestShed);
  expect(held).toHaveLength(1);
  graph.subgraphs.items.answerWith(undefined);
  held[0]?.();
});

it('is refused where there is no broker, and where the subgraph is not subscribed to', async () => {
  await using graph = await startLiveGraph({ tail: undefined });
  const unavailable = { code: 'SUBSCRIPTION_UNAVAILABLE' };
  await expect(graph.subscribe(CHANGE, { variables: { id: '1' } })).rejects.toMatchObject(unavailable);
  await expect(graph.subscribe('subscription { itemSeen { name } }')).rejects.toMatchObject(unavailable);
});
