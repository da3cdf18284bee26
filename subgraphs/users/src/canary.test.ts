import type { Identity } from '@tributary/service-kit';
import { eachEngine, startTestSubgraph } from '@tributary/service-kit/testing';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { subgraph } from './subgraph.ts';
import { testConfig } from './testing/start-users.ts';

const EMAIL = 'canary.email@example.com';
const PASSWORD = 'canary-password-1';
const NEW_PASSWORD = 'canary-password-2';
const CANARY = /canary/i;
const MUTATIONS = `
  mutation SignUp($input: SignUpInput!) { signUp(input: $input) { session { ...S } errors { ...E } } }
  mutation SignIn($input: SignInInput!) { signIn(input: $input) { session { ...S } errors { ...E } } }
  mutation Refresh($input: RefreshInput!) { refresh(input: $input) { session { ...S } errors { ...E } } }
  mutation SignOut($input: SignOutInput!) { signOut(input: $input) { signedOut errors { ...E } } }
  mutation UpdateProfile($input: UpdateProfileInput!) { updateProfile(input: $input) { user { name } errors { ...E } } }
  mutation ChangePassword($input: ChangePasswordInput!) { changePassword(input: $input) { session { ...S } errors { ...E } } }
  mutation AddAddress($input: AddAddressInput!) { addAddress(input: $input) { address { id } errors { ...E } } }
  mutation CloseAccount($input: CloseAccountInput!) { closeAccount(input: $input) { closedAt errors { ...E } } }
  fragment S on Session { accessToken refreshToken user { id email } }
  fragment E on DomainError { __typename code message }
`;

eachEngine('what is personal or secret', (open) => {
  it('is in no log line, event, metric or error, whatever happens', async () => {
    await using database = await open();
    const config = { ...testConfig, log: { level: 'trace' } } as const;
    await using users = await startTestSubgraph(subgraph, { database, config });
    const told: string[] = [];
    const tokens: string[] = [];
    const send = async (operationName: string, input: object, identity?: Identity) => {
      const answer = await users.query<Answer>(MUTATIONS, { input }, identity, operationName);
      const payload = Object.values(answer.data ?? {})[0];
      told.push(JSON.stringify([answer.errors, payload?.errors]));
      if (payload?.session) tokens.push(payload.session.accessToken, payload.session.refreshToken);
      return { ...payload, code: answer.errors?.[0]?.extensions.code ?? payload?.errors?.[0]?.code };
    };
    const signUp = { email: EMAIL, password: PASSWORD, name: 'Canary Name' };
    const address = { recipient: 'Canary R', line1: 'Canary Street', city: 'Canary', country: 'GB' };

    const { session } = await send('SignUp', signUp);
    const me = { kind: 'user', userId: session?.user.id ?? '', roles: ['customer'] } as const;
    const refreshToken = session?.refreshToken;
    const codes = [
      await send('SignUp', signUp),
      await send('SignUp', { ...signUp, email: 'canary' }),
      await send('SignUp', { ...signUp, password: 'canary' }),
      await send('SignUp', { ...signUp, unknownField: 'canary' }),
      await send('SignUp', { ...signUp, password: { canary: PASSWORD } }),
      await send('SignIn', { email: EMAIL, password: 'canary-wrong' }),
      await send('Refresh', { refreshToken }),
      await send('Refresh', { refreshToken }),
      await send('SignOut', { refreshToken: 'canary' }),
      await send('UpdateProfile', { name: 'Canary\nName' }, me),
      await send('AddAddress', { ...address, country: 'canary' }, me),
      await send('AddAddress', { ...address, line1: 'Canary\n'.repeat(50) }, me),
      await send('AddAddress', address, me),
      await send('ChangePassword', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }, me),
    ].map(({ code }) => code);
    expect(codes).toEqual([
      'EMAIL_TAKEN',
      'INVALID_INPUT',
      'WEAK_PASSWORD',
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
      'INVALID_CREDENTIALS',
      undefined,
      'REFRESH_TOKEN_REUSED',
      'INVALID_REFRESH_TOKEN',
      'INVALID_INPUT',
      'BAD_USER_INPUT',
      'INVALID_INPUT',
      undefined,
      undefined,
    ]);

    // A database that fails in the midst of a statement quotes its parameters.
    await users.database.db.execute(sql`alter table users.users rename column name to missing`);
    for (const failing of [
      await send('SignUp', { ...signUp, email: 'another.canary@example.com' }),
      await send('SignIn', { email: EMAIL, password: NEW_PASSWORD }),
      await send('UpdateProfile', { name: 'Canary again' }, me),
    ]) {
      expect(failing.code).toBe('INTERNAL_SERVER_ERROR');
    }
    await users.database.db.execute(sql`alter table users.users rename column missing to name`);
    expect((await send('CloseAccount', { password: NEW_PASSWORD }, me)).code).toBeUndefined();

    told.push(JSON.stringify(await users.published()));
    const { rows } = (await users.database.db.execute(sql`select * from users.outbox`)) as unknown as {
      rows: object[];
    };
    expect(rows).toHaveLength(3);
    told.push(JSON.stringify(rows), await users.metrics.scrape());
    await users.stop();
    told.push(...users.logLines);

    expect(told.filter((text) => text.includes('users.account.closed.v1'))).not.toEqual([]);
    expect(told.filter((text) => text.includes('"message":"resolver failed"'))).toHaveLength(3);
    expect(tokens.length).toBeGreaterThanOrEqual(6);
    for (const text of told) {
      expect(text).not.toMatch(CANARY);
      for (const token of tokens) expect(text).not.toContain(token);
    }
  });
});

type Answer = Record<string, Payload | null>;

interface Payload {
  session?: { accessToken: string; refreshToken: string; user: { id: string } } | null;
  errors?: { code: string }[];
}
