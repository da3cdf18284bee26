import type { QueryResolvers } from '../schema.generated.ts';

export const Query: QueryResolvers = {
  me: (_parent, _args, { loaders, identity }) => (identity.kind === 'user' ? loaders.user.load(identity.userId) : null),
  user: (_parent, { id }, { loaders }) => loaders.user.load(id),
  users: (_parent, args, { profiles, identity }) => profiles.page(identity, args),
};
