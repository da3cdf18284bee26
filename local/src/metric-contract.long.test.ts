import { randomBytes } from 'node:crypto';
import { exportedMetrics, isExporter, type MetricDefinition, metricDefinitions } from '@tributary/service-kit';
import { type MetricFamily, readMetrics, type Sample } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from './testing/hostile-calls.ts';
import { type OpenApi, restRequests } from './testing/rest-requests.ts';
import { type Shop, startShop } from './testing/shop.ts';
import { PRICE, SHIPPING } from './testing/shop-actions.ts';
import { talk } from './testing/talk.ts';
import { type OperationKind, waysIn } from './testing/ways-in.ts';

const PORT = 14_250;
const FORMATS = { text: 'text/plain', openmetrics: 'application/openmetrics-text' } as const;

/** What this graph does not have: a database server and a broker, WebSockets, and nobody counts usage. Shown where there is one. */
const SHOWN_ELSEWHERE = [
  'db_client_connections', // service-kit: subgraph-metrics.test.ts
  'db_client_connections_max',
  'db_client_pending_requests',
  'events_consumer_pending', // service-kit: nats-bus.test.ts
  'graphql_connections_closed_total', // gateway: subscriptions-websocket.test.ts, subscriptions-limits.long.test.ts
  'graphql_live_refused_total',
  'graphql_subscription_upstream_errors_total', // gateway: upstreams.test.ts
  'graphql_subscription_upstreams',
  'graph_usage_flushes_total', // gateway: usage.long.test.ts
  'graph_usage_other_total', // gateway: usage-recorder.test.ts
  'trace_spans_lost_total', // service-kit: span-losses.test.ts
];

const definitions: [name: string, definition: MetricDefinition][] = Object.entries(metricDefinitions);

let shop: Shop;
let subgraphs: string[];
let services: Map<string, { url: string; adminUrl: string }>;
let afterPurchase: Awaited<ReturnType<typeof scrapeAll>>;

beforeAll(async () => {
  shop = await startShop(PORT);
  const { gateway } = shop.graph;
  subgraphs = [...shop.graph.subgraphs.keys()];
  services = new Map([['gateway', gateway], ...shop.graph.subgraphs]);
  // All that is left of a product, and half of it back.
  const product = await shop.newProduct(2);
  const purchase = await shop.buy(await shop.newCustomer('tok_visa'), product, 2);
  const payment = await shop.paymentThatIs('CAPTURED', purchase);
  await shop.refund(payment, 1000);
  await shop.paymentThatIs('PARTIALLY_REFUNDED', purchase);
  await shop.picture(purchase);
  const ARTICLES = 'query ($order: ID!) { order(id: $order) { lines { product { name } } } }';
  await shop.ask(ARTICLES, { order: purchase.order }, purchase.customer.headers);
  await shop.ask('{ products(first: 1) { nodes { inStock } } }');
  afterPurchase = await scrapeAll();
});
afterAll(() => shop[Symbol.asyncDispose]());

async function scrape(service: string, format: keyof typeof FORMATS = 'text'): Promise<Map<string, MetricFamily>> {
  const response = await fetch(`${services.get(service)?.adminUrl}/metrics`, { headers: { accept: FORMATS[format] } });
  expect(response.headers.get('content-type')).toContain(FORMATS[format]);
  return readMetrics(await response.text(), format);
}

const scrapeAll = () => Promise.all([...services.keys()].map(async (name) => ({ name, families: await scrape(name) })));

describe('after a purchase', () => {
  it.each(definitions)('%s is exported by those who are said to, with these labels', (name, definition) => {
    const { kind, labels, help, exportedBy, where } = definition;
    const found = afterPurchase.flatMap(({ name: service, families }) => {
      const family = families.get(name);
      return family === undefined || family.samples.length === 0 ? [] : [{ service, family }];
    });
    const named = [...services.keys()].filter((service) => isExporter(service, exportedBy));
    const exporters = found.map(({ service }) => service);
    if (SHOWN_ELSEWHERE.includes(name)) expect(exporters).toEqual([]);
    else if (where === undefined) expect(exporters).toEqual(named);
    else {
      expect(exporters.length).toBeGreaterThan(0);
      expect(named).toEqual(expect.arrayContaining(exporters));
    }
    for (const { family } of found) {
      expect(family).toMatchObject({ type: kind, help });
      for (const sample of family.samples) {
        const more = sample.name.endsWith('_bucket') && kind === 'histogram' ? ['le', 'service'] : ['service'];
        expect(Object.keys(sample.labels).sort()).toEqual([...new Set([...labels, ...more])].sort());
      }
    }
  });

  it('nothing else is exported, and every query that knows the definitions knows all of it', () => {
    const known = exportedMetrics(subgraphs);
    for (const { name: service, families } of afterPurchase) {
      for (const { type, samples } of families.values()) {
        for (const { name, labels } of samples) {
          expect(known.get(name), name).toMatchObject({ kind: type, services: expect.arrayContaining([service]) });
          expect(known.get(name)?.labels).toEqual(expect.arrayContaining(Object.keys(labels)));
        }
      }
    }
  });

  it('its money, its stock and its messages are counted', () => {
    const value = (service: string, name: string, labels: Record<string, string> = {}) => {
      const has = (own: Sample['labels']) => Object.entries(labels).every(([label, text]) => own[label] === text);
      const family = afterPurchase.find((each) => each.name === service)?.families.get(name);
      return family?.samples.find((sample) => has(sample.labels))?.value;
    };
    expect(value('payments', 'payments_captured_minor_units_total', { currency: 'EUR' })).toBe(2 * PRICE + SHIPPING);
    expect(value('payments', 'payments_refunded_minor_units_total', { currency: 'EUR' })).toBe(1000);
    expect(value('inventory', 'stock_outs_total')).toBe(1);
    expect(value('orders', 'orders_total', { status: 'PAID' })).toBe(1);
    expect(value('orders', 'orders_total', { status: 'CANCELLED' })).toBe(0);
    expect(value('notifications', 'notifications_total', { channel: 'email', outcome: 'failed' })).toBe(0);
    expect(value('gateway', 'external_service_up', { service: 'jwks' })).toBe(1);
    expect(value('gateway', 'external_service_up', { service: 'supergraph' })).toBe(1);
    expect(value('payments', 'external_service_up', { service: 'payment-provider' })).toBe(1);
  });
});

