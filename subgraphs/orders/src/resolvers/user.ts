import { idConnection } from '@tributary/service-kit';
import { maySeeShopping } from '../domain/order-access.ts';
import { orderSlice } from '../domain/orders.ts';
import type { UserResolvers } from '../schema.generated.ts';

export const User: UserResolvers = {
  orders: async ({ id }, args, { loaders, identity }) =>
    maySeeShopping(identity, id) ? idConnection(args, await loaders.ordersOfCustomer(orderSlice(args)).load(id)) : null,
  cart: ({ id }, _args, { loaders, identity }) =>
    maySeeShopping(identity, id) ? loaders.cartOfCustomer.load(id) : null,
};
