import { type Db, type Identity, listLoader, rowLoader } from '@tributary/service-kit';
import { userView } from '../domain/user-view.ts';
import { findAddressesOf } from '../store/address-store.ts';
import { findUsers } from '../store/user-store.ts';

/** One set per request: every user that it names is read in one query, as far as the caller may see them. */
export const createLoaders = (db: Db, identity: Identity) => ({
  user: rowLoader(
    'user',
    async (ids) => (await findUsers(db, ids)).flatMap((row) => userView(identity, row) ?? []),
    (user) => user.id,
  ),
  addressesOfUser: listLoader(
    'addressesOfUser',
    (userIds) => findAddressesOf(db, userIds),
    (address) => address.userId,
  ),
});

export type Loaders = ReturnType<typeof createLoaders>;
