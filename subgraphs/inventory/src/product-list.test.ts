import type { Identity } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, customer, openTestWarehouse, type TestWarehouse } from './testing/test-warehouse.ts';

const LIST = `query ($first: Int, $after: String, $search: String, $filter: ProductFilter, $sort: ProductSort) {
  products(first: $first, after: $after, search: $search, filter: $filter, sort: $sort) {
    nodes { name } edges { cursor node { name } } pageInfo { hasNextPage endCursor } } }`;
const cursor = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url');

const price = (amountMinor: number, currency = 'EUR') => ({ amountMinor, currency });
/** Name, stock, and what else is special; the last one is off sale. */
const PRODUCTS: readonly [string, number, Record<string, unknown>][] = [
  ['Wireless headphones', 3, { category: 'Audio', price: price(9000), sku: 'HP-100' }],
  ['Travel case', 0, { category: 'Audio', price: price(2000), description: 'For headphones of every size.' }],
  ['Running shoes', 9, { category: 'Sport', price: price(9000), description: 'For happiness on long ways.' }],
  ['apron', 1, { category: 'Kitchen', price: price(2500) }],
  ['Äpfelschäler', 5, { category: 'Kitchen', price: price(900, 'GBP') }],
  ['Zest grater', 5, { category: 'Kitchen', price: price(900), description: 'The best of the rest.' }],
  ['Secret grater', 5, { category: 'Kitchen', active: false }],
];
const ON_SALE = PRODUCTS.slice(0, -1).map(([name]) => name);

