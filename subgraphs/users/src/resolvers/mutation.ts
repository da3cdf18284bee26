import { payload } from '@tributary/service-kit';
import type { MutationResolvers } from '../schema.generated.ts';
import { roleOf } from './role.ts';

export const Mutation: MutationResolvers = {
  signUp: (_parent, { input }, { accounts }) => payload(async () => ({ session: await accounts.signUp(input) })),
  signIn: (_parent, { input }, { accounts }) => payload(async () => ({ session: await accounts.signIn(input) })),
  refresh: (_parent, { input }, { sessions }) => payload(async () => ({ session: await sessions.refresh(input) })),
  signOut: (_parent, { input }, { sessions }) =>
    payload(async () => {
      await sessions.signOut(input);
      return { signedOut: true };
    }),
  updateProfile: (_parent, { input }, { profiles, identity }) =>
    payload(async () => ({ user: await profiles.update(identity, input) })),
  changePassword: (_parent, { input }, { accounts, identity }) =>
    payload(async () => ({ session: await accounts.changePassword(identity, input) })),
  addAddress: (_parent, { input }, { addressBook, identity }) =>
    payload(async () => ({ address: await addressBook.add(identity, input) })),
  updateAddress: (_parent, { input }, { addressBook, identity }) =>
    payload(async () => ({ address: await addressBook.update(identity, input) })),
  removeAddress: (_parent, { input }, { addressBook, identity }) =>
    payload(async () => ({ address: await addressBook.remove(identity, input.id) })),
  closeAccount: (_parent, { input }, { accounts, identity }) =>
    payload(async () => ({ closedAt: await accounts.close(identity, input) })),
  setUserRoles: (_parent, { input: { userId, roles } }, { profiles, identity }) =>
    payload(async () => ({ user: await profiles.setRoles(identity, { userId, roles: roles.map(roleOf) }) })),
};
