import { type Identity, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PASSWORD, startUsers, type TestUsers } from './testing/start-users.ts';

const admin: Identity = { kind: 'user', userId: newId(), roles: ['admin'] };
const ADDRESS = { recipient: 'A Person', line1: 'Somewhere 1', city: 'Berlin', country: 'DE' };

eachEngine('closing an account', (open) => {
  let users: TestUsers;
  beforeAll(async () => {
    users = await startUsers(await open());
  });
  afterAll(() => users.stop());

  const count = async (table: string, id: string) => {
    const query = sql`select count(*)::int as count from ${sql.raw(`users.${table}`)} where user_id = ${id}`;
    return ((await users.database.db.execute(query)) as unknown as { rows: { count: number }[] }).rows[0]?.count;
  };

  it('erases what is personal, ends what was open, and says so', async () => {
    const { id, email, identity, session } = await users.person();
    await users.mutate('addAddress', ADDRESS, identity);
    const { closedAt, errors } = await users.mutate('closeAccount', { password: PASSWORD }, identity);
    expect(errors).toEqual([]);
    expect((await users.published()).at(-1)).toMatchObject({
      type: 'users.account.closed.v1',
      subject: id,
      data: { userId: id },
    });

    for (const table of ['credentials', 'sessions', 'addresses']) expect(await count(table, id), table).toBe(0);
    const query = 'query ($id: ID!) { user(id: $id) { id email name closedAt roles addresses { id } } }';
    const tombstone = { id, email: null, name: null, closedAt, roles: [], addresses: [] };
    expect((await users.query(query, { id }, admin)).data.user).toEqual(tombstone);
    expect((await users.query(query, { id }, identity)).data.user).toBeNull();
    expect((await users.query(query, { id }, { ...identity, userId: newId() })).data.user).toBeNull();
    const listed = await users.query('{ users(limit: 100) { users { id } } }', {}, admin);
    expect(listed.data.users.users).not.toContainEqual({ id });

    expect((await users.mutate('refresh', { refreshToken: session.refreshToken })).errors).toHaveLength(1);
    expect((await users.mutate('signIn', { email, password: PASSWORD })).errors).toHaveLength(1);
    expect((await users.mutate('signUp', { email, password: PASSWORD, name: 'Somebody else' })).errors).toEqual([]);
  });

  it('leaves an access token that lives on without an account to change', async () => {
    const { id, identity } = await users.person();
    await users.mutate('closeAccount', { password: PASSWORD }, identity);
    const change = { currentPassword: PASSWORD, newPassword: 'a wholly different phrase' };
    expect(await users.mutate('closeAccount', { password: PASSWORD }, identity)).toBe('UNAUTHENTICATED');
    expect(await users.mutate('changePassword', change, identity)).toBe('UNAUTHENTICATED');
    expect(await users.mutate('updateProfile', { name: 'Back again' }, identity)).toBe('UNAUTHENTICATED');
    expect(await users.mutate('addAddress', ADDRESS, identity)).toBe('UNAUTHENTICATED');
    const roles = await users.mutate('setUserRoles', { userId: id, roles: ['ADMIN'] }, admin);
    expect(roles.errors).toMatchObject([{ __typename: 'NotFoundError' }]);
  });

  it('takes the password, and nobody else', async () => {
    const { email, identity } = await users.person();
    const close = (password: string, as?: Identity) => users.mutate('closeAccount', { password }, as);
    expect(await close(PASSWORD)).toBe('UNAUTHENTICATED');
    expect(await close(PASSWORD, admin)).toBe('UNAUTHENTICATED');
    const guesses = await Promise.all(Array.from({ length: 11 }, () => close('a guess', identity)));
    const typenames = new Set(guesses.map(({ errors }) => errors[0].__typename));
    expect([...typenames].sort()).toEqual(['InvalidCredentialsError', 'TooManyAttemptsError']);
    await users.database.db.execute(sql`delete from users.sign_in_attempts`);
    expect((await users.mutate('signIn', { email, password: PASSWORD })).errors).toEqual([]);
  });

  it('leaves nothing behind when an address, a session and a refresh come at the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      const { id, email, identity, session } = await users.person();
      const adding = Array.from({ length: 5 }, () => users.mutate('addAddress', ADDRESS, identity));
      const [closed, ...others] = await Promise.all([
        users.mutate('closeAccount', { password: PASSWORD }, identity),
        users.mutate('signIn', { email, password: PASSWORD }),
        users.mutate('refresh', { refreshToken: session.refreshToken }),
        ...adding,
      ]);
      expect(closed.errors).toEqual([]);
      expect(others).not.toContain('INTERNAL_SERVER_ERROR');
      for (const table of ['credentials', 'sessions', 'addresses']) expect(await count(table, id), table).toBe(0);
    }
  });
});
