import { anonymous, DomainError, type Identity, newId } from '@tributary/service-kit';
import { eachEngine, type TestDatabase } from '@tributary/service-kit/testing';
import { sql } from 'drizzle-orm';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPasswordHasher } from './domain/password-hasher.ts';
import { createSignInThrottle } from './domain/sign-in-throttle.ts';
import { createVerifyCredentials } from './domain/verify-credentials.ts';
import { PASSWORD, startUsers, type TestUsers } from './testing/start-users.ts';

const admin: Identity = { kind: 'user', userId: newId(), roles: ['admin'] };
const refused = (typename: string, more = {}) => ({ errors: [{ __typename: typename, ...more }] });

eachEngine('accounts', (open) => {
  let database: TestDatabase;
  let users: TestUsers;
  beforeAll(async () => {
    database = await open();
    users = await startUsers(database);
  });
  afterAll(() => users.stop());

  it('are opened with a session, whose token verifies with the published keys', async () => {
    const { session, errors } = await users.mutate('signUp', {
      email: ' Ada@Example.com ',
      password: PASSWORD,
      name: ' Ada Lovelace ',
      locale: 'DE',
    });
    expect(errors).toEqual([]);
    expect(session.user).toMatchObject({
      email: 'Ada@Example.com',
      name: 'Ada Lovelace',
      locale: 'DE',
      roles: ['CUSTOMER'],
    });

    const jwks = new URL('/.well-known/jwks.json', users.url);
    expect((await fetch(jwks)).headers.get('cache-control')).toBe('public, max-age=300');
    const { payload, protectedHeader } = await jwtVerify(session.accessToken, createRemoteJWKSet(jwks), {
      issuer: 'tributary',
      audience: 'tributary',
      typ: 'at+jwt',
      algorithms: ['ES256'],
    });
    expect(protectedHeader.kid).toEqual(expect.any(String));
    expect(payload).toEqual({
      iss: 'tributary',
      aud: 'tributary',
      sub: session.user.id,
      roles: ['customer'],
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + 15 * 60,
    });
    expect(new Date(session.expiresAt).getTime()).toBe((payload.exp ?? 0) * 1000);
    expect((await users.published()).at(-1)).toMatchObject({
      type: 'users.account.registered.v1',
      subject: session.user.id,
      data: { userId: session.user.id },
    });
  });

  it('have one e-mail address each, however it is spelt and however many ask for it at once', async () => {
    const attempts = ['grace@example.com', 'Grace@example.com', 'GRACE@EXAMPLE.COM'].map((email) =>
      users.mutate('signUp', { email, password: PASSWORD, name: 'Grace' }),
    );
    const outcomes = (await Promise.all(attempts)).map(({ errors }) => errors[0]?.__typename ?? 'opened').sort();
    expect(outcomes).toEqual(['EmailTakenError', 'EmailTakenError', 'opened']);
    const signedIn = await users.mutate('signIn', { email: 'gRACE@example.com', password: PASSWORD });
    expect(signedIn.session.user.email).toMatch(/^grace@example.com$/i);
  });

  it('are not opened with what is not valid', async () => {
    const valid = { email: 'new@example.com', password: PASSWORD, name: 'New' };
    const cases = [
      [{ email: 'no address' }, 'InvalidInputError', 'email'],
      [{ email: 'a\0@example.com' }, 'InvalidInputError', 'email'],
      [{ name: ' ' }, 'InvalidInputError', 'name'],
      [{ name: 'x'.repeat(101) }, 'InvalidInputError', 'name'],
      [{ name: 'a\0b' }, 'InvalidInputError', 'name'],
      [{ name: 'half \ud83d of a pair' }, 'InvalidInputError', 'name'],
      [{ password: 'short' }, 'WeakPasswordError', undefined],
      [{ password: 'new@example.com' }, 'WeakPasswordError', undefined],
    ] as const;
    for (const [changes, typename, field] of cases) {
      const answer = await users.mutate('signUp', { ...valid, ...changes });
      expect(answer, JSON.stringify(changes)).toMatchObject(refused(typename, field === undefined ? {} : { field }));
    }
    expect((await users.mutate('signUp', valid)).errors).toEqual([]);
  });

  it('are entered with the right password only; an unknown account is refused in the same words', async () => {
    const { email, id } = await users.person();
    const { session } = await users.mutate('signIn', { email, password: PASSWORD });
    expect(session.user.id).toBe(id);
    const wrong = await users.mutate('signIn', { email, password: `${PASSWORD}!` });
    expect(wrong).toMatchObject(refused('InvalidCredentialsError'));
    for (const unknown of ['nobody@example.com', 'no address', 'a\0@example.com', '', 'x'.repeat(10_000)]) {
      expect(await users.mutate('signIn', { email: unknown, password: PASSWORD })).toEqual(wrong);
    }
  });

  it('refuse guesses after ten failures, unknown accounts too, until the window is over', async () => {
    const { email } = await users.person();
    for (const account of [email, 'unknown@example.com']) {
      const guesses = Array.from({ length: 12 }, () => users.mutate('signIn', { email: account, password: 'a guess' }));
      const outcomes = (await Promise.all(guesses)).map(({ errors }) => errors[0].__typename);
      expect(outcomes.filter((typename) => typename === 'TooManyAttemptsError')).toHaveLength(2);
    }
    const document = `mutation ($input: SignInInput!) {
      signIn(input: $input) { errors { __typename ... on TooManyAttemptsError { retryAfterSeconds } } }
    }`;
    const input = { email: email.toUpperCase(), password: PASSWORD };
    const { data } = await users.query(document, { input });
    const [error] = data.signIn.errors;
    expect(error.__typename).toBe('TooManyAttemptsError');
    expect(error.retryAfterSeconds).toBeGreaterThan(800);
    expect(error.retryAfterSeconds).toBeLessThanOrEqual(900);

    await users.database.db.execute(
      sql`update users.sign_in_attempts set window_started_at = window_started_at - interval '15 minutes'`,
    );
    expect((await users.mutate('signIn', input)).errors).toEqual([]);
    expect((await users.mutate('signIn', { ...input, password: 'a guess' })).errors[0].__typename).toBe(
      'InvalidCredentialsError',
    );
  });

  it('cost a hash when they are unknown as when they are known, and none once it is refused as one too many', async () => {
    const { database: db } = users;
    const hasher = createPasswordHasher({ memory: 8 * 1024, passes: 1 });
    const hashedFor: (string | undefined)[] = [];
    const verify = createVerifyCredentials({
      database: db,
      throttle: createSignInThrottle(db),
      hasher: {
        ...hasher,
        verify(password, stored) {
          hashedFor.push(stored);
          return hasher.verify(password, stored);
        },
      },
    });
    for (let attempt = 0; attempt < 12; attempt++) {
      await expect(verify('no.account@example.com', 'a guess')).rejects.toBeInstanceOf(DomainError);
    }
    expect(hashedFor).toEqual(Array(10).fill(undefined));
  });

  it('take a new password from who knows the present one, and end every other session', async () => {
    const { email, identity, session } = await users.person();
    const newPassword = 'a wholly different phrase';
    const changed = await users.mutate('changePassword', { currentPassword: PASSWORD, newPassword }, identity);
    expect(changed.errors).toEqual([]);
    expect((await users.published()).at(-1)?.type).toBe('users.password.changed.v1');

    const old = await users.mutate('refresh', { refreshToken: session.refreshToken });
    expect(old).toMatchObject(refused('InvalidRefreshTokenError'));
    expect((await users.mutate('refresh', { refreshToken: changed.session.refreshToken })).errors).toEqual([]);
    expect((await users.mutate('signIn', { email, password: PASSWORD })).errors).toHaveLength(1);
    expect((await users.mutate('signIn', { email, password: newPassword })).errors).toEqual([]);
  });

  it('keep their password when the change is refused', async () => {
    const { email, identity } = await users.person();
    const change = (input: object, as?: Identity) =>
      users.mutate(
        'changePassword',
        { currentPassword: PASSWORD, newPassword: 'a wholly different phrase', ...input },
        as,
      );
    expect(await change({})).toBe('UNAUTHENTICATED');
    expect(await change({}, { kind: 'user', userId: newId(), roles: ['customer'] })).toBe('UNAUTHENTICATED');
    expect(await change({}, { kind: 'user', userId: 'auth0|42', roles: ['customer'] })).toBe('UNAUTHENTICATED');
    expect(await change({ currentPassword: 'wrong' }, identity)).toMatchObject(refused('InvalidCredentialsError'));
    expect(await change({ newPassword: 'short' }, identity)).toMatchObject(refused('WeakPasswordError'));
    const guesses = Array.from({ length: 12 }, () => change({ currentPassword: 'wrong' }, identity));
    const typenames = (await Promise.all(guesses)).map(({ errors }) => errors[0].__typename);
    expect(typenames.filter((typename) => typename === 'TooManyAttemptsError')).toHaveLength(3);
    await users.database.db.execute(sql`delete from users.sign_in_attempts`);
    expect((await users.mutate('signIn', { email, password: PASSWORD })).errors).toEqual([]);
  });

  it('are renewed to the configured cost of hashing when their owner signs in', async () => {
    const { email, id } = await users.person();
    const read = async () => {
      const result = await users.database.db.execute(
        sql`select password_hash from users.credentials where user_id = ${id}`,
      );
      return (result as unknown as { rows: { password_hash: string }[] }).rows[0]?.password_hash;
    };
    const dearer = await startUsers(database, {
      tokens: { keyEncryptionSecret: 'a secret of the tests, long enough to be one' },
      passwordHash: { memory: '16KiB', passes: 1 },
    });
    try {
      const signIns = Array.from({ length: 3 }, () => dearer.mutate('signIn', { email, password: PASSWORD }));
      for (const { errors } of await Promise.all(signIns)) expect(errors).toEqual([]);
      expect(await read()).toMatch(/^\$argon2id\$v=19\$m=16,t=1,p=1\$/);
    } finally {
      await dearer.stop();
    }
    expect((await users.mutate('signIn', { email, password: PASSWORD })).errors).toEqual([]);
  });

  it('change name and language, each alone', async () => {
    const { identity } = await users.person();
    expect((await users.mutate('updateProfile', { name: ' Renamed ' }, identity)).user).toMatchObject({
      name: 'Renamed',
      locale: 'EN',
    });
    expect((await users.mutate('updateProfile', { locale: 'DE', name: null }, identity)).user).toMatchObject({
      name: 'Renamed',
      locale: 'DE',
    });
    expect((await users.mutate('updateProfile', {}, identity)).errors).toEqual([]);
    const refusal = await users.mutate('updateProfile', { name: 'two\nlines' }, identity);
    expect(refusal).toMatchObject(refused('InvalidInputError', { field: 'name' }));
    expect(await users.mutate('updateProfile', { name: 'Nobody' })).toBe('UNAUTHENTICATED');
  });

  it('get their roles from administrators', async () => {
    const { id, email, identity } = await users.person();
    const set = (input: object, as: Identity = admin) => users.mutate('setUserRoles', { userId: id, ...input }, as);
    const promoted = await set({ roles: ['ADMIN', 'CUSTOMER', 'ADMIN'] });
    expect(promoted).toMatchObject({ user: { id, roles: ['ADMIN', 'CUSTOMER'] }, errors: [] });
    const { session } = await users.mutate('signIn', { email, password: PASSWORD });
    expect(JSON.parse(Buffer.from(session.accessToken.split('.')[1], 'base64url').toString()).roles).toEqual([
      'admin',
      'customer',
    ]);

    expect(await set({ roles: ['ADMIN'] }, anonymous)).toBe('UNAUTHENTICATED');
    expect(await set({ roles: ['ADMIN'] }, identity)).toBe('FORBIDDEN');
    expect(await set({ roles: [] })).toMatchObject(refused('InvalidInputError', { field: 'roles' }));
    expect(await set({ roles: ['ADMIN'], userId: newId() })).toMatchObject(refused('NotFoundError'));
    expect(await set({ roles: ['ADMIN'], userId: 'nonsense' })).toMatchObject(refused('NotFoundError'));
    const self: Identity = { kind: 'user', userId: id, roles: ['admin', 'customer'] };
    expect(await set({ roles: ['CUSTOMER'] }, self)).toMatchObject(refused('CannotRemoveOwnAdminRoleError'));
    expect((await set({ roles: ['ADMIN'] }, self)).errors).toEqual([]);
  });
});