eachEngine('the list of products', (open) => {
  let warehouse: TestWarehouse;
  beforeAll(async () => {
    warehouse = await openTestWarehouse(await open());
    for (const [name, stock, change] of PRODUCTS) await warehouse.product(stock, { ...change, name });
  });
  afterAll(() => warehouse.stop());

  const list = async (variables: Record<string, unknown>, identity?: Identity) => {
    const { data, errors } = await warehouse.query(LIST, { filter: {}, ...variables }, identity);
    return errors?.[0]?.extensions.code ?? data.products;
  };
  const names = async (variables: Record<string, unknown>, identity?: Identity) =>
    (await list(variables, identity)).nodes.map(({ name }: { name: string }) => name);

  it('holds what is on sale, newest first, with a count when it is asked for', async () => {
    expect(await names({})).toEqual(ON_SALE.toReversed());
    const stop = warehouse.countStatements();
    const { data } = await warehouse.query('{ products(first: 2, search: "headphones") { totalCount nodes { sku } } }');
    expect(data.products).toEqual({ totalCount: 2, nodes: [{ sku: 'HP-100' }, expect.anything()] });
    expect(stop()).toHaveLength(2);
  });

  it.each([
    ['NEWEST', 'NEWEST'],
    ['NAME', 'NAME'],
    ['CHEAPEST', 'PRICE_ASC'],
    ['DEAREST', 'PRICE_DESC'],
  ])('by %s, as version 2 says for %s', async (orderBy, sort) => {
    const document = 'query ($orderBy: ProductOrder) { products(orderBy: $orderBy) { nodes { name } } }';
    const { data } = await warehouse.query(document, { orderBy });
    expect(data.products.nodes.map(({ name }: { name: string }) => name)).toEqual(await names({ sort }));
    const ofNothing = await warehouse.query('{ products(orderBy: RELEVANCE) { nodes { name } } }');
    expect(ofNothing.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  describe.each([
    ['NEWEST', ON_SALE.toReversed()],
    ['NAME', ['apron', 'Running shoes', 'Travel case', 'Wireless headphones', 'Zest grater', 'Äpfelschäler']],
    ['PRICE_ASC', ['Zest grater', 'Travel case', 'apron', 'Wireless headphones', 'Running shoes', 'Äpfelschäler']],
    ['PRICE_DESC', ['Äpfelschäler', 'Running shoes', 'Wireless headphones', 'apron', 'Travel case', 'Zest grater']],
  ])('by %s', (sort, expected) => {
    it('goes on from page to page and leaves nothing out', async () => {
      expect(await names({ sort })).toEqual(expected);
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const page: { nodes: { name: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } = await list({
          ...{ sort, after, first: 2 },
        });
        seen.push(...page.nodes.map(({ name }) => name));
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (after !== null);
      expect(seen).toEqual(expected);
    });
  });

  it('pages through a search by relevance', async () => {
    const first = await list({ search: 'head', first: 1 });
    expect(first.nodes).toEqual([{ name: 'Wireless headphones' }]);
    expect(await names({ search: 'head', after: first.pageInfo.endCursor })).toEqual(['Travel case']);
    expect(first.edges).toEqual([{ cursor: first.pageInfo.endCursor, node: first.nodes[0] }]);
  });

  it.each([
    ['head', ['Wireless headphones', 'Travel case']],
    ['HEADPHONE', ['Wireless headphones', 'Travel case']],
    ['wirel head', ['Wireless headphones']],
    ['run', ['Running shoes']],
    ['runs', ['Running shoes']],
    ['happines', ['Running shoes']],
    ['the', ['Zest grater']],
    ['hp-10', ['Wireless headphones']],
    ['äpfel', ['Äpfelschäler']],
    ['kitch', ['Zest grater', 'Äpfelschäler', 'apron']],
    ['secret', []],
    ['nothing at all', []],
    ['!!! & | :*', []],
    ["' or 1=1 --", []],
    ['日本語', []],
    ['  ', ON_SALE.toReversed()],
    ['a b c d e f g h i j k l m n o p', []],
  ])('finds for “%s”', async (search, expected) => {
    expect(await names({ search })).toEqual(expected);
  });

  it('survives whatever is typed', async () => {
    for (const search of ['\u0000', '\ud800', 'a\u0301', "\\'", ':*', '<->', '%_', '٣', 'ⅷ', '🎧', 'x'.repeat(100)]) {
      expect(Array.isArray((await list({ search })).nodes), JSON.stringify(search)).toBe(true);
    }
  });

  it.each([
    [{ category: 'Audio' }, ['Wireless headphones', 'Travel case']],
    [{ category: "Nothing's" }, []],
    [{ price: { currency: 'EUR', minMinor: 2000, maxMinor: 2500 } }, ['Travel case', 'apron']],
    [{ price: { currency: 'GBP' } }, ['Äpfelschäler']],
    [{ inStock: false }, ['Travel case']],
    [{ category: 'Audio', inStock: true, price: { currency: 'EUR', minMinor: 1 } }, ['Wireless headphones']],
  ])('narrows down by %j', async (filter, expected) => {
    expect((await names({ filter })).toSorted()).toEqual(expected.toSorted());
    const document = 'query ($filter: ProductFilter!) { products(filter: $filter) { totalCount } }';
    expect((await warehouse.query(document, { filter })).data.products.totalCount).toBe(expected.length);
  });

  it('shows what is off sale to administrators alone', async () => {
    const filter = { active: false };
    expect(await names({ filter }, admin)).toEqual(['Secret grater']);
    expect(await list({ filter }, customer)).toBe('FORBIDDEN');
    expect(await list({ filter })).toBe('UNAUTHENTICATED');
  });

  it.each([
    { first: 0 },
    { first: -1 },
    { first: 101 },
    { first: 1e9 },
    { search: 'x'.repeat(101) },
    { sort: 'RELEVANCE' },
    { filter: { category: 'x'.repeat(51) } },
    { filter: { category: '\u0000' } },
    { filter: { price: { currency: 'EUR', minMinor: -1 } } },
    { filter: { price: { currency: 'EUR', maxMinor: -1 } } },
    { filter: { price: { currency: 'EUR', minMinor: 2, maxMinor: 1 } } },
    { filter: { price: { currency: 'EURO' } } },
    { after: 'nonsense' },
    { after: cursor('NEWEST') },
    { after: cursor('NEWEST', 'x') },
    { after: cursor('NAME', 'x', '019a4b1c-0000-7000-8000-000000000003') },
    { after: cursor('NAME', '\u0000', '019a4b1c-0000-7000-8000-000000000003'), sort: 'NAME' },
    { after: cursor('NAME', 1, '019a4b1c-0000-7000-8000-000000000003'), sort: 'NAME' },
    { after: cursor('PRICE_DESC', 'EUR', 1, '019a4b1c-0000-7000-8000-000000000003'), sort: 'PRICE_ASC' },
    { after: cursor('PRICE_ASC', 'EUR', 1.5, '019a4b1c-0000-7000-8000-000000000003'), sort: 'PRICE_ASC' },
    { after: cursor('PRICE_ASC', 'EUR', 1e12, '019a4b1c-0000-7000-8000-000000000003'), sort: 'PRICE_ASC' },
    { after: cursor('PRICE_ASC', 'EUR', 'x', '019a4b1c-0000-7000-8000-000000000003'), sort: 'PRICE_ASC' },
  ])('refuses %j', async (variables) => {
    expect(await list(variables, admin)).toBe('BAD_USER_INPUT');
  });

  it('is summed up by categories', async () => {
    const { data } = await warehouse.query('{ categories { name productCount } }');
    expect(data.categories).toEqual([
      { name: 'Audio', productCount: 2 },
      { name: 'Kitchen', productCount: 3 },
      { name: 'Sport', productCount: 1 },
    ]);
    const first = await warehouse.query('{ categories(first: 2) { name } }');
    expect(first.data.categories).toEqual([{ name: 'Audio' }, { name: 'Kitchen' }]);
    for (const limit of [0, 101]) {
      const { errors } = await warehouse.query(`{ categories(first: ${limit}) { name } }`);
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });
});
