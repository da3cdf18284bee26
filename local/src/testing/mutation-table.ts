import type { KnownThings } from './populated-graph.ts';

/** What a mutation answers to another customer who names the owner's thing, or asks for what administrators may. */
export interface MutationRow {
  mutation: string;
  input: (things: KnownThings) => Record<string, unknown>;
  refusal: 'NotFoundError' | 'UNAUTHORIZED_FIELD_OR_TYPE';
  /** Whether administrators may, whosever it is. */
  byAdmin: boolean;
}

export const ADDRESS = { recipient: 'Eve', line1: 'Street 2', city: 'Paris', country: 'FR' };

export const mutationRows: readonly MutationRow[] = [
  {
    mutation: 'updateAddress',
    input: ({ address }) => ({ id: address, ...ADDRESS }),
    refusal: 'NotFoundError',
    byAdmin: false,
  },
  { mutation: 'removeAddress', input: ({ address }) => ({ id: address }), refusal: 'NotFoundError', byAdmin: false },
  {
    mutation: 'setUserRoles',
    input: ({ otherUser }) => ({ userId: otherUser, roles: ['ADMIN'] }),
    refusal: 'UNAUTHORIZED_FIELD_OR_TYPE',
    byAdmin: true,
  },
  {
    mutation: 'createProduct',
    input: () => ({
      sku: 'EVIL-1',
      name: 'Evil',
      description: 'Evil',
      category: 'Evil',
      price: { amountMinor: 1, currency: 'EUR' },
      weightGrams: 1,
    }),
    refusal: 'UNAUTHORIZED_FIELD_OR_TYPE',
    byAdmin: true,
  },
  {
    mutation: 'updateProduct',
    input: ({ product }) => ({ id: product, expectedVersion: 1, name: 'Evil' }),
    refusal: 'UNAUTHORIZED_FIELD_OR_TYPE',
    byAdmin: true,
  },
  {
    mutation: 'restock',
    input: ({ product }) => ({ productId: product, quantity: 1 }),
    refusal: 'UNAUTHORIZED_FIELD_OR_TYPE',
    byAdmin: true,
  },
  {
    mutation: 'adjustStock',
    input: ({ product }) => ({ productId: product, delta: -1, reason: 'LOST' }),
    refusal: 'UNAUTHORIZED_FIELD_OR_TYPE',
    byAdmin: true,
  },
  {
    mutation: 'cancelOrder',
    input: ({ order }) => ({ orderId: order, reason: 'Evil' }),
    refusal: 'NotFoundError',
    byAdmin: true,
  },
  {
    mutation: 'requestReturn',
    input: ({ order, product }) => ({
      idempotencyKey: 'evil',
      orderId: order,
      lines: [{ productId: product, quantity: 1 }],
      reason: 'Evil',
    }),
    refusal: 'NotFoundError',
    byAdmin: true,
  },
  {
    mutation: 'setDefaultPaymentMethod',
    input: ({ paymentMethod: id }) => ({ id }),
    refusal: 'NotFoundError',
    byAdmin: false,
  },
  {
    mutation: 'removePaymentMethod',
    input: ({ paymentMethod: id }) => ({ id }),
    refusal: 'NotFoundError',
    byAdmin: false,
  },
  {
    mutation: 'completePaymentChallenge',
    input: ({ challengedPayment }) => ({ paymentId: challengedPayment, code: '123456' }),
    refusal: 'NotFoundError',
    byAdmin: false,
  },
  {
    mutation: 'refundPayment',
    input: ({ payment }) => ({
      paymentId: payment,
      amount: { amountMinor: 1, currency: 'EUR' },
      reason: 'Evil',
      idempotencyKey: 'evil',
    }),
    refusal: 'UNAUTHORIZED_FIELD_OR_TYPE',
    byAdmin: true,
  },
  { mutation: 'markNotificationRead', input: ({ unread: id }) => ({ id }), refusal: 'NotFoundError', byAdmin: false },
  { mutation: 'enableWebhook', input: ({ webhook: id }) => ({ id }), refusal: 'NotFoundError', byAdmin: false },
  { mutation: 'removeWebhook', input: ({ webhook: id }) => ({ id }), refusal: 'NotFoundError', byAdmin: false },
];

/** Mutations that concern the signed-in caller alone. */
export const ownMutations =
  'updateProfile changePassword addAddress closeAccount mergeGuestCart placeOrder addPaymentMethod ' +
  'markAllNotificationsRead updateNotificationPreferences setQuietHours registerWebhook';

/** Mutations that nobody needs to be signed in for: a password, a refresh token or a guest's token is enough, or nothing. */
export const publicMutations =
  'signUp signIn refresh signOut ' +
  'createGuestCart addToCart setCartLineQuantity removeFromCart clearCart acceptCartPrices';

/** Types that are found in the answers of those alone. */
export const publicAnswers =
  'Session SignUpPayload SignInPayload RefreshPayload SignOutPayload CreateGuestCartPayload AddToCartPayload ' +
  'SetCartLineQuantityPayload RemoveFromCartPayload ClearCartPayload AcceptCartPricesPayload';
