import { hashedId, type Identity, newId } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { PASSWORD, type Person, startUsers, type TestUsers, testConfig } from './testing/start-users.ts';

let users: TestUsers;
let person: Person;
let seen = 0;
beforeAll(async () => {
  users = await startUsers(undefined, { ...testConfig, log: { level: 'info' } });
});
afterAll(() => users.stop());
beforeEach(async () => {
  person = await users.person();
  seen = users.logLines.length;
});

afterEach(() => {
  const lines = users.logLines.join('');
  for (const text of [person.email, person.id, PASSWORD]) expect(lines).not.toContain(text);
});

/** Audit lines since this test began: what is in them beside what every line has. */
const audit = () =>
  users.logLines.slice(seen).flatMap((line) => {
    const { level, message, session_id, ...rest } = JSON.parse(line);
    const told = Object.entries(rest).filter(([name]) => name.startsWith('audit_') || name === 'user');
    return rest.audit_event === undefined ? [] : [{ level, ...Object.fromEntries(told) }];
  });

/** The one line that a mutation writes. */
async function lineOf(name: string, input: object, identity?: Identity) {
  const before = audit().length;
  await users.mutate(name, { ...input }, identity);
  expect(audit().length - before).toBe(1);
  return audit().at(-1);
}

const line = (audit_event: string, audit_outcome: string, userId?: string) => ({
  ...{ level: 'info', audit_event, audit_outcome },
  ...(userId === undefined ? {} : { user: hashedId(userId) }),
});

it('a sign-in is one line: of whose account, whether or not the password is right', async () => {
  const { email, id } = person;
  expect(await lineOf('signIn', { email, password: PASSWORD })).toEqual(line('sign_in', 'SUCCESS', id));
  const wrong = await lineOf('signIn', { email, password: 'a guess of somebody' });
  expect(wrong).toEqual(line('sign_in', 'INVALID_CREDENTIALS', id));
  // Whoever signs in for somebody else while signed in is not whom the line is about.
  const other = await users.person();
  expect(await lineOf('signIn', { email, password: PASSWORD }, other.identity)).toEqual(line('sign_in', 'SUCCESS', id));
});

it('of an address without an account it says no user, and of the eleventh attempt that it was one too many', async () => {
  const email = 'nobody-here@example.com';
  const attempts = [];
  for (let count = 0; count < 11; count++)
    attempts.push(await lineOf('signIn', { email, password: 'a guess' }, person.identity));
  expect(attempts[0]).toEqual(line('sign_in', 'INVALID_CREDENTIALS'));
  expect(attempts[10]).toEqual(line('sign_in', 'TOO_MANY_ATTEMPTS'));
});

it('so are a sign-up, a change of password and the end of an account', async () => {
  const { email, id, identity } = person;
  const fresh = { email: 'audit.fresh@example.com', password: PASSWORD, name: 'Fresh' };
  expect(await lineOf('signUp', fresh)).toEqual({
    ...line('sign_up', 'SUCCESS'),
    user: expect.stringMatching(/^[\da-f]{16}$/),
  });
  expect(await lineOf('signUp', { ...fresh, email })).toEqual(line('sign_up', 'EMAIL_TAKEN'));
  expect(await lineOf('signUp', { ...fresh, email: 'no address' })).toEqual(line('sign_up', 'INVALID_INPUT'));
  const changed = { currentPassword: PASSWORD, newPassword: 'another horse battery staple' };
  expect(await lineOf('changePassword', changed, identity)).toEqual(line('password_change', 'SUCCESS', id));
  expect(await lineOf('changePassword', changed, identity)).toEqual(line('password_change', 'INVALID_CREDENTIALS', id));
  expect(await lineOf('changePassword', changed)).toEqual(line('password_change', 'UNAUTHENTICATED'));
  expect(await lineOf('closeAccount', { password: PASSWORD }, identity)).toEqual(
    line('account_close', 'INVALID_CREDENTIALS', id),
  );
  const closing = { password: changed.newPassword };
  expect(await lineOf('closeAccount', closing, identity)).toEqual(line('account_close', 'SUCCESS', id));
});

it('so are roles that are given: to whom, by whom, and which', async () => {
  const admin = { kind: 'user', userId: newId(), roles: ['admin'] } as const;
  const given = { audit_by: hashedId(admin.userId), audit_roles: ['customer', 'admin'] };
  const input = { userId: person.id, roles: ['CUSTOMER', 'ADMIN'] };
  expect(await lineOf('setUserRoles', input, admin)).toEqual({
    ...line('role_change', 'SUCCESS', person.id),
    ...given,
  });
  expect(await lineOf('setUserRoles', input, person.identity)).toEqual({
    ...line('role_change', 'FORBIDDEN', person.id),
    ...{ ...given, audit_by: hashedId(person.id) },
  });
});

it('so is a sign-out, and a refresh token that was used twice; one that is used once is none', async () => {
  const { id, session } = person;
  await users.mutate('refresh', { refreshToken: session.refreshToken });
  expect(audit()).toEqual([]);
  const reused = await lineOf('refresh', { refreshToken: session.refreshToken });
  expect(reused).toEqual({ ...line('session_refresh', 'REFRESH_TOKEN_REUSED', id), level: 'warn' });
  expect(await lineOf('signOut', { refreshToken: session.refreshToken })).toEqual(line('sign_out', 'SUCCESS', id));
  expect(await lineOf('signOut', { refreshToken: 'nonsense' })).toEqual(line('sign_out', 'INVALID_REFRESH_TOKEN'));
});

it('each is found under its request', async () => {
  await lineOf('signIn', { email: person.email, password: PASSWORD });
  const { request_id } = JSON.parse(users.logLines.find((each) => each.includes('"audit_event"')) ?? '{}');
  await until('its access line', () =>
    users.logLines.some((each) => each.includes(request_id) && each.includes('"message":"request"')),
  );
});
