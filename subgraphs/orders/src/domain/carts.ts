import { type Database, type Db, DomainError, type Identity, isId, requireUser } from '@tributary/service-kit';
import {
  type Cart,
  type CartKey,
  deleteCart,
  deleteCartLine,
  deleteCartLines,
  deleteGuestCarts,
  findCart,
  insertGuestCart,
  saveCartLines,
} from '../store/cart-store.ts';
import { findProduct, type ProductRow } from '../store/product-store.ts';
import { lineOf, linesAtCurrentPrices, lineWithMore, lineWithQuantity, mergedLines } from './cart-changes.ts';
import { hashGuestToken, newGuestToken } from './guest-token.ts';
import { cartKey, openCart, readCart } from './open-cart.ts';

const GUEST_CART_LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;
const SWEEP_BATCH = 1000;

/** Which cart: the guest's whose token is given, otherwise the signed-in user's. */
interface CartChoice {
  guestToken?: string | null | undefined;
}

/**
 * The rules about carts. Everything that names a cart throws DomainError NotFoundError for a token that opens none, and
 * CodedError UNAUTHENTICATED when neither a token is given nor a user signed in.
 */
export interface Carts {
  find(identity: Identity, choice: CartChoice): Promise<Cart | null>;
  createForGuest(): Promise<{ cart: Cart; guestToken: string }>;
  /**
   * `guestToken` is that of a cart which was made by this.
   *
   * @throws DomainError ProductNotFoundError, ProductUnavailableError, InvalidQuantityError, CartFullError,
   * CurrencyMismatchError
   */
  add(
    identity: Identity,
    input: CartChoice & { productId: string; quantity: number },
  ): Promise<{ cart: Cart; guestToken: string | null }>;
  /** @throws DomainError InvalidQuantityError, CartFullError */
  setQuantity(identity: Identity, input: CartChoice & { productId: string; quantity: number }): Promise<Cart>;
  remove(identity: Identity, input: CartChoice & { productId: string }): Promise<Cart>;
  clear(identity: Identity, choice: CartChoice): Promise<Cart>;
  /** @throws DomainError CartFullError, CurrencyMismatchError */
  acceptPrices(identity: Identity, choice: CartChoice): Promise<Cart>;
  /** @throws DomainError CartFullError, CurrencyMismatchError */
  merge(identity: Identity, input: { guestToken: string }): Promise<Cart>;
  /** Deletes guest carts that nobody has changed for 30 days; gives how many. */
  sweep(): Promise<number>;
}

export function createCarts(database: Database): Carts {
  type Work = (tx: Db, cart: Cart) => Promise<void>;
  const nothing: Work = async () => {};

  /** Runs `work` on a locked cart, in one transaction, and gives the cart as it is then. */
  const change = (key: CartKey, work: Work) => database.transaction((tx) => changeIn(tx, key, work));

  /** The same on a cart that begins with it: when `work` refuses, there is none. */
  const start = async (work: Work) => {
    const guestToken = newGuestToken();
    const tokenHash = hashGuestToken(guestToken);
    const cart = await database.transaction(async (tx) => {
      await insertGuestCart(tx, tokenHash);
      return changeIn(tx, { tokenHash }, work);
    });
    return { cart, guestToken };
  };

  return {
    createForGuest: () => start(nothing),
    async find(identity, { guestToken }) {
      if (guestToken == null && identity.kind !== 'user') return null;
      return (await findCart(database.db, cartKey(identity, guestToken))) ?? null;
    },
    async add(identity, { productId, quantity, guestToken }) {
      const work: Work = async (tx, cart) => {
        const product = await productOf(tx, productId);
        await saveCartLines(tx, cart.id, [lineWithMore(cart, product, quantity)]);
      };
      if (guestToken == null && identity.kind !== 'user') return start(work);
      return { cart: await change(cartKey(identity, guestToken), work), guestToken: null };
    },
    setQuantity: (identity, { productId, quantity, guestToken }) =>
      change(cartKey(identity, guestToken), (tx, cart) =>
        saveCartLines(tx, cart.id, [lineWithQuantity(cart, productId, quantity)]),
      ),
    remove: (identity, { productId, guestToken }) =>
      change(cartKey(identity, guestToken), (tx, cart) =>
        deleteCartLine(tx, cart.id, lineOf(cart, productId).product.id),
      ),
    clear: (identity, { guestToken }) =>
      change(cartKey(identity, guestToken), (tx, cart) => deleteCartLines(tx, cart.id)),
    acceptPrices: (identity, { guestToken }) =>
      change(cartKey(identity, guestToken), (tx, cart) => saveCartLines(tx, cart.id, linesAtCurrentPrices(cart))),
    merge: (identity, { guestToken }) =>
      change({ customerId: requireUser(identity).userId }, async (tx, own) => {
        const guests = await openCart(tx, cartKey(identity, guestToken));
        await saveCartLines(tx, own.id, mergedLines(own, guests));
        await deleteCart(tx, { id: guests.id });
      }),
    async sweep() {
      const unusedSince = new Date(Date.now() - GUEST_CART_LIFETIME_MS);
      let swept = 0;
      for (;;) {
        const batch = await deleteGuestCarts(database.db, unusedSince, SWEEP_BATCH);
        swept += batch;
        if (batch < SWEEP_BATCH) return swept;
      }
    },
  };
}

async function changeIn(tx: Db, key: CartKey, work: (tx: Db, cart: Cart) => Promise<void>): Promise<Cart> {
  const cart = await openCart(tx, key);
  await work(tx, cart);
  return readCart(tx, cart.id);
}

async function productOf(tx: Db, productId: string): Promise<ProductRow> {
  const product = isId(productId) ? await findProduct(tx, productId) : undefined;
  if (product === undefined) throw new DomainError('ProductNotFoundError', 'There is no such product.', { productId });
  return product;
}
