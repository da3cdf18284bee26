import { payload } from '@tributary/service-kit';
import type { MutationResolvers } from '../schema.generated.ts';

export const Mutation: MutationResolvers = {
  createProduct: (_parent, { input }, { catalogue, identity }) =>
    payload(async () => ({ product: await catalogue.create(identity, input) })),
  updateProduct: (_parent, { input }, { catalogue, identity }) =>
    payload(async () => ({ product: await catalogue.update(identity, input) })),
  restock: (_parent, { input }, { stockKeeping, identity, loaders }) => {
    loaders.forgetStock();
    return payload(async () => ({ product: await stockKeeping.restock(identity, input) }));
  },
  adjustStock: (_parent, { input }, { stockKeeping, identity, loaders }) => {
    loaders.forgetStock();
    return payload(async () => ({ product: await stockKeeping.adjust(identity, input) }));
  },
};
