import { readMetrics, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Shop, startShop } from '../../local/src/testing/shop.ts';
import { CLIENT_NAMES, subscribingClient } from './testing/subscribing-clients.ts';

const ORDER = `subscription Live($id: ID!) { orderUpdated(id: $id) {
  id status timeline { status } lines { product { name } } payments { status }
} }`;

let shop: Shop;
beforeAll(async () => {
  shop = await startShop(14_272);
});
afterAll(() => shop[Symbol.asyncDispose]());

it('an order moves live in every client that others have written, as one of them pays', {
  timeout: 60_000,
}, async () => {
  const { url, adminUrl } = shop.graph.gateway;
  const customer = await shop.newCustomer('tok_challenge');
  const bought = await shop.buy(customer, await shop.newProduct(5), 2);
  const payment = await shop.paymentThatIs('CHALLENGED', bought);
  const active = async () => {
    const metrics = readMetrics(await (await fetch(`${adminUrl}/metrics`)).text(), 'text');
    const samples = metrics.get('graphql_subscriptions_active')?.samples ?? [];
    return Object.fromEntries(samples.map(({ labels, value }) => [labels.transport, value]));
  };

  await using clients = new AsyncDisposableStack();
  const operation = { query: ORDER, variables: { id: bought.order }, headers: customer.headers };
  const followed = CLIENT_NAMES.map((name) => {
    // biome-ignore lint/suspicious/noExplicitAny: what was selected of an order
    const seen = { orders: [] as any[], eventIds: [] as string[], errors: [] as unknown[] };
    const leave = clients.use(subscribingClient(name, url, operation)).subscribe({
      next({ data, extensions }) {
        seen.orders.push(data.orderUpdated);
        seen.eventIds.push(extensions.eventId);
      },
      error: (error) => seen.errors.push(error),
      complete: () => seen.errors.push('it is complete'),
    });
    return { name, ...seen, leave };
  });
  await until('all to have subscribed', async () => {
    const { websocket, sse, multipart } = await active();
    return websocket === 3 && sse === 2 && multipart === 1;
  });

  expect((await shop.answerBank(customer, payment, '123456')).errors).toEqual([]);
  // The same events each, the last of which is the same to all.
  await until('all to see it paid', () => {
    const [first = '', ...others] = followed.map(({ eventIds }) => eventIds.join());
    const isPaid = followed.every(({ orders }) => orders.at(-1)?.status === 'PAID');
    return isPaid && others.every((ids) => ids === first);
  });
  for (const { name, orders, eventIds, errors, leave } of followed) {
    expect(errors, name).toEqual([]);
    expect(new Set(eventIds).size, name).toBe(eventIds.length);
    expect(eventIds.length, name).toBeGreaterThanOrEqual(2);
    const last = orders.at(-1);
    expect(last, name).toMatchObject({ id: bought.order, lines: [{ product: { name: 'Telescope' } }] });
    const statuses = last.timeline.map(({ status }: { status: string }) => status);
    expect(statuses.slice(-2), name).toEqual(['CONFIRMED', 'PAID']);
    leave();
  }
  await until('all to have left', async () => Object.values(await active()).every((count) => count === 0));
});
