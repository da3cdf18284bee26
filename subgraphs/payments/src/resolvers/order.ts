import { visiblePayment } from '../domain/payment-access.ts';
import type { OrderResolvers } from '../schema.generated.ts';

export const Order: OrderResolvers = {
  payments: async ({ id }, _args, { loaders, identity }) =>
    (await loaders.paymentsOfOrder.load(id)).filter((payment) => visiblePayment(identity, payment) !== null),
};
