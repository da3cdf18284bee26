import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type GraphProcesses, startGraphProcesses } from './graph/graph-processes.ts';
import type { ManagedProcess } from './graph/managed-process.ts';
import { type Following, followOrder, newFollowing } from './live/follow-order.ts';
import { serverSentEvents } from './live/server-sent-events.ts';
import { type StreamWitness, watchStream } from './live/stream-witness.ts';
import { webSocket } from './live/web-socket.ts';
import { documents } from './load/documents.ts';
import { isChallenged } from './load/follow-up.ts';
import { type Ask, createGraphClient } from './load/graph-client.ts';
import { openShop, type Shop } from './load/shop.ts';
import { createRandom } from './random.ts';

const isMissing = inject('postgresAdminUrl') === undefined || inject('natsServer') === undefined;
const CARD = 'tok_challenge';
const ADDRESS = { recipient: 'Ada', line1: 'Street 1', postalCode: '10115', city: 'Berlin', country: 'DE' };
const PATIENCE_MS = 30_000;
/** Placed, reserved, challenged. */
const BEFORE = 3;

describe.skipIf(isMissing)('an order moves while the gateway is away', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-live-order-'));
  const stopping = new AbortController();
  let graph: GraphProcesses;
  let ask: Ask;
  let shop: Shop;
  let witness: StreamWitness;

  beforeAll(async () => {
    graph = await startGraphProcesses({
      folder,
      asInProduction: true,
      replicas: { orders: 1, inventory: 1, payments: 1, notifications: 1 },
    });
    ask = createGraphClient(graph.gatewayUrl);
    shop = await openShop(ask, { products: 1, stock: 10, customers: 1, cards: [CARD] });
    witness = await watchStream(graph.broker.port);
  }, 120_000);
  afterAll(async () => {
    stopping.abort();
    await witness?.[Symbol.asyncDispose]();
    await graph?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const processOf = (service: string): ManagedProcess => {
    const found = graph.processes.find(({ name }) => name === service);
    if (found === undefined) throw new Error(`expected a process of ${service}`);
    return found;
  };
  const changesOf = (orderId: string) => witness.list().filter((change) => change.orderId === orderId);

  async function placeChallenged(): Promise<{ id: string; paymentId: string }> {
    const [customer] = shop.customers;
    const token = customer?.accessToken;
    await ask(documents.addToCart, { input: { productId: shop.productIds[0], quantity: 1 } }, token);
    const paymentMethodId = customer?.methods.get(CARD);
    const input = { idempotencyKey: randomUUID(), paymentMethodId, shippingAddress: ADDRESS };
    const { id } = (await ask(documents.placeOrder, { input }, token)).placeOrder.order;
    const challenged = await until(
      'the challenge',
      async () => (await ask(documents.orderState, { id }, token)).order.payments.find(isChallenged),
      PATIENCE_MS,
    );
    await until('the challenge to be said', () => changesOf(id).length === BEFORE, PATIENCE_MS);
    return { id, paymentId: challenged.id };
  }

  it.each(['SIGTERM', 'SIGKILL'] as const)('and nobody misses a step of it: %s', { timeout: 120_000 }, async (how) => {
    const [account] = shop.customers;
    if (account === undefined) throw new Error('expected a customer');
    const { id, paymentId } = await placeChallenged();
    const follow = (following: Following, open: typeof webSocket) =>
      followOrder({
        ...{ gatewayUrl: graph.gatewayUrl, account, following, open, random: createRandom(1) },
        signal: stopping.signal,
      });
    const [bySse, byWebSocket] = [newFollowing(id, 'server-sent events'), newFollowing(id, 'WebSocket')];
    const following = [follow(bySse, serverSentEvents), follow(byWebSocket, webSocket)];
    await until('the subscriptions', () => bySse.began !== undefined && byWebSocket.began !== undefined);

    // Nothing moves until nobody is there to tell of it.
    await processOf('orders').stop();
    const input = { paymentId, code: '123456' };
    await ask(documents.completePaymentChallenge, { input }, account.accessToken);
    await processOf('gateway').stop(how);
    await processOf('orders').start();
    await until('the order to be paid', () => changesOf(id).length >= BEFORE + 2, PATIENCE_MS);
    await processOf('gateway').start();

    await Promise.all(following);
    const steps = changesOf(id).map(({ at }) => at);
    for (const { heard, returns, hasEnded } of [bySse, byWebSocket]) {
      expect(heard.map(({ at }) => at)).toEqual(steps.slice(BEFORE));
      expect(heard.at(-1)?.steps).toBe(steps.length);
      expect(returns).toBeGreaterThan(0);
      expect(hasEnded).toBe(true);
    }
  });
});
