import { type Identity, newId } from '@tributary/service-kit';
import { eachEngine, until } from '@tributary/service-kit/testing';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCarts } from './domain/carts.ts';
import { hashGuestToken } from './domain/guest-token.ts';
import { openCart } from './domain/open-cart.ts';
import { carts } from './tables.ts';
import {
  ACCEPT,
  ADD,
  CLEAR,
  CREATE_GUEST_CART,
  FIND_CART,
  MERGE,
  openTestShop,
  REMOVE,
  SET,
  type TestProduct,
  type TestShop,
} from './testing/test-shop.ts';

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

eachEngine('a cart', (open, engine) => {
  let shop: TestShop;
  let product: TestProduct;
  beforeAll(async () => {
    shop = await openTestShop(await open());
    product = await shop.product();
  });
  afterAll(() => shop.stop());

  /** What a cart mutation answers, whichever it is. */
  async function send(document: string, input: object, identity?: Identity) {
    const { data, errors } = await shop.query(document, { input }, identity);
    if (errors !== undefined) throw new Error(errors[0]?.extensions.code);
    return Object.values(data)[0] as {
      cart: { id: string; itemCount: number; lines: { quantity: number; product: { id: string } }[] } | null;
      guestToken?: string | null;
      errors: { __typename: string; code: string }[];
    };
  }
  const cartOf = async (identity?: Identity, guestToken?: string) =>
    (await shop.query(FIND_CART, { guestToken }, identity)).data.cart;
  const refusal = async (document: string, input: object, identity?: Identity) => {
    const { cart, errors } = await send(document, input, identity);
    expect(cart).toBeNull();
    return errors[0]?.__typename;
  };

  it('belongs to a customer, and shows what the articles cost', async () => {
    const customer = shop.newCustomer();
    expect(await cartOf(customer)).toBeNull();
    const { productId } = product;
    expect(await send(ADD, { productId, quantity: 2 }, customer)).toMatchObject({ guestToken: null, errors: [] });
    const other = await shop.product({ price: eur(250) });
    await send(ADD, { productId: other.productId, quantity: 1 }, customer);
    await send(ADD, { productId, quantity: 1 }, customer);
    const price = { unitPrice: eur(1000), currentPrice: eur(1000), priceChanged: false, available: true };
    expect(await cartOf(customer)).toMatchObject({
      itemCount: 4,
      subtotal: eur(3250),
      lines: [
        { ...price, product: { id: productId }, quantity: 3, lineTotal: eur(3000) },
        { product: { id: other.productId }, quantity: 1, lineTotal: eur(250) },
      ],
    });
    expect(await cartOf(shop.newCustomer())).toBeNull();
  });

  it('changes quantities, loses lines, and is emptied', async () => {
    const customer = shop.newCustomer();
    const { productId } = product;
    const other = await shop.product();
    await shop.addToCart(customer, product);
    await shop.addToCart(customer, other);
    expect(await send(SET, { productId, quantity: 99 }, customer)).toMatchObject({ cart: { itemCount: 100 } });
    expect(await send(REMOVE, { productId }, customer)).toMatchObject({ cart: { itemCount: 1 } });
    expect(await send(CLEAR, {}, customer)).toMatchObject({ cart: { itemCount: 0, subtotal: eur(0) } });
  });

  it('of a guest opens to the token alone, which is stored as a hash', async () => {
    const { productId } = product;
    const first = await send(ADD, { productId, quantity: 2 });
    const guestToken = first.guestToken ?? '';
    expect(Buffer.from(guestToken, 'base64url')).toHaveLength(32);
    expect(await send(ADD, { productId, quantity: 1, guestToken })).toMatchObject({
      guestToken: null,
      cart: { id: first.cart?.id, itemCount: 3 },
    });
    expect(await cartOf(undefined, guestToken)).toMatchObject({ itemCount: 3 });
    expect(await cartOf()).toBeNull();
    expect(await cartOf(undefined, 'x'.repeat(43))).toBeNull();
    const [row] = await shop.database.db
      .select()
      .from(carts)
      .where(eq(carts.id, first.cart?.id ?? ''));
    expect(row).toMatchObject({ customerId: null, tokenHash: hashGuestToken(guestToken) });
    expect(JSON.stringify(row)).not.toContain(guestToken);

    const { data } = await shop.query(CREATE_GUEST_CART);
    expect(data.createGuestCart.cart.itemCount).toBe(0);
    expect(data.createGuestCart.guestToken).not.toBe(guestToken);
  });

  it('of a guest goes into the customer’s when they sign in, and ends', async () => {
    const customer = shop.newCustomer();
    const other = await shop.product();
    await shop.addToCart(customer, product, 60);
    const { guestToken } = await send(ADD, { productId: product.productId, quantity: 50 });
    await send(ADD, { productId: other.productId, quantity: 3, guestToken });
    expect(await send(MERGE, { guestToken }, customer)).toMatchObject({
      errors: [],
      cart: { lines: [{ product: { id: product.productId }, quantity: 99 }, { quantity: 3 }] },
    });
    expect(await cartOf(undefined, guestToken ?? '')).toBeNull();
    expect(await refusal(MERGE, { guestToken }, customer)).toBe('NotFoundError');
    expect((await cartOf(customer)).itemCount).toBe(102);
  });

  it('says when a price has changed, and takes the new one when the customer agrees', async () => {
    const customer = shop.newCustomer();
    const changing = await shop.product();
    await shop.addToCart(customer, changing, 2);
    await shop.product({ ...changing, price: eur(1200), version: 2 });
    const changed = { unitPrice: eur(1000), currentPrice: eur(1200), priceChanged: true };
    expect(await cartOf(customer)).toMatchObject({ subtotal: eur(2000), lines: [changed] });
    // Buying more is not agreeing.
    await shop.addToCart(customer, changing, 1);
    expect(await cartOf(customer)).toMatchObject({ lines: [changed] });
    expect(await send(ACCEPT, {}, customer)).toMatchObject({
      errors: [],
      cart: { subtotal: eur(3600), lines: [{ unitPrice: eur(1200), priceChanged: false }] },
    });
  });

  it('keeps what can no longer be bought, and says so', async () => {
    const customer = shop.newCustomer();
    const leaving = await shop.product();
    await shop.addToCart(customer, leaving);
    await shop.product({ ...leaving, active: false, version: 2 });
    expect((await cartOf(customer)).lines).toMatchObject([{ available: false }]);
  });

  it.each([
    ['quantity 0', ADD, { quantity: 0 }, 'InvalidQuantityError'],
    ['quantity −1', ADD, { quantity: -1 }, 'InvalidQuantityError'],
    ['quantity 10^9', ADD, { quantity: 1_000_000_000 }, 'InvalidQuantityError'],
    ['quantity 0', SET, { quantity: 0 }, 'InvalidQuantityError'],
    ['quantity −1', SET, { quantity: -1 }, 'InvalidQuantityError'],
    ['quantity 10^9', SET, { quantity: 1_000_000_000 }, 'InvalidQuantityError'],
    ['more than 99 in all', ADD, { quantity: 99 }, 'InvalidQuantityError'],
    ['an unknown product', ADD, { productId: newId(), quantity: 1 }, 'ProductNotFoundError'],
    ['a malformed product', ADD, { productId: "' or 1=1 --", quantity: 1 }, 'ProductNotFoundError'],
    ['a product that is not in it', SET, { productId: newId(), quantity: 1 }, 'NotFoundError'],
    ['a malformed product', SET, { productId: '', quantity: 1 }, 'NotFoundError'],
    ['a product that is not in it', REMOVE, { productId: newId() }, 'NotFoundError'],
    ['a malformed product', REMOVE, { productId: 'x' }, 'NotFoundError'],
    ['somebody else’s token', ADD, { quantity: 1, guestToken: 'guessed' }, 'NotFoundError'],
    ['somebody else’s token', SET, { quantity: 1, guestToken: 'guessed' }, 'NotFoundError'],
    ['somebody else’s token', REMOVE, { guestToken: 'guessed' }, 'NotFoundError'],
  ])('refuses %s', async (_what, document, input, typename) => {
    const customer = shop.newCustomer();
    await shop.addToCart(customer, product);
    const { productId } = product;
    expect(await refusal(document, { productId, ...input }, customer)).toBe(typename);
    expect((await cartOf(customer)).itemCount).toBe(1);
  });

  it.each([
    ['clearing', CLEAR],
    ['agreeing to prices', ACCEPT],
    ['merging', MERGE],
  ])('refuses %s by a token that opens nothing', async (_what, document) => {
    expect(await refusal(document, { guestToken: '\u0000' }, shop.newCustomer())).toBe('NotFoundError');
  });

  it.each([
    ['SET', SET, { productId: newId(), quantity: 1 }],
    ['REMOVE', REMOVE, { productId: newId() }],
    ['CLEAR', CLEAR, {}],
    ['ACCEPT', ACCEPT, {}],
    ['MERGE', MERGE, { guestToken: 'guessed' }],
  ])('wants to know whose it is: %s', async (_name, document, input) => {
    await expect(send(document, input)).rejects.toThrow('UNAUTHENTICATED');
    await expect(send(document, input, { kind: 'service', service: 'payments' })).rejects.toThrow('UNAUTHENTICATED');
  });

  it('holds one currency, no more than 50 products, and what one order can carry', async () => {
    const customer = shop.newCustomer();
    const add = ({ productId }: TestProduct, quantity = 1) => refusal(ADD, { productId, quantity }, customer);
    await shop.addToCart(customer, product);
    expect(await add(await shop.product({ price: { amountMinor: 1, currency: 'USD' } }))).toBe('CurrencyMismatchError');
    expect(await add(await shop.product({ price: { amountMinor: 1, currency: 'CHF' } }))).toBe(
      'ProductUnavailableError',
    );
    expect(await add(await shop.product({ active: false }))).toBe('ProductUnavailableError');
    expect(await add(await shop.product({ weightGrams: 20_000 }), 50)).toBe('CartFullError');
    expect(await add(await shop.product({ price: eur(2 ** 31 - 1) }), 99)).toBe('CartFullError');
    for (let count = 1; count < 50; count++) await shop.addToCart(customer, await shop.product());
    expect(await add(await shop.product())).toBe('CartFullError');
    expect((await cartOf(customer)).lines).toHaveLength(50);

    const { guestToken } = await send(ADD, { productId: (await shop.product()).productId, quantity: 1 });
    expect(await refusal(MERGE, { guestToken }, customer)).toBe('CartFullError');
    expect(await cartOf(undefined, guestToken ?? '')).toMatchObject({ itemCount: 1 });
  });

  it('does not take a price in another currency, nor one that is too high', async () => {
    const customer = shop.newCustomer();
    const changing = await shop.product();
    await shop.addToCart(customer, product);
    await shop.addToCart(customer, changing, 99);
    await shop.product({ ...changing, price: { amountMinor: 1000, currency: 'GBP' }, version: 2 });
    expect(await refusal(ACCEPT, {}, customer)).toBe('CurrencyMismatchError');
    await shop.product({ ...changing, price: eur(2 ** 31 - 1), version: 3 });
    expect(await refusal(ACCEPT, {}, customer)).toBe('CartFullError');
  });

  it('adds up when several requests fill it at once', async () => {
    const customer = shop.newCustomer();
    await Promise.all(Array.from({ length: 10 }, () => shop.addToCart(customer, product, 2)));
    expect(await cartOf(customer)).toMatchObject({ itemCount: 20, lines: [{ quantity: 20 }] });
  });

  it.skipIf(engine === 'PGlite')('goes with its account, also when it comes into being at that moment', async () => {
    const customer = shop.newCustomer();
    const { userId: customerId } = customer;
    const [opened, closing] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const filling = shop.database.transaction(async (tx) => {
      await openCart(tx, { customerId });
      opened.resolve();
      await closing.promise;
    });
    await opened.promise;
    const closed = shop.deliver({ type: 'users.account.closed.v1', subject: customerId, data: { userId: customerId } });
    const waits = until('the end of the account to wait for the cart', async () => {
      const { rows } = (await shop.database.db.execute(
        sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )) as unknown as { rows: object[] };
      return rows.length > 0;
    });
    await Promise.race([closed, waits]);
    closing.resolve();
    await Promise.all([filling, closed, waits.catch(() => undefined)]);
    expect(await cartOf(customer)).toBeNull();
  });

  it('of a guest goes after 30 days without use; a customer’s stays', async () => {
    const { db } = shop.database;
    const customer = shop.newCustomer();
    await shop.addToCart(customer, product);
    const [old, used] = await Promise.all([1, 2].map(() => send(ADD, { productId: product.productId, quantity: 1 })));
    const age = (id: string | undefined, days: number) =>
      db
        .update(carts)
        .set({ updatedAt: sql`now() - make_interval(days => ${days}::int)` })
        .where(eq(carts.id, id ?? ''));
    await age(old?.cart?.id, 31);
    await age(used?.cart?.id, 29);
    await age((await cartOf(customer)).id, 400);
    expect(await createCarts(shop.database).sweep()).toBe(1);
    expect(await cartOf(undefined, old?.guestToken ?? '')).toBeNull();
    expect(await cartOf(undefined, used?.guestToken ?? '')).not.toBeNull();
    expect(await cartOf(customer)).not.toBeNull();
  });

  it('follows inventory’s newest word on a product, in whatever order it comes', async () => {
    const customer = shop.newCustomer();
    const moving = await shop.product({ version: 5 });
    await shop.product({ ...moving, price: eur(700), version: 4 });
    await shop.product({ ...moving, price: eur(800), version: 5 });
    await shop.addToCart(customer, moving);
    expect((await cartOf(customer)).lines).toMatchObject([{ unitPrice: eur(1000) }]);
  });
});
