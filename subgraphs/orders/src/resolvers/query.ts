import { visibleOrder } from '../domain/order-access.ts';
import type { QueryResolvers } from '../schema.generated.ts';

export const Query: QueryResolvers = {
  cart: (_parent, args, { carts, identity }) => carts.find(identity, args),
  order: async (_parent, { id }, { loaders, identity }) => visibleOrder(identity, await loaders.order.load(id)),
  orders: (_parent, args, { orders, identity }) => orders.page(identity, args),
};
