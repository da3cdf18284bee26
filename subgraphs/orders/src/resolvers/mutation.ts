import { payload } from '@tributary/service-kit';
import type { MutationResolvers } from '../schema.generated.ts';

export const Mutation: MutationResolvers = {
  createGuestCart: (_parent, _args, { carts }) => carts.createForGuest(),
  addToCart: (_parent, { input }, { carts, identity }) => payload(() => carts.add(identity, input)),
  setCartLineQuantity: (_parent, { input }, { carts, identity }) =>
    payload(async () => ({ cart: await carts.setQuantity(identity, input) })),
  removeFromCart: (_parent, { input }, { carts, identity }) =>
    payload(async () => ({ cart: await carts.remove(identity, input) })),
  clearCart: (_parent, { input }, { carts, identity }) =>
    payload(async () => ({ cart: await carts.clear(identity, input) })),
  acceptCartPrices: (_parent, { input }, { carts, identity }) =>
    payload(async () => ({ cart: await carts.acceptPrices(identity, input) })),
  mergeGuestCart: (_parent, { input }, { carts, identity }) =>
    payload(async () => ({ cart: await carts.merge(identity, input) })),
  placeOrder: (_parent, { input }, { placeOrder, identity, signal }) =>
    payload(async () => ({ order: await placeOrder(identity, input, signal) })),
  cancelOrder: (_parent, { input }, { orders, identity, loaders }) => {
    loaders.timeline.clearAll();
    return payload(async () => ({ order: await orders.cancel(identity, input) }));
  },
  requestReturn: (_parent, { input }, { requestReturn, identity, loaders }) => {
    loaders.timeline.clearAll();
    return payload(() => requestReturn(identity, input));
  },
};
