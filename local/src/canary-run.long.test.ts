import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { newId } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiSchema } from './testing/api-schema.ts';
import { goodValues, ways } from './testing/good-values.ts';
import { mutator, sender } from './testing/graph-client.ts';
import { hostileCalls } from './testing/hostile-calls.ts';
import { type PopulatedGraph, startPopulatedGraph } from './testing/populated-graph.ts';
import { VIEWERS } from './testing/viewers.ts';

const PORT = 14_215;
const TIMEOUT_MS = 240_000;
const SHOWN = 10;

/** What is looked for: a part of everything personal or secret that is sent. */
const CANARY = 'c4nary';
const EMAIL = `${CANARY}.person@example.com`;
const CARD_TOKEN = `tok_${CANARY}_4242424242424242`;
const PASSWORD = `${CANARY}-and-the-mine-below`;
const ACCESS_TOKEN = `eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI${CANARY}ifQ.c2lnbmF0dXJl`;
const scalars = {
  String: [EMAIL, CARD_TOKEN, PASSWORD, ACCESS_TOKEN],
  ID: [EMAIL, CARD_TOKEN],
  // What is wrong in them is quoted by whoever refuses them.
  Int: [EMAIL],
  Boolean: [PASSWORD],
  CurrencyCode: [CARD_TOKEN],
  CountryCode: [EMAIL],
};
/** What is said of products is public, and so in events too. */
const OF_PRODUCTS = /^(?:Mutation\.(?:create|update)Product|Query\.product)/;
const PUBLIC = 'publ1c';

