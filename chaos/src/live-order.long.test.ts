import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StreamedEvent, subscribe, until } from '@tributary/service-kit/testing';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { startGraphProcesses } from './graph/graph-processes.ts';
import { documents } from './load/documents.ts';
import { isChallenged } from './load/follow-up.ts';
import { createGraphClient } from './load/graph-client.ts';
import { openShop } from './load/shop.ts';

const isMissing = inject('postgresAdminUrl') === undefined || inject('natsServer') === undefined;
const CARD = 'tok_challenge';
const ADDRESS = { recipient: 'Ada', line1: 'Street 1', postalCode: '10115', city: 'Berlin', country: 'DE' };
const ORDER = 'subscription ($id: ID!) { orderUpdated(id: $id) { status timeline { status } payments { status } } }';
const PATIENCE_MS = 30_000;

const statusOf = ({ data }: StreamedEvent): string => data.data.orderUpdated.status;

test.skipIf(isMissing)(
  'an order moves live on another connection, and nothing is missed while the gateway restarts',
  {
    timeout: 180_000,
  },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tributary-live-order-'));
    await using graph = await startGraphProcesses({
      folder,
      asInProduction: true,
      replicas: { orders: 1, inventory: 1, payments: 1, notifications: 1 },
    });
    const gateway = graph.processes.find(({ name }) => name === 'gateway');
    const ask = createGraphClient(graph.gatewayUrl);
    const shop = await openShop(ask, { products: 1, stock: 10, customers: 1, cards: [CARD] });
    const [customer] = shop.customers;
    if (customer === undefined || gateway === undefined) throw new Error('expected a customer and a gateway');
    const token = customer.accessToken;
    const headers = { authorization: `Bearer ${token}` };
    await ask(documents.addToCart, { input: { productId: shop.productIds[0], quantity: 1 } }, token);
    const paymentMethodId = customer.methods.get(CARD);
    const input = { idempotencyKey: randomUUID(), paymentMethodId, shippingAddress: ADDRESS };
    const { id } = (await ask(documents.placeOrder, { input }, token)).placeOrder.order;
    const challenged = await until(
      'the challenge',
      async () => (await ask(documents.orderState, { id }, token)).order.payments.find(isChallenged),
      PATIENCE_MS,
    );

    const database = new pg.Client({ connectionString: graph.postgres.adminUrl });
    await database.connect();
    const changes = async (condition: string) => {
      const { rows } = await database.query(
        `select count(*)::int as count from orders.outbox where type = 'orders.order.changed.v1' and subject = $1 and ${condition}`,
        [id],
      );
      return rows[0].count as number;
    };

    // Placed, reserved, challenged.
    const before = 3;
    await until(
      'the challenge to be said',
      async () => (await changes('published_at is not null')) === before,
      PATIENCE_MS,
    );

    const live = await subscribe(graph.gatewayUrl, ORDER, { id }, headers);
    expect(live.status).toBe(200);
    await ask(documents.completePaymentChallenge, { input: { paymentId: challenged.id, code: '123456' } }, token);
    const confirmed = await live.has('a status after the challenge', (event) => statusOf(event) !== 'RESERVED');
    await gateway.stop();

    const isPaid = async () => (await database.query(`select from orders.orders where status = 'PAID'`)).rowCount === 1;
    await until('the order to be paid', isPaid, PATIENCE_MS);
    await until('all to be published', async () => (await changes('published_at is null')) === 0, PATIENCE_MS);
    await gateway.start();

    const again = await subscribe(graph.gatewayUrl, ORDER, { id }, { ...headers, 'last-event-id': confirmed.id ?? '' });
    const heardBefore = live.events.indexOf(confirmed) + 1;
    const expected = (await changes('true')) - before;
    await until('the rest', () => heardBefore + again.events.length >= expected, PATIENCE_MS);
    expect(again.events.map(statusOf).at(-1)).toBe('PAID');
    expect(heardBefore + again.events.length).toBe(expected);
    const { timeline } = again.events.at(-1)?.data.data.orderUpdated ?? {};
    expect(timeline.map(({ status }: { status: string }) => status).slice(-2)).toEqual(['CONFIRMED', 'PAID']);
    again.leave();
    await database.end();
    rmSync(folder, { recursive: true, force: true });
  },
);
