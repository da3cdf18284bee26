import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { becomes } from './testing/becomes.ts';
import { placementIn, type RaceTrack, raceForStock, submitAtOnce } from './testing/races.ts';
import { type Shop, startShop } from './testing/shop.ts';
import { PRICE, SHIPPING } from './testing/shop-actions.ts';
import { booksAtRest, COLLECTED, ledgerOf } from './testing/shop-books.ts';

const PORT = 14_240;
/** The embedded database does one thing at a time: with more on their way, one waits for stock for longer than it may. */
const AT_ONCE = 10;

let shop: Shop;
let track: RaceTrack;
beforeAll(async () => {
  shop = await startShop(PORT);
  track = { url: shop.graph.gateway.url, admin: shop.admin };
});
afterAll(() => shop[Symbol.asyncDispose]());

it('100 parallel placeOrder with one key are one order, one charge and 100 identical answers', async () => {
  const { customer, product, texts, again } = await submitAtOnce(track, 100);
  const [text = ''] = texts;
  const { order, errors } = placementIn(text);
  expect(errors).toEqual([]);
  expect(new Set(texts).size).toBe(1);
  const purchase = { customer, product, order: order?.id ?? '' };
  await becomes('PAID', async () => (await shop.picture(purchase)).order);
  const { data } = await shop.ask('{ orders(first: 100) { nodes { id } } }', {}, customer.headers);
  expect(data.orders.nodes).toEqual([{ id: order?.id }]);
  expect(await shop.picture(purchase)).toMatchObject({
    payments: [`CAPTURED ${2 * PRICE + SHIPPING}`],
    stock: [5, 0, 2, 3],
  });
  expect(await ledgerOf(shop, await shop.paymentThatIs('CAPTURED', purchase))).toEqual([
    `CAPTURE ${2 * PRICE + SHIPPING}`,
  ]);
  // And for ever: the order is paid by now, the answer is as it was.
  expect(await again()).toBe(text);
});

it('40 customers who race for 10 units: 10 get one, 30 are told that they do not', async () => {
  const { product, answers } = await raceForStock(track, { customers: 40, units: 10, atOnce: AT_ONCE });
  const told = answers.filter(({ answer }) => answer.order === null);
  for (const { answer } of told) {
    expect(answer.errors).toMatchObject([
      {
        __typename: 'OutOfStockError',
        order: { status: 'CANCELLED' },
        products: [{ productId: product, requested: 1, available: 0 }],
      },
    ]);
  }
  expect(told).toHaveLength(30);
  const won = answers.filter(({ answer }) => answer.errors.length === 0);
  expect(won).toHaveLength(10);
  const books = await until('the end of the race', () => booksAtRest(shop), 60_000);
  const ids = new Map(books.orders.map((order) => [order.id, order]));
  for (const { answer } of won) {
    const order = ids.get(answer.order?.id ?? '');
    expect(order).toMatchObject({ status: 'PAID', payments: [{ status: 'CAPTURED' }] });
  }
  for (const { answer } of told) {
    expect(ids.get(answer.errors[0]?.order?.id ?? '')).toMatchObject({ status: 'CANCELLED', payments: [] });
  }
  const collected = books.orders.flatMap(({ payments }) => payments).filter(({ status }) => COLLECTED.includes(status));
  // One more is from the race before.
  expect(collected).toHaveLength(11);
  expect(books.products.find(({ id }) => id === product)?.stock).toEqual({
    ...{ onHand: 10, reserved: 0, sold: 10, available: 0 },
  });
});
