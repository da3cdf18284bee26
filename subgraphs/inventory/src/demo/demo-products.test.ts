import { eachEngine } from '@tributary/service-kit/testing';
import { expect, it } from 'vitest';
import { openTestWarehouse } from '../testing/test-warehouse.ts';
import { demoProducts } from './add-demo-products.ts';

const LIST = `{ products(first: 100, sort: NAME) { totalCount nodes { id inStock images { url alt width height } price { currency } } }
  categories { name } }`;

eachEngine('demo products', (open) => {
  it('are there from the first start on, and stay as administrators leave them', async () => {
    await using database = await open();
    const first = await openTestWarehouse(database, { demoData: true });
    const { data } = await first.query(LIST);
    expect(data.products.totalCount).toBe(demoProducts.length - 1);
    expect(data.products.nodes.filter(({ inStock }: { inStock: boolean }) => !inStock)).toHaveLength(1);
    expect(data.products.nodes[0]).toMatchObject({
      images: [{ url: expect.stringMatching(/^\/media\/[a-z0-9-]+\.svg$/), width: 800, height: 800 }],
      price: { currency: 'EUR' },
    });
    expect(data.categories.length).toBeGreaterThanOrEqual(6);
    const announced = (await first.published()).map(({ subject }) => subject);
    expect(announced.toSorted()).toEqual(demoProducts.map(({ id }) => id));

    const id = demoProducts[0]?.id ?? '';
    const input = { id, expectedVersion: 1, name: 'Renamed', active: false };
    expect((await first.mutate('updateProduct', input)).errors).toEqual([]);
    await first.mutate('adjustStock', { productId: id, delta: -1, reason: 'LOST' });
    const stock = await first.stockOf(id);
    await first.stop();

    const second = await openTestWarehouse(database, { demoData: true });
    expect(await second.stockOf(id)).toEqual(stock);
    const again = await second.mutate('updateProduct', { id, expectedVersion: 2 });
    expect(again.product).toMatchObject({ name: 'Renamed', active: false });
    expect((await second.published()).map(({ subject }) => subject)).toEqual([id]);
    await second.stop();
  });
});

it('are told apart by id, sku and name', () => {
  expect(demoProducts.length).toBeGreaterThanOrEqual(48);
  for (const field of ['id', 'sku', 'name'] as const) {
    expect(new Set(demoProducts.map((product) => product[field])).size).toBe(demoProducts.length);
  }
});
