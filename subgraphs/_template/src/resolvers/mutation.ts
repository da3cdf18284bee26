import { payload } from '@tributary/service-kit';
import type { MutationResolvers } from '../schema.generated.ts';

export const Mutation: MutationResolvers = {
  addTemplateItem: (_parent, { input }, { items, identity }) =>
    payload(async () => ({ item: await items.add(identity, input) })),
};
