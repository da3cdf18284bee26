import { newId } from '@tributary/service-kit';
import createClient, { type Client } from 'openapi-fetch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { paths } from '../../../schema/openapi/v1.generated.ts';
import { type Shop, startShop } from '../testing/shop.ts';
import { PRICE, SHIPPING } from '../testing/shop-actions.ts';

const PORT = 14_264;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const shippingAddress = { recipient: 'Mary', line1: 'Street 1', postalCode: '10117', city: 'Berlin', country: 'DE' };

let shop: Shop;
let client: Client<paths>;
beforeAll(async () => {
  shop = await startShop(PORT);
  client = createClient<paths>({ baseUrl: `${shop.graph.gateway.url}/v1` });
}, 60_000);
afterAll(() => shop[Symbol.asyncDispose]());

test('the list of users, for who may see it', async () => {
  const { data, response } = await client.GET('/users', { headers: shop.admin });
  expect(response.status).toBe(200);
  const total = data?.pagination.total ?? 0;
  expect(data?.pagination).toEqual({ page: 1, limit: 10, total, pages: Math.ceil(total / 10) });
  expect(data?.users).toHaveLength(Math.min(total, 10));
  for (const user of data?.users ?? []) {
    expect(Object.keys(user)).toEqual(['id', 'email', 'name', 'createdAt']);
    expect(user.id).toMatch(UUID);
    expect(user.email).toContain('@');
    expect(new Date(user.createdAt).toISOString()).toBe(user.createdAt);
  }
  const second = await client.GET('/users', { params: { query: { page: 2, limit: 1 } }, headers: shop.admin });
  expect(second.data?.users[0]).toEqual(data?.users[1]);
  expect(second.response.headers.get('link')).toContain('</v1/users?page=1&limit=1>; rel="prev"');
});

test('nobody else sees it, and too much is refused', async () => {
  const nobody = await client.GET('/users');
  expect([nobody.response.status, nobody.error?.status]).toEqual([401, 401]);
  const { headers } = await shop.newCustomer('tok_visa');
  expect((await client.GET('/users', { headers })).error).toMatchObject({ status: 403 });
  const tooMany = await client.GET('/users', { params: { query: { limit: 101 } }, headers: shop.admin });
  expect(tooMany.error).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
});

test('an order: placed twice with one key, seen by its customer alone, cancelled, and then not again', async () => {
  const product = await shop.newProduct(5);
  const customer = await shop.newCustomer('tok_challenge');
  await shop.fillCart(customer, product, 2);
  const place = (key: string) =>
    client.POST('/orders', {
      params: { header: { 'idempotency-key': key } },
      body: { shippingAddress, paymentMethodId: customer.card },
      headers: customer.headers,
    });
  const key = newId();
  const placed = await place(key);
  expect(placed.response.status, JSON.stringify(placed.error)).toBe(201);
  expect(placed.data?.total).toEqual({ amountMinor: 2 * PRICE + SHIPPING, currency: 'EUR' });
  expect((await place(key)).data?.id).toBe(placed.data?.id);
  expect((await place(newId())).error).toMatchObject({ status: 409 });

  const id = placed.data?.id ?? '';
  expect(placed.response.headers.get('location')).toBe(`/v1/orders/${id}`);
  const seen = await client.GET('/orders/{id}', { params: { path: { id } }, headers: customer.headers });
  expect(seen.data?.lines[0]).toMatchObject({ name: 'Telescope', quantity: 2 });
  expect((await client.GET('/orders/{id}', { params: { path: { id } }, headers: shop.admin })).data?.id).toBe(id);
  const stranger = await shop.newCustomer('tok_visa');
  const unseen = await client.GET('/orders/{id}', { params: { path: { id } }, headers: stranger.headers });
  expect(unseen.error).toMatchObject({ status: 404, code: 'NOT_FOUND' });

  const cancel = () =>
    client.POST('/orders/{id}/cancel', {
      params: { path: { id } },
      body: { reason: 'Changed my mind.' },
      headers: customer.headers,
    });
  expect((await cancel()).data).toMatchObject({ id, status: 'CANCELLED' });
  expect((await cancel()).error).toMatchObject({ status: 409 });
});

test('products, page by page', async () => {
  const first = await client.GET('/products', { params: { query: { first: 2, sort: 'NAME' } } });
  const after = first.data?.pageInfo.endCursor ?? '';
  expect(first.response.headers.get('link')).toContain('rel="next"');
  const second = await client.GET('/products', { params: { query: { first: 2, sort: 'NAME', after } } });
  const names = [first, second].flatMap(({ data }) => data?.nodes.map(({ name }) => name) ?? []);
  expect(names).toHaveLength(4);
  expect(names.toSorted()).toEqual(names);
  const id = first.data?.nodes[0]?.id ?? '';
  expect((await client.GET('/products/{id}', { params: { path: { id } } })).data?.name).toBe(names[0]);
  expect((await client.GET('/products/{id}', { params: { path: { id: newId() } } })).error?.status).toBe(404);
});
