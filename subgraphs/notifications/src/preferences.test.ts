import { anonymous, type Identity } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startNotifications, type TestNotifications } from './testing/start-notifications.ts';

const PREFERENCES = '{ notificationPreferences { category channel enabled required } }';
const change = (category: string, channel: string, enabled: boolean) => ({ category, channel, enabled });

eachEngine('preferences', (open) => {
  let server: TestNotifications;
  beforeAll(async () => {
    server = await startNotifications(await open());
  });
  afterAll(() => server.stop());

  const read = async (identity: Identity) =>
    (await server.query(PREFERENCES, {}, identity)).data.notificationPreferences;
  const update = (identity: Identity, ...changes: object[]) =>
    server.mutate('updateNotificationPreferences', { changes }, identity);
  const disabledOf = (list: { enabled: boolean; category: string; channel: string }[]) =>
    list.filter(({ enabled }) => !enabled).map(({ category, channel }) => `${category} ${channel}`);

  it('begin with everything on', async () => {
    const all = await read(server.newUser());
    expect(all).toHaveLength(9);
    expect(disabledOf(all)).toEqual([]);
    expect(all.filter(({ required }: { required: boolean }) => required)).toEqual([
      { category: 'SECURITY', channel: 'INBOX', enabled: true, required: true },
      { category: 'SECURITY', channel: 'EMAIL', enabled: true, required: true },
    ]);
  });

  it('are changed one by one, each user’s own', async () => {
    const [user, other] = [server.newUser(), server.newUser()];
    const off = await update(user, change('ORDERS', 'EMAIL', false), change('SECURITY', 'WEBHOOK', false));
    expect(disabledOf(off.preferences)).toEqual(['ORDERS EMAIL', 'SECURITY WEBHOOK']);
    const on = await update(user, change('ORDERS', 'EMAIL', true), change('SECURITY', 'EMAIL', true));
    expect(disabledOf(on.preferences)).toEqual(['SECURITY WEBHOOK']);
    expect(await read(user)).toEqual(on.preferences);
    expect(disabledOf(await read(other))).toEqual([]);
  });

  it.each(['INBOX', 'EMAIL'])('cannot keep what concerns security out of %s', async (channel) => {
    const user = server.newUser();
    const { preferences, errors } = await update(
      user,
      change('ORDERS', 'INBOX', false),
      change('SECURITY', channel, false),
    );
    expect(preferences).toBeNull();
    expect(errors).toEqual([
      { __typename: 'ChannelRequiredError', code: 'CHANNEL_REQUIRED', category: 'SECURITY', channel },
    ]);
    expect(disabledOf(await read(user))).toEqual([]);
  });

  it('refuse a change that says nothing, or says something twice', async () => {
    const user = server.newUser();
    const twice = [change('ORDERS', 'EMAIL', false), change('ORDERS', 'EMAIL', true)];
    const many = Array.from({ length: 1000 }, () => change('ORDERS', 'EMAIL', false));
    for (const changes of [[], twice, many]) {
      const { errors } = await update(user, ...changes);
      expect(errors).toEqual([{ __typename: 'InvalidInputError', code: 'INVALID_INPUT', field: 'changes' }]);
    }
    expect(await update(user, change('MARKETING', 'EMAIL', false))).toBe('BAD_USER_INPUT');
    expect(disabledOf(await read(user))).toEqual([]);
  });

  it('are nobody’s without a sign-in', async () => {
    const externalUser: Identity = { kind: 'user', userId: 'auth0|1', roles: ['customer'] };
    for (const identity of [anonymous, externalUser, { kind: 'service', service: 'orders' } as const]) {
      expect(await update(identity, change('ORDERS', 'EMAIL', false))).toBe('UNAUTHENTICATED');
      const { data, errors } = await server.query(PREFERENCES, {}, identity);
      expect([data.notificationPreferences, errors?.[0]?.extensions.code]).toEqual([null, 'UNAUTHENTICATED']);
    }
  });
});
