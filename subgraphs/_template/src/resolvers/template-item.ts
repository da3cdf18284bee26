import type { TemplateItemResolvers } from '../schema.generated.ts';

export const TemplateItem: TemplateItemResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.item.load(id),
};
