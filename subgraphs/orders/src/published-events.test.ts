import { readdirSync, readFileSync } from 'node:fs';
import { newId } from '@tributary/service-kit';
import { eachEngine, jsonSchemaCheck } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CANCEL, openTestShop, RETURN, type TestShop } from './testing/test-shop.ts';

const folder = new URL('../events/', import.meta.url);
const checks = new Map(
  readdirSync(folder).map((file) => [
    file.replace(/\.json$/, ''),
    jsonSchemaCheck(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))),
  ]),
);

eachEngine('the events of orders', (open) => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await openTestShop(await open());
  });
  afterAll(() => shop.stop());

  it('are not what the service itself tells of to those who subscribe', async () => {
    const customer = shop.newCustomer();
    const id = await shop.order(customer);
    const answer = await shop.query('subscription ($id: ID!) { orderUpdated(id: $id) { id } }', { id }, customer);
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(answer).not.toHaveProperty('data');
  });

  it('are as they are published, and every published type is said', async () => {
    const customer = shop.newCustomer();
    const product = await shop.product();
    const returned = await shop.paidOrder(customer, [[product, 2]]);
    const lines = [{ productId: product.productId, quantity: 1 }];
    const input = { idempotencyKey: newId(), orderId: returned, lines, reason: 'Too small' };
    await shop.query(RETURN, { input }, customer);
    const cancelled = await shop.order(customer);
    await shop.hear('inventory.stock.reserved', cancelled);
    await shop.query(CANCEL, { input: { orderId: cancelled } }, customer);

    const events = await shop.published();
    expect([...new Set(events.map(({ type }) => type))].sort()).toEqual([...checks.keys()].sort());
    for (const event of events) {
      expect(await checks.get(event.type)?.(event), JSON.stringify(event)).toBeUndefined();
      expect(event.data).toHaveProperty('orderId', event.subject);
    }
  });
});
