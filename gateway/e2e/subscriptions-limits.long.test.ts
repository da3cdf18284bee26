import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { readMetrics, until } from '@tributary/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { AUDIENCE, ISSUER, newKey, startFakeIssuer } from '../src/testing/fake-issuer.ts';
import { json } from '../src/testing/fake-subgraph.ts';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';
import { FakeSubscriptions } from './testing/fake-subscriptions.ts';
import { openRawSocket, subscribing } from './testing/raw-socket.ts';
import { openRawStream } from './testing/raw-stream.ts';

const SUBSCRIPTION = 'subscription Added { bookAdded { title } }';

const openSse = (gateway: TestGateway, accept = 'text/event-stream') =>
  openRawStream(`${gateway.url}/graphql?query=${encodeURIComponent(SUBSCRIPTION)}`, { headers: { accept } });

async function readValue(gateway: TestGateway, name: string, labels: Record<string, string>): Promise<number> {
  const metrics = readMetrics(await (await fetch(`${gateway.adminUrl}/metrics`)).text(), 'text');
  const fits = (of: Record<string, string>) => Object.entries(labels).every(([key, value]) => of[key] === value);
  return metrics.get(name)?.samples.find((sample) => fits(sample.labels))?.value ?? 0;
}

describe('what is kept open', () => {
  it('is bounded by node and by address, over all transports, and is free again once it ends', async () => {
    const source = new FakeSubscriptions();
    const connections = { perNode: 5, perAddress: 3 };
    await using gateway = await startTestGateway(
      { subscriptions: { connections, perNode: 4 }, server: { trustedProxies: ['127.0.0.1'] } },
      { subscriptions: source },
    );
    const open = (address: string) => openRawSocket(gateway.url, { headers: { 'x-forwarded-for': address } });
    const refused = (address: string) =>
      open(address).then(
        () => '',
        ({ message }) => message,
      );
    using first = await open('192.0.2.1');
    using second = await open('192.0.2.1');
    using third = await open('192.0.2.1');
    expect(await refused('192.0.2.1')).toBe('Unexpected server response: 429');
    using fourth = await open('192.0.2.2');
    const stream = await openSse(gateway);
    await until('it has subscribed', () => source.active === 1 || undefined);
    expect(await refused('192.0.2.3')).toBe('Unexpected server response: 503');
    expect((await openSse(gateway)).status).toBe(503);
    expect(await readValue(gateway, 'graphql_connections_active', { transport: 'websocket' })).toBe(4);
    expect(await readValue(gateway, 'graphql_connections_active', { transport: 'sse' })).toBe(1);
    expect(await readValue(gateway, 'graphql_live_refused_total', { what: 'connections', limit: 'address' })).toBe(1);

    for (const id of ['1', '2', '3']) first.send(subscribing(id, SUBSCRIPTION));
    await until('all have subscribed', () => source.active === 4 || undefined);
    second.send(subscribing('1', SUBSCRIPTION));
    expect((await second.expect('error')).payload[0].extensions.code).toBe('SERVICE_UNAVAILABLE');
    stream.leave();
    await until('one has left', () => source.active === 3 || undefined);
    fourth.send(subscribing('1', SUBSCRIPTION));
    await until('another one has come', () => source.active === 4 || undefined);
    for (const raw of [first, second, third, fourth]) raw.socket.close();
    await until('all have left', async () => {
      const open = await readValue(gateway, 'graphql_connections_active', { transport: 'websocket' });
      return open === 0 || undefined;
    });
    expect(await readValue(gateway, 'graphql_subscriptions_active', { transport: 'websocket' })).toBe(0);
    expect(
      await readValue(gateway, 'graphql_subscriptions_ended_total', { transport: 'websocket', reason: 'left' }),
    ).toBe(4);
  });

  it('is bounded for all at one address who have not signed in, over all of their connections', async () => {
    const source = new FakeSubscriptions();
    await using gateway = await startTestGateway(
      { subscriptions: { connections: { perAddress: 3 } }, server: { trustedProxies: ['127.0.0.1'] } },
      { subscriptions: source },
    );
    const open = (address: string) => openRawSocket(gateway.url, { headers: { 'x-forwarded-for': address } });
    using first = await open('2001:db8::1');
    using second = await open('2001:db8::2');
    using elsewhere = await open('2001:db8:0:1::1');
    for (const id of ['1', '2']) first.send(subscribing(id, SUBSCRIPTION));
    second.send(subscribing('1', SUBSCRIPTION));
    await until('three have subscribed', () => source.active === 3 || undefined);
    second.send(subscribing('2', SUBSCRIPTION));
    expect((await second.expect('error')).payload[0].extensions.code).toBe('SUBSCRIPTION_LIMIT_EXCEEDED');
    const labels = { what: 'subscriptions', limit: 'address' };
    expect(await readValue(gateway, 'graphql_live_refused_total', labels)).toBe(1);
    elsewhere.send(subscribing('1', SUBSCRIPTION));
    await until('somebody elsewhere has subscribed', () => source.active === 4 || undefined);
    first.socket.close();
    await until('two have left', () => source.active === 2 || undefined);
    second.send(subscribing('3', SUBSCRIPTION));
    await until('another one has come', () => source.active === 3 || undefined);
  });

  it('is bounded for each user, over all of their connections', async () => {
    const key = await newKey('k1');
    await using issuer = await startFakeIssuer([key]);
    const source = new FakeSubscriptions();
    const issuers = [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }];
    await using gateway = await startTestGateway(
      { identity: { issuers }, subscriptions: { perUser: 2 } },
      { subscriptions: source },
    );
    const open = async (sub: string) =>
      openRawSocket(gateway.url, { init: { authorization: `Bearer ${await key.sign({ sub })}` } });
    using phone = await open('ann');
    using laptop = await open('ann');
    using other = await open('bob');
    phone.send(subscribing('1', SUBSCRIPTION));
    laptop.send(subscribing('1', SUBSCRIPTION));
    await until('both have subscribed', () => source.active === 2 || undefined);
    laptop.send(subscribing('2', SUBSCRIPTION));
    expect((await laptop.expect('error')).payload[0].extensions.code).toBe('SUBSCRIPTION_LIMIT_EXCEEDED');
    other.send(subscribing('1', SUBSCRIPTION));
    await until('somebody else has subscribed', () => source.active === 3 || undefined);
  });

  it('ends for a client that does not read, and for nobody else', async () => {
    const source = new FakeSubscriptions();
    await using gateway = await startTestGateway({}, { subscriptions: source });
    using slow = await openRawSocket(gateway.url);
    using good = await openRawSocket(gateway.url);
    for (const raw of [slow, good]) raw.send(subscribing('1', SUBSCRIPTION));
    await until('both have subscribed', () => source.active === 2 || undefined);
    slow.socket.pause();
    const title = 'x'.repeat(200_000);
    let sent = 0;
    while (source.active === 2 && sent < 1000) {
      source.emit({ bookAdded: { title: `${sent++} ${title}` } });
      await until('the good one keeps up', () => good.received.length > sent - 10 || undefined);
    }
    // What is buffered, here and in the kernel, is not without end.
    expect(sent).toBeLessThan(400);
    const labels = { transport: 'websocket', reason: 'slow_consumer' };
    await until('it is counted', async () => {
      const ended = await readValue(gateway, 'graphql_subscriptions_ended_total', labels);
      return ended === 1 || undefined;
    });
    slow.socket.resume();
    expect(await slow.closed()).toEqual({ code: 4509, reason: 'SUBSCRIPTION_SLOW_CONSUMER' });
    source.addBook('last');
    await until('all of it', () => good.received.length === sent + 1 || undefined);
    expect(good.received.map(({ payload }) => payload.data.bookAdded.title.split(' ')[0])).toEqual([
      ...Array.from({ length: sent }, (_, index) => String(index)),
      'last',
    ]);
    expect(good.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('ends for a client that makes the gateway write, and does not read', async () => {
    await using gateway = await startTestGateway({}, { subscriptions: new FakeSubscriptions() });
    using raw = await openRawSocket(gateway.url);
    raw.socket.pause();
    // Each is refused by an error that is as long.
    const document = `{ ${'x'.repeat(100_000)} }`;
    const isClosed = async () =>
      (await readValue(gateway, 'graphql_connections_active', { transport: 'websocket' })) === 0;
    let sent = 0;
    await until('it is closed', async () => {
      // No more at once than are done at once.
      for (let more = 0; more < 20; more++) raw.send(subscribing(String(sent++), document));
      return await isClosed();
    });
    expect(sent).toBeLessThan(10_000);
  });

  it.each(['{ books { title } }', '{ books { isbn ... @defer { title } } }'])(
    'ends for a client that asks, and does not read the answers: %s',
    async (query) => {
      await using gateway = await startTestGateway({ subscriptions: { slowAfter: '300ms' } });
      const title = 'x'.repeat(2_000_000);
      gateway.books.answerWith(json({ data: { books: [{ __typename: 'Book', isbn: '1', title }] } }));
      using raw = await openRawSocket(gateway.url);
      raw.socket.pause();
      const active = () => readValue(gateway, 'graphql_connections_active', { transport: 'websocket' });
      expect(await active()).toBe(1);
      for (let sent = 0; sent < 20; sent++) raw.send(subscribing(String(sent), query));
      // It is there, and says so.
      await until('it is closed', async () => {
        raw.send({ type: 'pong' });
        return (await active()) === 0;
      });
    },
  );

  it('goes on for a client that reads an answer of many packets', async () => {
    await using gateway = await startTestGateway();
    const title = 'x'.repeat(8_000_000);
    gateway.books.answerWith(json({ data: { books: [{ title }] } }));
    using raw = await openRawSocket(gateway.url);
    raw.send(subscribing('1', '{ books { title } }'));
    expect((await raw.expect('next')).payload.data.books[0].title).toHaveLength(title.length);
    await raw.expect('complete');
  });

  it('ends for a client that goes on although it is over its rate', async () => {
    await using gateway = await startTestGateway({
      rateLimit: { enabled: true, limits: [{ key: 'ip', rate: '1/1h', burst: 3 }] },
    });
    using raw = await openRawSocket(gateway.url);
    for (let sent = 0; sent < 300; sent++) raw.send(subscribing(String(sent), '{ books { title } }'));
    expect(await raw.closed()).toEqual({ code: 1008, reason: 'RATE_LIMITED' });
    const errors = raw.received.filter(({ type }) => type === 'error');
    expect(errors.length).toBeGreaterThan(100);
    expect(errors.length).toBeLessThan(250);
  });

  it('ends for a client that is not there any more', async () => {
    const source = new FakeSubscriptions();
    await using gateway = await startTestGateway({ subscriptions: { keepAlive: '200ms' } }, { subscriptions: source });
    using there = await openRawSocket(gateway.url);
    const dead = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      autoPong: false,
    });
    await new Promise((resolve) => dead.once('open', resolve));
    dead.send('{"type":"connection_init"}');
    dead.send(JSON.stringify(subscribing('1', SUBSCRIPTION)));
    dead.on('error', () => {});
    await new Promise((resolve) => dead.once('close', resolve));
    await until('its subscription has ended', () => source.active === 0 || undefined);
    expect(there.socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe('a stream that ends with its token while its client does not read', () => {
  /** @param config of the gateway */
  async function openExpired(subscriptions: object) {
    const key = await newKey('k1');
    await using issuer = await startFakeIssuer([key]);
    const source = new FakeSubscriptions();
    const issuers = [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }];
    const gateway = await startTestGateway(
      { identity: { issuers }, subscriptions, server: { drainTimeout: '8s' } },
      { subscriptions: source },
    );
    const token = await key.sign({ exp: Math.floor(Date.now() / 1000) + 2 });
    const request = get(`${gateway.url}/graphql?query=${encodeURIComponent(SUBSCRIPTION)}`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
    });
    // Its answer is heard of, and not read.
    request.on('response', (response) => response.on('error', () => {}));
    request.on('error', () => {});
    await until('it has subscribed', () => source.active === 1 || undefined);
    // More than the kernel holds.
    source.addBook('x'.repeat(20_000_000));
    await until('it has expired', () => source.active === 0 || undefined);
    return gateway;
  }
  const active = (gateway: TestGateway) => readValue(gateway, 'graphql_connections_active', { transport: 'sse' });

  it('is cut off where it does not take its end either', async () => {
    await using gateway = await openExpired({ slowAfter: '3s' });
    expect(await active(gateway)).toBe(1);
    await until('it is cut off', async () => (await active(gateway)) === 0 || undefined);
    const labels = { transport: 'sse', reason: 'token_expired' };
    expect(await readValue(gateway, 'graphql_subscriptions_ended_total', labels)).toBe(1);
  });

  it('does not keep the gateway from stopping', async () => {
    const gateway = await openExpired({ slowAfter: '60s', drain: '100ms' });
    expect(await active(gateway)).toBe(1);
    await gateway.stop();
  });
});

describe('when the gateway stops', () => {
  it('a subscription that was just beginning is told to come again, too, whenever it has begun', async () => {
    const source = new FakeSubscriptions();
    const gateway = await startTestGateway({ subscriptions: { drain: '1s' } }, { subscriptions: source });
    using idle = await openRawSocket(gateway.url);
    using beginning = await openRawSocket(gateway.url);
    using busy = await openRawSocket(gateway.url);
    let answer: (() => void) | undefined;
    gateway.books.answerWith((request, response) => {
      answer = () => json({ data: { addBook: { isbn: '4' } } })(request, response);
    });
    busy.send(subscribing('1', 'mutation { addBook(title: "a") { isbn } }'));
    await until('the mutation is under way', () => answer);
    const soon = Promise.withResolvers<void>();
    source.gate = soon.promise;
    beginning.send(subscribing('1', SUBSCRIPTION));
    const sse = openSse(gateway);
    await until('two are asked for', () => source.requests.length === 2 || undefined);
    const late = Promise.withResolvers<void>();
    source.gate = late.promise;
    const multipart = openSse(gateway, 'multipart/mixed;subscriptionSpec=1.0');
    await until('a third is asked for', () => source.requests.length === 3 || undefined);

    const stopping = gateway.stop();
    await idle.closed();
    soon.resolve();
    expect(await beginning.closed()).toEqual({ code: 1012, reason: 'Service Restart' });
    const first = await sse;
    await first.ended();
    expect(first.text()).toMatch(/retry: \d{4}\n\n$/);
    // What is not answered in time is destroyed: behind that, nobody looks after connections any more.
    expect(await busy.closed()).toMatchObject({ code: 1006 });
    late.resolve();
    const second = await multipart;
    await second.ended();
    expect(second.text()).toContain('SUBSCRIPTION_INTERRUPTED');
    answer?.();
    await stopping;
    expect(source.active).toBe(0);
  });

  it('who comes over a connection that was kept open is told to come again, elsewhere', async () => {
    const source = new FakeSubscriptions();
    await using gateway = await startTestGateway({ server: { keepAliveGrace: '2s' } }, { subscriptions: source });
    using idle = await openRawSocket(gateway.url);
    const agents = Array.from({ length: 3 }, () => new Agent({ keepAlive: true }));
    const ask = async (query: string, agent: Agent | undefined, accept: string): Promise<IncomingMessage> => {
      const url = `${gateway.url}/graphql?query=${encodeURIComponent(query)}`;
      const [response] = await once(get(url, { agent, headers: { accept } }), 'response');
      return response;
    };
    for (const agent of agents) await text(await ask('{ __typename }', agent, 'application/json'));

    const stopping = gateway.stop();
    await idle.closed();
    const sse = await ask(SUBSCRIPTION, agents[0], 'text/event-stream');
    expect([sse.statusCode, sse.headers.connection]).toEqual([200, 'close']);
    expect(await text(sse)).toMatch(/retry: \d{4}\n\n$/);
    const multipart = await ask(SUBSCRIPTION, agents[1], 'multipart/mixed;subscriptionSpec=1.0');
    expect([multipart.statusCode, multipart.headers.connection]).toEqual([200, 'close']);
    expect(await text(multipart)).toContain('SUBSCRIPTION_INTERRUPTED');
    using webSocket = await openRawSocket(gateway.url, { agent: agents[2] as Agent, init: false });
    expect(await webSocket.closed()).toEqual({ code: 1012, reason: 'Service Restart' });
    await stopping;
    expect(source.active).toBe(0);
  });

  it('clients are told to come again, not all at once, and what is under way is answered', async () => {
    const source = new FakeSubscriptions();
    const gateway = await startTestGateway({ subscriptions: { drain: '1s' } }, { subscriptions: source });
    const sockets = await Promise.all(Array.from({ length: 20 }, () => openRawSocket(gateway.url)));
    for (const raw of sockets) raw.send(subscribing('1', SUBSCRIPTION));
    const sse = await openSse(gateway);
    const multipart = await openSse(gateway, 'multipart/mixed;subscriptionSpec=1.0');
    await until('all have subscribed', () => source.active === 22 || undefined);
    using busy = await openRawSocket(gateway.url);
    let answer: (() => void) | undefined;
    gateway.books.answerWith((request, response) => {
      answer = () => json({ data: { addBook: { isbn: '4' } } })(request, response);
    });
    busy.send(subscribing('1', 'mutation { addBook(title: "a") { isbn } }'));
    await until('the mutation is under way', () => answer);

    const stopping = gateway.stop();
    await until(
      'the first is told',
      () => sockets.some(({ socket }) => socket.readyState !== WebSocket.OPEN) || undefined,
    );
    const still = sockets.filter(({ socket }) => socket.readyState === WebSocket.OPEN).length;
    expect(still).toBeGreaterThan(5);
    await expect(openRawSocket(gateway.url)).rejects.toThrow('ECONNREFUSED');
    expect(busy.socket.readyState).toBe(WebSocket.OPEN);
    answer?.();
    expect(await busy.expect('next')).toMatchObject({ payload: { data: { addBook: { isbn: '4' } } } });
    expect(await busy.closed()).toEqual({ code: 1012, reason: 'Service Restart' });
    for (const raw of sockets) expect(await raw.closed()).toEqual({ code: 1012, reason: 'Service Restart' });
    await Promise.all([sse.ended(), multipart.ended()]);
    expect(sse.text()).toMatch(/retry: \d{4}\n\n$/);
    expect(sse.text()).not.toContain('complete');
    expect(multipart.text()).toContain('SUBSCRIPTION_INTERRUPTED');
    await stopping;
    expect(source.active).toBe(0);
  });
});
