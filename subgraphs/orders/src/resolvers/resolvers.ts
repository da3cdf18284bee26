import type { Resolvers } from '../schema.generated.ts';
import { Cart } from './cart.ts';
import { CartLine } from './cart-line.ts';
import { Mutation } from './mutation.ts';
import { Order } from './order.ts';
import { OrderLine } from './order-line.ts';
import { OrderTimelineEntry } from './order-timeline-entry.ts';
import { Product } from './product.ts';
import { Query } from './query.ts';
import { User } from './user.ts';

export const resolvers: Resolvers = {
  Query,
  Mutation,
  Cart,
  CartLine,
  Order,
  OrderLine,
  OrderTimelineEntry,
  Product,
  User,
};
