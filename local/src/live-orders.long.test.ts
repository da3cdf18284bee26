import { subscribe, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Shop, startShop } from './testing/shop.ts';

const ORDER = `subscription ($id: ID!) { orderUpdated(id: $id) {
  id status timeline { status } lines { product { name } } payments { status }
} }`;
const NOTIFICATION = 'subscription { notificationReceived { kind title order { id } } }';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop(14_260);
});
afterAll(() => shop[Symbol.asyncDispose]());

// biome-ignore lint/suspicious/noExplicitAny: results of two operations
const timelineOf = ({ data }: { data: any }): string[] =>
  data.data.orderUpdated.timeline.map(({ status }: { status: string }) => status);

it('shows on one connection what happens to an order by another, and misses nothing while it is cut off', {
  timeout: 60_000,
}, async () => {
  const [customer, stranger, product] = await Promise.all([
    shop.newCustomer('tok_challenge'),
    shop.newCustomer('tok_visa'),
    shop.newProduct(5),
  ]);
  const { url } = shop.graph.gateway;
  const told = await subscribe(url, NOTIFICATION, {}, customer.headers);
  const bought = await shop.buy(customer, product, 2);
  const payment = await shop.paymentThatIs('CHALLENGED', bought);
  const variables = { id: bought.order };
  const live = await subscribe(url, ORDER, variables, customer.headers);
  expect(live.status).toBe(200);
  const refused = await Promise.all([stranger.headers, {}].map((headers) => subscribe(url, ORDER, variables, headers)));

  expect((await shop.answerBank(customer, payment, '123456')).errors).toEqual([]);
  const confirmed = await live.has('the confirmed order', ({ data }) => data.data.orderUpdated.status !== 'RESERVED');
  live.leave();
  // Whatever happens now is heard by nobody.
  const query = 'query ($id: ID!) { order(id: $id) { status } }';
  await until('the paid order', async () => {
    const { data } = await shop.ask(query, variables, customer.headers);
    return data.order.status === 'PAID';
  });
  expect((await shop.sendBack(bought, 1)).errors).toEqual([]);
  const again = await subscribe(url, ORDER, variables, { ...customer.headers, 'last-event-id': confirmed.id ?? '' });
  // The refund may have been made before the event was read: the timeline has all of it.
  const last = await again.has('the returned order', (event) => timelineOf(event).includes('RETURN_REQUESTED'));
  const { orderUpdated } = last.data.data;
  expect(timelineOf(last).slice(0, 6)).toEqual('PLACED RESERVED RESERVED CONFIRMED PAID RETURN_REQUESTED'.split(' '));
  expect(orderUpdated).toMatchObject({ lines: [{ product: { name: 'Telescope' } }] });
  again.leave();

  const kind = (wanted: string) => told.has(wanted, ({ data }) => data.data.notificationReceived.kind === wanted);
  for (const wanted of ['ORDER_PLACED', 'PAYMENT_CHALLENGED', 'ORDER_CONFIRMED', 'RETURN_REQUESTED']) {
    expect((await kind(wanted)).data.data.notificationReceived).toMatchObject({
      title: expect.any(String),
      order: { id: bought.order },
    });
  }
  told.leave();
  for (const { events, leave } of refused) {
    expect(events.filter(({ data }) => data?.data?.orderUpdated != null)).toEqual([]);
    leave();
  }
});
