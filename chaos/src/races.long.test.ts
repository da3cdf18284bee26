import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@tributary/service-kit/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { graphClient, signIn } from '../../local/src/testing/graph-client.ts';
import { placementIn, type RaceTrack, raceForStock, submitAtOnce } from '../../local/src/testing/races.ts';
import { type GraphProcesses, startGraphProcesses } from './graph/graph-processes.ts';

const isMissing = inject('postgresAdminUrl') === undefined || inject('natsServer') === undefined;

describe.skipIf(isMissing)('on PostgreSQL and NATS, with two processes of orders', () => {
  let folder: string;
  let graph: GraphProcesses;
  let track: RaceTrack;
  let database: pg.Client;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-races-'));
    graph = await startGraphProcesses({
      folder,
      asInProduction: true,
      replicas: { inventory: 1, payments: 1, notifications: 1 },
      // Two hundred orders at once on two cores: the last one's turn comes after seconds.
      settings: { orders: { placement: { waitForStock: '20s' } } },
      gatewaySettings: { deadline: '30s', subgraphRequest: { timeout: '25s' } },
    });
    const admin = await signIn(graphClient(graph.gatewayUrl), 'admin@example.com', 'tributary-demo-3');
    track = { url: graph.gatewayUrl, admin };
    database = new pg.Client({ connectionString: graph.postgres.adminUrl });
    await database.connect();
  });
  afterAll(async () => {
    await database?.end();
    await graph?.stop();
    rmSync(folder, { recursive: true });
  });

  const rows = async (sql: string, ...values: unknown[]) => (await database.query(sql, values)).rows;
  const atRest = () =>
    until(
      'the end',
      async () =>
        (await rows(`select from orders.orders where status in ('PLACED', 'RESERVED', 'CONFIRMED')`)).length === 0,
      30_000,
    );

  test('100 parallel placeOrder with one key are one order, one charge and 100 identical answers', async () => {
    const { texts, again, customer } = await submitAtOnce(track, 100);
    const [text = ''] = texts;
    expect([...new Set(texts)]).toEqual([text]);
    const id = placementIn(text).order?.id;
    await atRest();
    expect(await rows('select id, status from orders.orders where customer_id = $1', customer.id)).toEqual([
      { id, status: 'PAID' },
    ]);
    expect(await rows('select status from payments.payments where order_id = $1', id)).toEqual([
      { status: 'CAPTURED' },
    ]);
    // And for ever: the order is paid by now, the answer is as it was.
    expect(await again()).toBe(text);
  });

  test('200 customers who race for 50 units, all at once: 50 get one, 150 are told that they do not', async () => {
    const { product, answers } = await raceForStock(track, { customers: 200, units: 50, atOnce: 200 });
    const told = answers.flatMap(({ answer }) => answer.errors);
    for (const error of told) {
      expect(error).toMatchObject({ __typename: 'OutOfStockError', products: [{ productId: product, available: 0 }] });
    }
    expect(told).toHaveLength(150);
    expect(answers.filter(({ answer }) => answer.order !== null)).toHaveLength(50);
    await atRest();
    const ends = `select status, count(*)::int as count from orders.orders join orders.order_lines on order_id = id
      where product_id = $1 group by status order by status`;
    expect(await rows(ends, product)).toEqual([
      { status: 'CANCELLED', count: 150 },
      { status: 'PAID', count: 50 },
    ]);
    expect(
      await rows('select on_hand, reserved, sold, available from inventory.stock where product_id = $1', product),
    ).toEqual([{ on_hand: 50, reserved: 0, sold: 50, available: 0 }]);
    const charged = `select count(*)::int as count from payments.payments
      join orders.order_lines using (order_id) where product_id = $1`;
    expect(await rows(charged, product)).toEqual([{ count: 50 }]);
  }, 120_000);
});
