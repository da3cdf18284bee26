import { type Db, type Identity, notFound, requireUser } from '@tributary/service-kit';
import { type Cart, type CartKey, findCart, lockCart } from '../store/cart-store.ts';
import { hashGuestToken } from './guest-token.ts';
import { requireOpenAccount } from './open-account.ts';

/**
 * Which cart is meant: the guest's whose token is given, whoever asks; otherwise the signed-in user's.
 *
 * @throws CodedError UNAUTHENTICATED with neither
 */
export const cartKey = (identity: Identity, guestToken: string | null | undefined): CartKey =>
  guestToken == null ? { customerId: requireUser(identity).userId } : { tokenHash: hashGuestToken(guestToken) };

/**
 * The cart as it stands, locked until the transaction ends, so that what is decided about it holds.
 *
 * @throws DomainError NotFoundError for a token that opens nothing; CodedError UNAUTHENTICATED after the account's end
 */
export async function openCart(tx: Db, key: CartKey): Promise<Cart> {
  const id = await lockCart(tx, key);
  if ('customerId' in key) await requireOpenAccount(tx, key.customerId);
  return readCart(tx, id);
}

/** A cart by its id. @throws DomainError NotFoundError */
export async function readCart(tx: Db, id: string | undefined): Promise<Cart> {
  const cart = id === undefined ? undefined : await findCart(tx, { id });
  if (cart === undefined) throw notFound('cart');
  return cart;
}
