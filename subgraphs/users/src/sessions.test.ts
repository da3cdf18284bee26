import { createHash } from 'node:crypto';
import { eachEngine } from '@tributary/service-kit/testing';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { usersConfig } from './config.ts';
import { createSessions, type Sessions } from './domain/sessions.ts';
import { createSigningKeys } from './domain/signing-keys.ts';
import { refreshTokens } from './tables.ts';
import { PASSWORD, startUsers, type TestUsers, testConfig } from './testing/start-users.ts';

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');

eachEngine('sessions', (open) => {
  let users: TestUsers;
  let sessions: Sessions;
  beforeAll(async () => {
    users = await startUsers(await open());
    const parts = { database: users.database, log: users.log, config: usersConfig.parse(testConfig).tokens };
    sessions = createSessions({ ...parts, signingKeys: createSigningKeys(parts) });
  });
  afterAll(() => users.stop());

  const refresh = (refreshToken: string) => users.mutate('refresh', { refreshToken });
  const outcome = async (refreshToken: string) => {
    const { session, errors } = await refresh(refreshToken);
    return session === null ? errors[0].__typename : 'refreshed';
  };

  it('go on with a new refresh token each time', async () => {
    const person = await users.person();
    const { session } = await refresh(person.session.refreshToken);
    expect(session.user).toMatchObject({ id: person.id, email: person.email });
    expect(session.refreshToken).not.toBe(person.session.refreshToken);
    expect(session.accessToken).not.toBe(person.session.accessToken);
    expect(await outcome(session.refreshToken)).toBe('refreshed');
  });

  it('end when a refresh token is used again, and no other session with them', async () => {
    const { session: stolen, email } = await users.person();
    const { session: elsewhere } = await users.mutate('signIn', { email, password: PASSWORD });
    const { session: next } = await refresh(stolen.refreshToken);
    expect(await outcome(stolen.refreshToken)).toBe('RefreshTokenReusedError');
    expect(await outcome(next.refreshToken)).toBe('InvalidRefreshTokenError');
    expect(await outcome(elsewhere.refreshToken)).toBe('refreshed');
  });

  it('give two requests that come at once with one token one answer', async () => {
    const { session } = await users.person();
    const outcomes = await Promise.all(Array.from({ length: 2 }, () => outcome(session.refreshToken)));
    expect(outcomes.sort()).toEqual(['RefreshTokenReusedError', 'refreshed']);
  });

  it('end with signing out, which may be repeated and needs any token of theirs', async () => {
    const { session: first } = await users.person();
    const { session: second } = await refresh(first.refreshToken);
    for (const refreshToken of [first.refreshToken, second.refreshToken]) {
      expect(await users.mutate('signOut', { refreshToken })).toEqual({ signedOut: true, errors: [] });
    }
    expect(await outcome(second.refreshToken)).toBe('InvalidRefreshTokenError');
  });

  it('are not had with a token that never was', async () => {
    const { session } = await users.person();
    for (const token of ['', 'nonsense', 'a\0b', session.accessToken, 'x'.repeat(10_000)]) {
      expect(await outcome(token)).toBe('InvalidRefreshTokenError');
      const { signedOut, errors } = await users.mutate('signOut', { refreshToken: token });
      expect([signedOut, errors[0].__typename]).toEqual([null, 'InvalidRefreshTokenError']);
    }
  });

  it('end when nobody refreshes them for 30 days', async () => {
    const { session } = await users.person();
    const pass = (interval: string) =>
      users.database.db.execute(sql`update users.sessions set expires_at = expires_at - ${interval}::interval`);
    await pass('29 days');
    const { session: refreshed } = await refresh(session.refreshToken);
    await pass('29 days');
    const { session: again } = await refresh(refreshed.refreshToken);
    await pass('30 days');
    expect(await outcome(again.refreshToken)).toBe('InvalidRefreshTokenError');
  });

  it('are forgotten once they have expired, and used tokens of those that go on once they would have', async () => {
    const { session: expired } = await users.person();
    const { session } = await users.person();
    const { session: next } = await refresh(session.refreshToken);
    const db = users.database.db;
    await db.execute(sql`update users.sessions set expires_at = now() - interval '1 second'
      where id = (select session_id from users.refresh_tokens where token_hash = ${hashOf(expired.refreshToken)})`);
    await db.execute(sql`update users.refresh_tokens set rotated_at = rotated_at - interval '30 days'
      where token_hash = ${hashOf(session.refreshToken)}`);
    await sessions.prune();
    const left = async (token: string) =>
      (
        await db
          .select()
          .from(refreshTokens)
          .where(eq(refreshTokens.tokenHash, hashOf(token)))
      ).length;
    expect(await left(expired.refreshToken)).toBe(0);
    expect(await left(session.refreshToken)).toBe(0);
    expect(await outcome(next.refreshToken)).toBe('refreshed');
  });

  it('carry the roles that the user has now, and what they may be used for', async () => {
    const { id, session } = await users.person();
    await users.database.db.execute(sql`update users.users set roles = '{customer,admin}' where id = ${id}`);
    const { session: refreshed } = await refresh(session.refreshToken);
    const claims = JSON.parse(Buffer.from(refreshed.accessToken.split('.')[1], 'base64url').toString());
    expect(claims).toMatchObject({ roles: ['customer', 'admin'], scope: 'read:ledger' });
  });
});
