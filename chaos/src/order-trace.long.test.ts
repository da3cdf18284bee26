import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CollectedSpan, contractBreaches, startTraceCollector, until } from '@tributary/service-kit/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startGraphProcesses } from './graph/graph-processes.ts';
import { SERVICES } from './graph/graph-settings.ts';
import { documents } from './load/documents.ts';
import { createGraphClient } from './load/graph-client.ts';
import { openShop, type Shop } from './load/shop.ts';

const isMissing = inject('postgresAdminUrl') === undefined || inject('natsServer') === undefined;
const ADDRESS = {
  recipient: 'Ada Canary',
  line1: 'Canary Street 1',
  postalCode: '10115',
  city: 'Berlin',
  country: 'DE',
};
const SPAN_ID = 'b7ad6b7169203331';
const PATIENCE_MS = 30_000;

/** What an order's trace is without its statements, where document and plan are there already. */
const TREE = `
gateway: POST /graphql
  gateway: graphql.authorise
  gateway: graphql.execute
    gateway: fetch orders
      orders: POST /graphql
        orders: graphql.execute
          orders: resolve Mutation.placeOrder
            orders: send orders.order.changed.v1
            orders: send orders.order.placed.v1
              notifications: process orders.order.placed.v1
                notifications: deliver EMAIL
                  notifications: POST /graphql
                    users: POST /graphql
                      users: graphql.execute
                        users: resolve Query.user
                          users: batch user
                notifications: send notifications.notification.created.v1
            orders: send orders.reservation.requested.v1
              inventory: process orders.reservation.requested.v1
                inventory: send inventory.stock.reserved.v1
                  orders: process inventory.stock.reserved.v1
                    orders: send orders.order.changed.v1
                    orders: send orders.payment.requested.v1
                      payments: process orders.payment.requested.v1
                        payments: payment AUTHORIZE
                          payments: POST /v1/charges
                          payments: send payments.payment.authorized.v1
                            orders: process payments.payment.authorized.v1
                              orders: send orders.capture.requested.v1
                                payments: process orders.capture.requested.v1
                                  payments: payment CAPTURE
                                    payments: POST /v1/charges/{key}/capture
                                    payments: send payments.payment.captured.v1
                                      orders: process payments.payment.captured.v1
                                        orders: send orders.order.changed.v1
                              orders: send orders.order.changed.v1
                              orders: send orders.order.confirmed.v1
                                notifications: process orders.order.confirmed.v1
                                  notifications: deliver EMAIL
                                    notifications: POST /graphql
                                      users: POST /graphql
                                        users: graphql.execute
                                          users: resolve Query.user
                                            users: batch user
                                  notifications: send notifications.notification.created.v1
                              orders: send orders.reservation.confirmed.v1
                                inventory: process orders.reservation.confirmed.v1
`.trim();

/** No service hears them. */
const ONLY_FOR_SUBSCRIBERS = new Set(['send orders.order.changed.v1', 'send notifications.notification.created.v1']);

interface PlacedOrder {
  readonly id: string;
  readonly traceId: string;
}

