import type { ProductConnectionResolvers } from '../schema.generated.ts';

export const ProductConnection: ProductConnectionResolvers = {
  totalCount: (page) => page.count(),
};
