import type { Resolvers } from '../schema.generated.ts';
import { Mutation } from './mutation.ts';
import { Product } from './product.ts';
import { ProductConnection } from './product-connection.ts';
import { Query } from './query.ts';

export const resolvers: Resolvers = { Query, Mutation, Product, ProductConnection };