describe.skipIf(isMissing)('the trace of an order', () => {
  let folder: string;
  let spans: readonly CollectedSpan[];
  let shop: Shop;
  let first: PlacedOrder;
  let second: PlacedOrder;
  /** Ids of all events, by their traces. */
  let events: ReadonlyMap<string, readonly string[]>;
  const secrets: string[] = [];

  /** Two orders of one customer, the second while the first is still on its way; then everything ends. */
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-trace-'));
    await using collector = await startTraceCollector();
    const tracing = { enabled: true, endpoint: collector.endpoint };
    await using graph = await startGraphProcesses({
      folder,
      asInProduction: true,
      // They would be a second way by which an order goes on, in traces of their own.
      reports: 0,
      replicas: { orders: 1, inventory: 1, payments: 1, notifications: 1 },
      settings: Object.fromEntries(SERVICES.map((service) => [service, { tracing }])),
      gatewaySettings: { tracing },
    });
    const ask = createGraphClient(graph.gatewayUrl);
    shop = await openShop(ask, { products: 1, stock: 100, customers: 1, cards: ['tok_visa'] });
    const [customer] = shop.customers;
    if (customer === undefined) throw new Error('the shop has no customer');
    secrets.push(customer.email, customer.password, customer.accessToken, 'tok_visa');

    async function order(traceId: string): Promise<PlacedOrder> {
      await ask(documents.addToCart, { input: { productId: shop.productIds[0], quantity: 1 } }, customer?.accessToken);
      const idempotencyKey = randomUUID();
      secrets.push(idempotencyKey);
      const paymentMethodId = customer?.methods.get('tok_visa');
      const response = await fetch(`${graph.gatewayUrl}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${customer?.accessToken}`,
          traceparent: `00-${traceId}-${SPAN_ID}-01`,
          baggage: 'user=canary',
        },
        body: JSON.stringify({
          query: documents.placeOrder.replace('mutation', 'mutation PlaceOrder'),
          variables: { input: { idempotencyKey, paymentMethodId, shippingAddress: ADDRESS } },
        }),
      });
      const { data } = (await response.json()) as { data: { placeOrder: { order: { id: string } } } };
      return { id: data.placeOrder.order.id, traceId };
    }
    first = await order('1'.repeat(32));
    second = await order('2'.repeat(32));

    const database = new pg.Client({ connectionString: graph.postgres.adminUrl });
    await database.connect();
    const count = async (from: string) =>
      Number((await database.query(`select count(*) as count from ${from}`)).rows[0].count);
    const unpublished = SERVICES.map((service) => `(select id from ${service}.outbox where published_at is null)`);
    const open = `(${unpublished.join(' union all ')}) as open`;
    await until('both to be paid', async () => (await count(`orders.orders where status = 'PAID'`)) === 2, PATIENCE_MS);
    await until('all to be heard', async () => (await count(open)) + (await graph.broker.pending()) === 0, PATIENCE_MS);
    await until(
      'all to be told',
      async () => (await count(`notifications.deliveries where state = 'PENDING'`)) === 0,
      PATIENCE_MS,
    );
    const said = SERVICES.map(
      (service) => `select id, split_part(traceparent, '-', 2) as trace from ${service}.outbox`,
    );
    const { rows } = await database.query<{ id: string; trace: string }>(said.join(' union all '));
    const byTrace = Map.groupBy(rows, ({ trace }) => trace);
    events = new Map([...byTrace].map(([trace, of]) => [trace, of.map(({ id }) => id)]));
    await database.end();
    await ask.close();
    // What they have not sent yet they send when they end.
    await graph.stop();
    spans = collector.spans;
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  const traceOf = ({ traceId }: PlacedOrder) => spans.filter((span) => span.traceId === traceId);

  const isStatement = ({ attributes }: CollectedSpan) => 'db.system.name' in attributes;
  const messageOf = ({ attributes }: CollectedSpan) => attributes['messaging.message.id'];

  /** Without statements, indented below their parents, and there in the order of their names. */
  function outline(of: readonly CollectedSpan[]): string {
    const children = Map.groupBy(of, ({ parentSpanId }) => parentSpanId);
    const below = (parent: string, indent: string): string[] =>
      (children.get(parent) ?? [])
        .filter((span) => !isStatement(span))
        .map(({ service, name, spanId }) =>
          [`${indent}${service}: ${name}`, ...below(spanId, `${indent}  `)].join('\n'),
        )
        .sort();
    return below(SPAN_ID, '').join('\n');
  }

  test('is one tree, across gateway, subgraphs, outbox, broker and consumers', () => {
    const once = ['parse', 'validate', 'plan'].map((name) => `gateway: graphql.${name}`);
    const lines = outline(traceOf(first)).split('\n');
    expect(lines.filter((line) => once.includes(line.trim())).map((line) => line.trim())).toEqual([
      'gateway: graphql.plan',
      'gateway: graphql.parse',
      'gateway: graphql.validate',
    ]);
    expect(lines.filter((line) => !once.includes(line.trim())).join('\n')).toBe(TREE);
    expect(outline(traceOf(second))).toBe(TREE);
  });

  test('has every span that it names as a parent', () => {
    for (const of of [traceOf(first), traceOf(second)]) {
      const ids = new Set([SPAN_ID, ...of.map(({ spanId }) => spanId)]);
      expect(of.filter(({ parentSpanId }) => !ids.has(parentSpanId ?? ''))).toEqual([]);
      expect(of.filter(({ hasFailed }) => hasFailed)).toEqual([]);
    }
  });

  test('has the statements of each service below what made them', () => {
    const of = traceOf(first);
    const byId = new Map(of.map((span) => [span.spanId, span]));
    const statements = of.filter(isStatement);
    const made = statements.map((span) => {
      const parent = byId.get(span.parentSpanId ?? '');
      expect(parent?.service).toBe(span.service);
      return `${parent?.name}: ${span.name}`;
    });
    expect(made).toEqual(
      expect.arrayContaining([
        'resolve Mutation.placeOrder: INSERT orders.orders',
        'resolve Mutation.placeOrder: INSERT orders.outbox',
        'process orders.reservation.requested.v1: INSERT inventory.outbox',
        'process orders.payment.requested.v1: INSERT payments.payments',
        'payment CAPTURE: INSERT payments.ledger_entries',
        'process orders.order.confirmed.v1: INSERT notifications.notifications',
        'batch user: SELECT users.users',
      ]),
    );
    expect(new Set(statements.map(({ service }) => service))).toEqual(new Set(SERVICES));
  });

  test('links each consumer to the producer that reached it', () => {
    const of = traceOf(first);
    const sent = new Map(of.filter(({ kind }) => kind === 'PRODUCER').map((span) => [span.spanId, span]));
    const consumers = of.filter(({ kind }) => kind === 'CONSUMER');
    const heard = [...sent.values()].filter(({ name }) => !ONLY_FOR_SUBSCRIBERS.has(name));
    expect(consumers).toHaveLength(heard.length);
    for (const { links, parentSpanId, attributes } of consumers) {
      const producer = sent.get(parentSpanId ?? '');
      expect(links).toEqual([{ traceId: first.traceId, spanId: producer?.spanId }]);
      expect(attributes).toMatchObject({
        'messaging.system': 'nats',
        'messaging.message.id': producer && messageOf(producer),
        'messaging.delivery.attempt': 1,
        'messaging.delivery.outcome': 'handled',
      });
    }
  });

  test('has nothing of the order that came after it, nor that of it', () => {
    for (const order of [first, second]) {
      const messages = new Set(traceOf(order).map(messageOf));
      messages.delete(undefined);
      expect(messages).toEqual(new Set(events.get(order.traceId)));
    }
  });

  test('and every other has the names and attributes of the contract, and none else', () => {
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set([...SERVICES, 'gateway']));
    expect(contractBreaches(spans)).toEqual([]);
  });

  test('and every other holds nothing of what was sent, and no baggage', () => {
    const text = JSON.stringify(spans);
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/canary|Berlin|tributary-demo/i);
  });
});
