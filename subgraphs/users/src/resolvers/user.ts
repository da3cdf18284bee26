import type { UserResolvers } from '../schema.generated.ts';
import { graphqlRoleOf } from './role.ts';

export const User: UserResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.user.load(id),
  roles: ({ roles }) => roles?.map(graphqlRoleOf) ?? null,
  addresses: ({ id, seesAddresses }, _args, { loaders }) => (seesAddresses ? loaders.addressesOfUser.load(id) : null),
};
