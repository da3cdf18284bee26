import {
  accountOf,
  CodedError,
  DomainError,
  hashedId,
  type Identity,
  invalidInput,
  isId,
  notFound,
  type Page,
  pageFrom,
  paginationOf,
  plainText,
  type Role,
  requireAdmin,
  type ServiceKit,
} from '@tributary/service-kit';
import { listOpenUsers, type UserRow, updateUser } from '../store/user-store.ts';
import { createAudited } from './audit.ts';
import { MAX_NAME_LENGTH } from './max-name-length.ts';
import { ownView, type UserView, userView } from './user-view.ts';

/** What is known of people, beside their passwords. */
export interface Profiles {
  /** @throws CodedError UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT */
  page(
    identity: Identity,
    asked: Pick<Page, 'page' | 'limit'>,
  ): Promise<{ users: UserView[]; pagination: ReturnType<typeof paginationOf> }>;
  /** @throws CodedError UNAUTHENTICATED; DomainError InvalidInputError */
  update(identity: Identity, changes: ProfileChanges): Promise<UserView>;
  /**
   * @throws CodedError UNAUTHENTICATED, FORBIDDEN; DomainError NotFoundError, InvalidInputError,
   * CannotRemoveOwnAdminRoleError. Writes one audit line, whatever comes of it
   */
  setRoles(identity: Identity, input: { userId: string; roles: readonly Role[] }): Promise<UserView>;
}

/** What is null or missing stays as it is. */
export interface ProfileChanges {
  name?: string | null | undefined;
  locale?: UserRow['locale'] | null | undefined;
}

export function createProfiles({ database: { db }, log }: Pick<ServiceKit, 'database' | 'log'>): Profiles {
  const audited = createAudited(log);

  async function setRoles(identity: Identity, { userId, roles }: { userId: string; roles: readonly Role[] }) {
    const admin = requireAdmin(identity);
    if (roles.length === 0) throw invalidInput('roles', 'A user has at least one role.');
    if (userId === admin.userId && !roles.includes('admin')) {
      throw new DomainError(
        'CannotRemoveOwnAdminRoleError',
        'Administrators cannot take the role ADMIN from themselves.',
      );
    }
    const row = isId(userId) ? await updateUser(db, userId, { roles: [...new Set(roles)] }) : undefined;
    const view = row && userView(identity, row);
    if (view === undefined) throw notFound('user');
    return view;
  }

  return {
    async page(identity, asked) {
      requireAdmin(identity);
      const page = pageFrom(asked);
      const { rows, total } = await listOpenUsers(db, page);
      return {
        users: rows.flatMap((row) => userView(identity, row) ?? []),
        pagination: paginationOf(page, total),
      };
    },

    async update(identity, { name, locale }) {
      const changes = {
        ...(typeof name === 'string' ? { name: plainText('name', name, MAX_NAME_LENGTH) } : {}),
        ...(locale ? { locale } : {}),
      };
      const row = await updateUser(db, accountOf(identity), changes);
      if (row === undefined) throw new CodedError('UNAUTHENTICATED');
      return ownView(row);
    },

    setRoles(identity, input) {
      const by = identity.kind === 'user' ? hashedId(identity.userId) : undefined;
      const more = { audit_by: by, audit_roles: [...new Set(input.roles)] };
      return audited(
        'role_change',
        (subject) => {
          subject.userId = input.userId;
          return setRoles(identity, input);
        },
        more,
      );
    },
  };
}