it.each(['gateway', 'orders'])('a scraper of the %s that asks for OpenMetrics reads the same', async (service) => {
  const [text, open] = await Promise.all([scrape(service), scrape(service, 'openmetrics')]);
  expect([...open.keys()]).toEqual([...text.keys()]);
  const seriesOf = (families: Map<string, MetricFamily>) =>
    [...families.values()].flatMap(({ samples }) => samples.map(({ name, labels }) => JSON.stringify([name, labels])));
  expect(seriesOf(open)).toEqual(expect.arrayContaining(seriesOf(text)));
});

const made = () => `fuzz${randomBytes(6).toString('hex')}`;
const headers = () => ({
  'apollographql-client-name': made(),
  'apollographql-client-version': made(),
  'x-request-id': made(),
  'x-api-version': made(),
  canary: made(),
});

/** By every way in, with names that nobody has. */
async function askByAllWays(url: string): Promise<void> {
  const asked: readonly [OperationKind, string][] = [
    ['query', `query ${made()} { ${made()}: products(first: 1) { nodes { id } } }`],
    ['query', `query ${made()} { product(id: "${made()}") { id } }`],
    ['mutation', `mutation ${made()} { ${made()}(input: "${made()}") { id } }`],
    ['subscription', `subscription ${made()} { orderUpdated(id: "${made()}") { id } }`],
  ];
  for (const way of waysIn(url)) {
    for (const [kind, document] of asked) {
      const operation: Operation = { document, variables: { [made()]: made() } };
      if (way.kinds.includes(kind)) await way.send(operation, headers());
    }
  }
}

/** WebSockets that end in many ways. */
async function talkAtRandom(url: string): Promise<void> {
  const init = { type: 'connection_init', payload: { ...headers(), [made()]: made() } };
  const subscribe = { id: made(), type: 'subscribe', payload: { query: `query ${made()} { me { id } }` } };
  const talks = [
    { opening: [init], messages: [subscribe], leavingWith: 3000 + Math.floor(Math.random() * 1000) },
    { opening: [{ ...init, payload: { authorization: `Bearer ${made()}` } }] },
    { opening: [subscribe] },
    { opening: [{ type: made() }] },
    { opening: [], protocol: made() },
  ];
  for (const each of talks) await talk(url, each);
}

async function askRest(url: string): Promise<void> {
  for (const version of ['v1', 'v2']) {
    const document = (await (await fetch(`${url}/${version}/openapi.json`)).json()) as OpenApi;
    for (const { method, path, headers: own, body = null } of restRequests(document, { text: made(), ids: {} }))
      await fetch(`${url}/${version}${path}`, { method, headers: { ...headers(), ...own }, body });
  }
}

it('nothing that a client makes up becomes a label, at the gateway or behind it', { timeout: 60_000 }, async () => {
  const turn = async () => {
    const documents = [
      `query ${made()} { me { id } }`,
      `query ${made()} { ${made()}: products(first: 1) { nodes { id } } }`,
      `mutation ${made()} { ${made()}(input: "${made()}") { id } }`,
      `query ${made()} { product(id: "${made()}") { id } }`,
      `query ${made()} { order(id: "${made()}") { id } }`,
      made(),
    ];
    for (const document of documents) await shop.ask(document, {}, headers());
    await shop.ask('{ me { id } }', {}, { authorization: `Bearer ${made()}`, ...headers() });
    const { url: gatewayUrl } = shop.graph.gateway;
    await askByAllWays(gatewayUrl);
    await talkAtRandom(gatewayUrl);
    await askRest(gatewayUrl);
    for (const { url } of services.values()) {
      for (const path of [`/${made()}`, `/media/${made()}`, `/graphql/${made()}`, `/graphql?query=${made()}`]) {
        await fetch(url + path, { method: 'GET' });
        await fetch(url + path, { method: 'PROPFIND' });
      }
    }
  };
  /** Of what requests make; the rest grows with what the services do by themselves. */
  const OF_REQUESTS = /^(http|graphql)_/;
  const series = async () =>
    (await scrapeAll()).flatMap(({ name: service, families }) =>
      [...families.values()].flatMap(({ samples }) =>
        samples.map(({ name, labels }) => ({ name, text: JSON.stringify([service, name, labels]) })),
      ),
    );
  const ofRequests = async () =>
    new Set((await series()).flatMap(({ name, text }) => (OF_REQUESTS.test(name) ? [text] : [])));
  await turn();
  await turn();
  const before = await ofRequests();
  for (let count = 0; count < 3; count++) await turn();
  expect([...(await ofRequests()).difference(before)]).toEqual([]);
  expect((await series()).filter(({ text }) => text.includes('fuzz'))).toEqual([]);
  const codes = (await series()).filter(({ name }) => name === 'graphql_connections_closed_total');
  expect(codes.length).toBeGreaterThan(4);
});
