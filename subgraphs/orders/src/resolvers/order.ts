import { money } from '@tributary/service-kit';
import { visibleAddress, visibleOrder } from '../domain/order-access.ts';
import { cancellationIn } from '../domain/order-cancellation.ts';
import { isCancellable } from '../domain/order-transitions.ts';
import { shownSteps } from '../domain/order-view.ts';
import type { OrderResolvers } from '../schema.generated.ts';

export const Order: OrderResolvers = {
  __resolveReference: async ({ id }, { loaders, identity }) => visibleOrder(identity, await loaders.order.load(id)),
  lines: async ({ id, currency }, _args, { loaders }) =>
    (await loaders.orderLines.load(id)).map((line) => ({ ...line, currency })),
  subtotal: ({ subtotalMinor, currency }) => money(subtotalMinor, currency),
  shipping: ({ shippingMinor, currency }) => money(shippingMinor, currency),
  total: ({ totalMinor, currency }) => money(totalMinor, currency),
  shippingAddress: (order, _args, { identity }) => visibleAddress(identity, order),
  timeline: async (order, _args, { loaders }) =>
    shownSteps(order, await loaders.timeline.load(order.id)).map((entry) => ({
      ...entry,
      customerId: order.customerId,
    })),
  cancellation: async (order, _args, { loaders }) =>
    order.status === 'CANCELLED' ? cancellationIn(shownSteps(order, await loaders.timeline.load(order.id))) : null,
  customer: ({ customerId }) => ({ id: customerId }),
  cancellable: ({ status }) => isCancellable(status),
};
