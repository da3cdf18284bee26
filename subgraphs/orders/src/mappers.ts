import type { OrderView } from './domain/order-view.ts';
import type { OrderPage } from './domain/orders.ts';
import type { Cart, CartLine } from './store/cart-store.ts';
import type { OrderLineRow } from './store/order-store.ts';
import type { TimelineRow } from './store/timeline-store.ts';

// What stands behind the schema's types in resolvers; `<GraphQL type>Mapper`, read by the type generator.

export type CartMapper = Cart;
export type CartLineMapper = CartLine;
export type OrderMapper = OrderView;
export type OrderConnectionMapper = OrderPage;
/** A line's currency is its order's. */
export type OrderLineMapper = OrderLineRow & { currency: string };
/** A timeline entry, with whose order it is. */
export type OrderTimelineEntryMapper = TimelineRow & { customerId: string };
export type UserMapper = { id: string };
/** What comes with a reference: the sku from an order's line, the weight from the gateway, for `@requires`. */
export type ProductMapper = { id: string; sku?: string; weightGrams?: number | null };
