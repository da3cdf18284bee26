import { type Identity, isAdmin, maySee } from '@tributary/service-kit';
import type { UserRow } from '../store/user-store.ts';

/** What one caller sees of a user; what is hidden from the caller is null. */
export interface UserView extends Pick<UserRow, 'id' | 'name' | 'locale' | 'createdAt' | 'closedAt' | 'email'> {
  roles: UserRow['roles'] | null;
  seesAddresses: boolean;
}

/**
 * Everything for the user, administrators and services; name, language and age of the account for others who are
 * signed in; nothing for strangers. A closed account is there for administrators and services only.
 */
export function userView(identity: Identity, row: UserRow): UserView | undefined {
  if (identity.kind === 'anonymous') return undefined;
  if (row.closedAt !== null && identity.kind !== 'service' && !isAdmin(identity)) return undefined;
  const { id, name, locale, createdAt, closedAt } = row;
  const full = maySee(identity, id);
  return {
    id,
    name,
    locale,
    createdAt,
    closedAt,
    email: full ? row.email : null,
    roles: full ? row.roles : null,
    seesAddresses: full,
  };
}

/** What the user sees of the own account. */
export const ownView = (row: UserRow): UserView => ({ ...row, seesAddresses: true });
