import type { QueryResolvers } from '../schema.generated.ts';

export const Query: QueryResolvers = {
  templateItem: (_parent, { id }, { loaders }) => loaders.item.load(id),
  templateItems: (_parent, args, { items }) => items.page(args),
};
