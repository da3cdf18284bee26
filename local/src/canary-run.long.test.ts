import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@tributary/service-kit';
import { subscribe, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { askEverything } from './testing/ask-everything.ts';
import { CANARY, EMAIL, PASSWORD, PERSONAL, PUBLIC } from './testing/canary.ts';
import { mutator, sender } from './testing/graph-client.ts';
import {
  askRest,
  knockOnEveryDoor,
  knockOnWebSockets,
  reportAsProvider,
  servicesOf,
} from './testing/knock-on-doors.ts';
import { type PopulatedGraph, startPopulatedGraph } from './testing/populated-graph.ts';

const PORT = 14_215;
const TIMEOUT_MS = 240_000;
const SHOWN = 10;

describe('what is personal or secret', () => {
  let collector: Server;
  const spans: string[] = [];
  let populated: PopulatedGraph;
  /** Of tokens that were really issued: they must be nowhere either. */
  const issued: string[] = [];
  let events: string[];
  let metrics: string[];
  /** By the way that was gone. */
  let refusals: Map<string, string[]>;
  let closeCodes: number[];

  beforeAll(async () => {
    collector = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      spans.push(Buffer.concat(chunks).toString());
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    populated = await startPopulatedGraph(PORT, {
      ...{ traceEndpoint: `http://127.0.0.1:${port}`, logLevel: 'debug', natsUrl: inject('natsUrl') },
    });
    issued.push(...(await liveALife(populated)));
    refusals = await askEverything(populated);
    refusals.set('REST', await askRest(populated));
    await knockOnEveryDoor(populated);
    // They are believed to be the provider's, and refused for what they say.
    expect(await reportAsProvider(populated)).toEqual([400, 400, 204, 400]);
    closeCodes = await knockOnWebSockets(populated.graph.gateway.url);
    events = await eventsOf(populated);
    await breakDatabases(populated);
    await askEverything(populated);
    await askRest(populated);
    metrics = await Promise.all(
      servicesOf(populated).map(async ({ adminUrl }) => (await fetch(`${adminUrl}/metrics`)).text()),
    );
    // The last spans are sent.
    await populated[Symbol.asyncDispose]();
  }, TIMEOUT_MS);
  afterAll(() => new Promise((resolve) => collector.close(resolve)));

  const foundIn = (texts: readonly string[], ...further: string[]) =>
    texts.flatMap((text) => around(text, [...PERSONAL, ...issued, ...further])).slice(0, SHOWN);

  it('is in no line of a log', () => {
    const services = new Set(populated.logLines.map((line) => JSON.parse(line).service));
    const all = ['gateway', 'inventory', 'notifications', 'orders', 'payments', 'users', 'sandbox-provider'];
    expect(services).toEqual(new Set([...all, ...(inject('natsUrl') === undefined ? [] : ['nats'])]));
    expect(populated.logLines.length).toBeGreaterThan(2000);
    // Databases that fail are told of, without what they said.
    expect(populated.logLines.filter((line) => line.includes('"level":"error"')).length).toBeGreaterThan(50);
    expect(foundIn(populated.logLines, PUBLIC)).toEqual([]);
  });

  it('is in no span', () => {
    expect(spans.join('').match(/"spanId"/g)?.length).toBeGreaterThan(5000);
    expect(foundIn(spans, PUBLIC)).toEqual([]);
  });

  it('is in no metric', () => {
    expect(metrics).toHaveLength(6);
    for (const text of metrics) expect(text).toContain('http_requests_total');
    expect(foundIn(metrics, PUBLIC)).toEqual([]);
  });

  it('is in no event and no dead letter', () => {
    expect(events.length).toBeGreaterThan(50);
    expect(foundIn(events)).toEqual([]);
  });

  it('is in no error, whichever way it was sent', () => {
    const counts = Object.fromEntries([...refusals].map(([way, errors]) => [way, errors.length]));
    expect(counts.POST).toBeGreaterThan(300);
    expect(Object.entries(counts).filter(([, count]) => count < 5)).toEqual([]);
    expect(foundIn([...refusals.values()].flat())).toEqual([]);
    expect(new Set(closeCodes).size, String(closeCodes)).toBeGreaterThan(4);
  });
});

const around = (text: string, words: readonly string[]): string[] =>
  words.flatMap((word) => {
    const at = text.indexOf(word);
    return at < 0 ? [] : [text.slice(Math.max(0, at - 300), at + 100)];
  });

/** A customer of that name signs up, buys, complains, and leaves. Gives the tokens that they had. */
async function liveALife({ ask, graph, things }: PopulatedGraph): Promise<string[]> {
  const mutate = mutator(ask);
  const send = sender(ask);
  const session = 'session { accessToken refreshToken }';
  const account = { email: `whole.life.${EMAIL}`, password: PASSWORD };
  const first = await mutate('signUp', session, {}, { ...account, name: `${CANARY} Person` });
  await send('signIn', session, {}, { email: EMAIL, password: `${PASSWORD} wrong` });
  const second = await mutate('signIn', session, {}, account);
  const headers = { authorization: `Bearer ${second.session.accessToken}` };
  const third = await mutate('refresh', session, headers, { refreshToken: second.session.refreshToken });
  await send('refresh', session, headers, { refreshToken: second.session.refreshToken });
  const again = await mutate('signIn', session, {}, account);
  const me = { authorization: `Bearer ${again.session.accessToken}` };
  const address = {
    recipient: `${CANARY} Person`,
    line1: `${CANARY} Street 1`,
    postalCode: '10115',
    city: CANARY,
    country: 'DE',
  };
  await mutate('addAddress', 'address { id }', me, address);
  const { paymentMethod } = await mutate('addPaymentMethod', 'paymentMethod { id }', me, {
    token: 'tok_visa',
    label: `${CANARY} card`,
  });
  await mutate('addToCart', 'cart { id }', me, { productId: things.product, quantity: 1 });
  const notified = await subscribe(graph.gateway.url, 'subscription { notificationReceived { id body } }', {}, me);
  const placed = await mutate('placeOrder', 'order { id }', me, {
    ...{ idempotencyKey: `${CANARY}-${newId()}`, paymentMethodId: paymentMethod.id, shippingAddress: address },
  });
  const FOLLOWED =
    'subscription ($id: ID!) { orderUpdated(id: $id) { timeline { status } shippingAddress { line1 } } }';
  const followed = await subscribe(graph.gateway.url, FOLLOWED, { id: placed.order.id }, me);
  await until('the order to be paid', async () => {
    const { data } = await ask('query ($id: ID!) { order(id: $id) { status } }', { id: placed.order.id }, me);
    return data.order.status === 'PAID';
  });
  // It may have been paid before anybody followed it.
  await mutate('requestReturn', 'refund { amountMinor }', me, {
    ...{ idempotencyKey: `${CANARY}-${newId()}`, orderId: placed.order.id, reason: `${CANARY} changed my mind` },
    lines: [{ productId: things.product, quantity: 1 }],
  });
  await followed.has('that it is sent back', ({ data }) =>
    data.data?.orderUpdated?.timeline.some(({ status }: { status: string }) => status === 'RETURN_REQUESTED'),
  );
  await notified.has('a notification', ({ data }) => data.data?.notificationReceived?.id !== undefined);
  followed.leave();
  notified.leave();
  await send('cancelOrder', 'order { id }', me, { orderId: placed.order.id, reason: `${CANARY} changed my mind` });
  await mutate('registerWebhook', 'webhook { id }', me, {
    url: `http://127.0.0.1:9/${CANARY}`,
    kinds: ['ORDER_PLACED'],
  });
  await mutate('closeAccount', '', me, { password: PASSWORD });
  return [first, second, third, again].flatMap(({ session }) => [session.accessToken, session.refreshToken]);
}

async function eventsOf({ graph }: PopulatedGraph): Promise<string[]> {
  const rows: string[] = [];
  for (const [name, { database }] of graph.subgraphs) {
    for (const table of ['outbox', 'dead_letters']) {
      const found = await database.db.execute(`select to_jsonb(t)::text as text from ${name}.${table} t`);
      rows.push(...(found as unknown as { rows: { text: string }[] }).rows.map(({ text }) => text));
    }
  }
  return rows;
}

/** From now on writing fails with a message that quotes the row, and reading with one that quotes the parameters. */
async function breakDatabases({ graph }: PopulatedGraph): Promise<void> {
  for (const [name, { database }] of graph.subgraphs) {
    await database.db.execute(
      `
      create function ${name}.refuse() returns trigger language plpgsql as $$
      begin raise exception 'refused: %', new; end $$`,
    );
    const tables = await database.db.execute(`select tablename from pg_tables where schemaname = '${name}'`);
    for (const { tablename } of (tables as unknown as { rows: { tablename: string }[] }).rows) {
      await database.db.execute(
        `
        create trigger refuse before insert or update on ${name}.${tablename} for each row execute function ${name}.refuse()`,
      );
    }
  }
  await graph.subgraphs.get('users')?.database.db.execute('alter table users.users rename to gone');
}