describe('what is personal or secret', () => {
  let collector: Server;
  const spans: string[] = [];
  let populated: PopulatedGraph;
  /** Of tokens that were really issued: they must be nowhere either. */
  const issued: string[] = [];
  let events: string[];
  let metrics: string[];
  let refusals: string[];

  beforeAll(async () => {
    collector = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      spans.push(Buffer.concat(chunks).toString());
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    populated = await startPopulatedGraph(PORT, { traceEndpoint: `http://127.0.0.1:${port}` });
    issued.push(...(await liveALife(populated)));
    refusals = await askEverything(populated);
    await knockOnEveryDoor(populated);
    events = await eventsOf(populated);
    await breakDatabases(populated);
    await askEverything(populated);
    metrics = await Promise.all(
      servicesOf(populated).map(async ({ adminUrl }) => (await fetch(`${adminUrl}/metrics`)).text()),
    );
    // The last spans are sent.
    await populated[Symbol.asyncDispose]();
  }, TIMEOUT_MS);
  afterAll(() => new Promise((resolve) => collector.close(resolve)));

  const foundIn = (texts: readonly string[], ...further: string[]) =>
    texts.flatMap((text) => around(text, [CANARY, ...issued, ...further])).slice(0, SHOWN);

  it('is in no line of a log', () => {
    const services = new Set(populated.logLines.map((line) => JSON.parse(line).service));
    expect(services).toEqual(
      new Set(['gateway', 'inventory', 'notifications', 'orders', 'payments', 'users', 'sandbox-provider']),
    );
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

  it('is in no error', () => {
    expect(refusals.length).toBeGreaterThan(300);
    expect(foundIn(refusals)).toEqual([]);
  });
});

const around = (text: string, words: readonly string[]): string[] =>
  words.flatMap((word) => {
    const at = text.indexOf(word);
    return at < 0 ? [] : [text.slice(Math.max(0, at - 300), at + 100)];
  });

const servicesOf = ({ graph }: PopulatedGraph) => [graph.gateway, ...graph.subgraphs.values()];

/** Every operation with a canary at each place that takes a text, by everybody. Gives the errors that came back. */
async function askEverything({ ask, headersOf, things }: PopulatedGraph): Promise<string[]> {
  const known = { good: goodValues(things), scalars, cursors: [EMAIL, CARD_TOKEN] };
  const refusals: string[] = [];
  for (const { coordinate, byVariables, byLiterals } of hostileCalls(await apiSchema(ask), known, ways)) {
    for (const viewer of VIEWERS) {
      for (const operation of [byVariables ?? byLiterals, byLiterals]) {
        if (!JSON.stringify(operation).includes(CANARY)) continue;
        const sent = OF_PRODUCTS.test(coordinate)
          ? JSON.parse(JSON.stringify(operation).replaceAll(CANARY, PUBLIC))
          : operation;
        const { errors } = await ask(sent.document, sent.variables, headersOf[viewer]);
        if (errors !== undefined) refusals.push(JSON.stringify(errors));
      }
    }
  }
  return refusals;
}

/** A customer of that name signs up, buys, complains, and leaves. Gives the tokens that they had. */
async function liveALife({ ask, things }: PopulatedGraph): Promise<string[]> {
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
  const placed = await mutate('placeOrder', 'order { id }', me, {
    ...{ idempotencyKey: `${CANARY}-${newId()}`, paymentMethodId: paymentMethod.id, shippingAddress: address },
  });
  await until('the order to be paid', async () => {
    const { data } = await ask('query ($id: ID!) { order(id: $id) { status } }', { id: placed.order.id }, me);
    return data.order.status === 'PAID';
  });
  await send('cancelOrder', 'order { id }', me, { orderId: placed.order.id, reason: `${CANARY} changed my mind` });
  await mutate('registerWebhook', 'webhook { id }', me, {
    url: `http://127.0.0.1:9/${CANARY}`,
    kinds: ['ORDER_PLACED'],
  });
  await mutate('closeAccount', '', me, { password: PASSWORD });
  return [first, second, third, again].flatMap(({ session }) => [session.accessToken, session.refreshToken]);
}

/** Where no operation is understood: other paths, headers, methods and bodies, at every port. */
async function knockOnEveryDoor(populated: PopulatedGraph): Promise<void> {
  const headers = {
    authorization: `Bearer ${ACCESS_TOKEN}`,
    cookie: `session=${CANARY}`,
    'content-type': 'application/json',
    'apollographql-client-name': EMAIL,
    'apollographql-client-version': `1.0.0 ${CANARY}`,
    'idempotency-key': CANARY,
    baggage: `user=${CANARY}`,
    traceparent: CANARY,
    b3: CANARY,
    tracestate: `vendor=${CANARY}`,
    'x-query-plan': CANARY,
  };
  const bodies = [
    `{"query":"{ me { id } }","variables":{"x":"${CANARY}"`,
    `{"query":"{ me { id ${CANARY}(x: \\"${PASSWORD}\\") } }"}`,
    `{"query":"{ me { id } } \\"${PASSWORD}","operationName":"${EMAIL}"}`,
    `{"query":"{ __typename }","variables":"${CANARY}","extensions":{"x":"${CANARY}"}}`,
    `${CANARY}=${PASSWORD}`,
  ];
  const paths = [
    '/graphql',
    `/${CANARY}`,
    `/media/${CANARY}`,
    '/webhooks/payments',
    `/unsubscribe?token=${CANARY}`,
    `/%${CANARY}`,
  ];
  for (const service of servicesOf(populated)) {
    for (const url of [service.url, service.adminUrl]) {
      for (const path of paths) {
        await fetch(`${url}${path}${path.includes('?') ? '&' : '?'}variables=${CANARY}&query={me{id}}`, { headers });
        for (const body of bodies) await fetch(`${url}${path}`, { method: 'POST', headers, body });
      }
      await sendRaw(url, `GET /${CANARY} HTTP/1.1\r\n${CANARY}\r\n\r\n`);
      await sendRaw(url, `${CANARY} /${CANARY} HTTP/1.1\r\nhost: ${CANARY}\r\n\r\n`);
    }
    await fetch(`${service.adminUrl}/log/level`, { method: 'PUT', headers, body: `{"level":"${CANARY}"}` });
  }
}

const sendRaw = (url: string, text: string) =>
  new Promise<void>((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.end(text));
    socket.once('error', () => resolve());
    socket.once('close', () => resolve());
    socket.resume();
  });

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
