import { type Identity, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, customer, openTestWarehouse, productInput, type TestWarehouse } from './testing/test-warehouse.ts';

const FIND = 'query ($id: ID, $sku: String) { product(id: $id, sku: $sku) { id sku name active version } }';
const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  ... on Product { id sku name active inStock available availability { inStock quantity } stock { onHand } stockMovements(first: 2) { nodes { kind } } } } }`;

eachEngine('the catalogue', (open) => {
  let warehouse: TestWarehouse;
  beforeAll(async () => {
    warehouse = await openTestWarehouse(await open());
  });
  afterAll(() => warehouse.stop());

  const find = async (variables: object, identity?: Identity) => {
    const { data, errors } = await warehouse.query(FIND, { ...variables }, identity);
    return errors?.[0]?.extensions.code ?? data.product;
  };

  it('takes a new product, finds it by id and sku, and announces it', async () => {
    const input = productInput({ name: '  Kettle ', sku: 'KETTLE-1' });
    const { product, errors } = await warehouse.mutate('createProduct', input);
    expect(errors).toEqual([]);
    expect(product).toMatchObject({
      ...input,
      name: 'Kettle',
      images: [],
      active: true,
      version: 1,
      available: 0,
      inStock: false,
      stock: { onHand: 0, reserved: 0, sold: 0, available: 0 },
    });
    expect(await find({ id: product.id })).toMatchObject({ sku: 'KETTLE-1' });
    expect(await find({ sku: 'KETTLE-1' })).toMatchObject({ id: product.id });
    const announced = (await warehouse.published()).filter(({ subject }) => subject === product.id);
    expect(announced).toMatchObject([{ type: 'inventory.product.changed.v1' }]);
    const { sku, name, price, weightGrams } = { ...input, name: 'Kettle' };
    expect(announced[0]?.data).toEqual({
      ...{ productId: product.id, sku, name, price, weightGrams, active: true, version: 1 },
    });
  });

  it('refuses a sku that is taken', async () => {
    const input = productInput();
    await warehouse.mutate('createProduct', input);
    expect(await warehouse.mutate('createProduct', input)).toEqual({
      product: null,
      errors: [{ __typename: 'SkuTakenError', code: 'SKU_TAKEN' }],
    });
  });

  it('changes a product for whoever knows its version, and nobody else', async () => {
    const id = await warehouse.product(3);
    const changed = await warehouse.mutate('updateProduct', {
      id,
      expectedVersion: 1,
      price: { amountMinor: 1, currency: 'USD' },
      active: false,
      name: null,
    });
    expect(changed.product).toMatchObject({
      ...{ name: 'A thing', price: { amountMinor: 1, currency: 'USD' }, active: false, version: 2 },
      ...{ available: 0, inStock: false, stock: { available: 3 } },
    });
    for (const expectedVersion of [1, 3, 0, -1, 2 ** 31 - 1]) {
      expect(await warehouse.mutate('updateProduct', { id, expectedVersion, name: 'Mine' })).toEqual({
        product: null,
        errors: [{ __typename: 'ProductVersionConflictError', code: 'PRODUCT_VERSION_CONFLICT', currentVersion: 2 }],
      });
    }
    const announced = (await warehouse.published()).filter(({ subject }) => subject === id);
    expect(announced.map(({ data }) => data)).toMatchObject([{ version: 1 }, { version: 2, active: false }]);
  });

  it('lets one of two win who change the same version at once', async () => {
    const id = await warehouse.product();
    const change = (name: string) => warehouse.mutate('updateProduct', { id, expectedVersion: 1, name });
    const results = await Promise.all(['One', 'Two', 'Three'].map(change));
    expect(results.filter(({ product }) => product !== null)).toHaveLength(1);
    expect(await find({ id })).toMatchObject({ version: 2 });
  });

  it('hides from customers what is off sale, but not from a reference', async () => {
    const sku = 'OFF-SALE';
    const id = await warehouse.product(5, { active: false, sku });
    for (const identity of [undefined, customer, { kind: 'service', service: 'orders' } as const]) {
      expect(await find({ id }, identity)).toBeNull();
      expect(await find({ sku }, identity)).toBeNull();
    }
    expect(await find({ id }, admin)).toMatchObject({ id, active: false });
    const representations = [{ __typename: 'Product', id }];
    const { data } = await warehouse.query(ENTITIES, { representations }, customer);
    expect(data._entities).toEqual([
      {
        id,
        sku,
        name: 'A thing',
        active: false,
        inStock: false,
        available: 0,
        availability: { inStock: false, quantity: 0 },
        stock: null,
        stockMovements: null,
      },
    ]);
  });

  it.each([{}, { id: newId(), sku: 'X-1' }])('asks for either id or sku, not %j', async (variables) => {
    expect(await find(variables)).toBe('BAD_USER_INPUT');
  });

  it.each([{ id: newId() }, { id: 'x' }, { id: '' }, { sku: "' or 1=1" }, { sku: '\u0000' }])(
    'has nothing for %j',
    async (variables) => {
      expect(await find(variables, admin)).toBeNull();
    },
  );

  it('gives twenty entities with stock in two statements, by either key', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => warehouse.product(120)));
    const byId = [...ids, newId(), 'x'].map((id) => ({ __typename: 'Product', id }));
    const document = ENTITIES.replace(/stockMovements.*?} }/, '');
    const stop = warehouse.countStatements();
    const { data } = await warehouse.query(document, { representations: byId }, customer);
    expect(stop()).toHaveLength(2);
    expect(data._entities.slice(20)).toEqual([null, null]);
    expect(data._entities[0]).toMatchObject({
      id: ids[0],
      inStock: true,
      available: 99,
      availability: { inStock: true, quantity: 99 },
      stock: null,
    });

    const bySku = data._entities.slice(0, 20).map(({ sku }: { sku: string }) => ({ __typename: 'Product', sku }));
    const stopAgain = warehouse.countStatements();
    const again = await warehouse.query(document, { representations: [...bySku, { __typename: 'Product', sku: '?' }] });
    expect(stopAgain()).toHaveLength(2);
    expect(again.data._entities.slice(0, 20)).toEqual(data._entities.slice(0, 20));
    expect(again.data._entities[20]).toBeNull();
  });

  describe('accepts from nobody but administrators', () => {
    it.each([
      ['createProduct', productInput()],
      ['updateProduct', { id: newId(), expectedVersion: 1 }],
      ['restock', { productId: newId(), quantity: 1 }],
      ['adjustStock', { productId: newId(), delta: 1, reason: 'FOUND' }],
    ])('%s', async (name, input) => {
      expect(await warehouse.mutate(name, input, customer)).toBe('FORBIDDEN');
      expect(await warehouse.mutate(name, input, { kind: 'anonymous' })).toBe('UNAUTHENTICATED');
      expect(await warehouse.mutate(name, input, { kind: 'service', service: 'orders' })).toBe('UNAUTHENTICATED');
    });
  });

  it.each([newId(), 'x', "' or 1=1"])('changes nothing about a product that is not there: %s', async (id) => {
    expect((await warehouse.mutate('updateProduct', { id, expectedVersion: 1 })).errors).toEqual([
      { __typename: 'NotFoundError', code: 'NOT_FOUND' },
    ]);
  });

  const image = { url: '/media/aud-headphones-01.svg', alt: 'Headphones', width: 800, height: 800 };
  it('takes images that are there', async () => {
    const { product } = await warehouse.mutate('createProduct', productInput({ images: [image] }));
    expect(product.images).toEqual([image]);
  });

  it.each([
    ['sku', { sku: 'lower' }],
    ['sku', { sku: 'A' }],
    ['sku', { sku: 'A'.repeat(33) }],
    ['name', { name: ' ' }],
    ['name', { name: 'x'.repeat(201) }],
    ['name', { name: 'two\nlines' }],
    ['name', { name: 'nul\u0000' }],
    ['description', { description: '' }],
    ['description', { description: 'x'.repeat(5001) }],
    ['description', { description: '\u0000' }],
    ['category', { category: 'x'.repeat(51) }],
    ['price.amountMinor', { price: { amountMinor: 0, currency: 'EUR' } }],
    ['price.amountMinor', { price: { amountMinor: -1, currency: 'EUR' } }],
    ['price.amountMinor', { price: { amountMinor: 1e9, currency: 'EUR' } }],
    ['price.currency', { price: { amountMinor: 1, currency: 'JPY' } }],
    ['weightGrams', { weightGrams: 0 }],
    ['weightGrams', { weightGrams: -1 }],
    ['weightGrams', { weightGrams: 1e9 }],
    ['images', { images: Array.from({ length: 11 }, () => image) }],
    ['images.0.url', { images: [{ ...image, url: 'https://example.com/x.svg' }] }],
    ['images.0.url', { images: [{ ...image, url: '/media/../config.yaml' }] }],
    ['images.1.alt', { images: [image, { ...image, alt: '' }] }],
    ['images.0.width', { images: [{ ...image, width: 0 }] }],
    ['images.0.height', { images: [{ ...image, height: 1e9 }] }],
  ])('refuses %s in %j, for a new product and for a change', async (field, change) => {
    const refusal = [{ __typename: 'InvalidInputError', code: 'INVALID_INPUT', field }];
    expect(await warehouse.mutate('createProduct', productInput(change))).toEqual({ product: null, errors: refusal });
    if (field === 'sku') return;
    const id = await warehouse.product();
    const update = await warehouse.mutate('updateProduct', { id, expectedVersion: 1, ...change });
    expect(update).toEqual({ product: null, errors: refusal });
  });

  it('refuses a currency that there is not', async () => {
    const input = productInput({ price: { amountMinor: 1, currency: 'XYZ1' } });
    expect(await warehouse.mutate('createProduct', input)).toBe('BAD_USER_INPUT');
  });
});
