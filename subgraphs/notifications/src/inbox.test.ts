import { anonymous, type Identity, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPrune } from './domain/prune.ts';
import { startNotifications, type TestNotifications, type User } from './testing/start-notifications.ts';

const INBOX = `query ($representations: [_Any!]!, $first: Int! = 20, $after: String, $unreadOnly: Boolean! = false) {
  _entities(representations: $representations) { ... on User {
    unreadNotificationCount
    notifications(first: $first, after: $after, unreadOnly: $unreadOnly) {
      nodes { id kind readAt order { id } recipient { id } } edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } } }`;
const WORDS = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on Notification { id title body } } }`;
const ONE = 'query ($id: ID!) { notification(id: $id) { id kind createdAt } }';
const MARK_ALL = 'mutation { markAllNotificationsRead { marked } }';

eachEngine('an inbox', (open) => {
  let server: TestNotifications;
  beforeAll(async () => {
    server = await startNotifications(await open());
  });
  afterAll(() => server.stop());

  const read = async (user: { userId: string }, variables: object = {}, identity: Identity = user as User) => {
    const representations = [{ __typename: 'User', id: user.userId }];
    const { data, errors } = await server.query(INBOX, { representations, ...variables }, identity);
    return data?._entities[0]?.notifications ? data._entities[0] : (errors?.[0]?.extensions.code ?? data?._entities[0]);
  };
  const idsOf = (answer: { notifications: { nodes: { id: string }[] } }) =>
    answer.notifications.nodes.map(({ id }) => id);

  it('is paged, newest first, all of it or what is unread', async () => {
    const user = server.newUser();
    for (let count = 0; count < 5; count++) await server.placed(user);
    const all = idsOf(await read(user));
    expect(all).toEqual(all.toSorted().reverse());
    expect(all).toHaveLength(5);
    const first = await read(user, { first: 3 });
    expect(idsOf(first)).toEqual(all.slice(0, 3));
    expect(first.notifications.pageInfo).toEqual({ hasNextPage: true, endCursor: first.notifications.edges[2].cursor });
    const second = await read(user, { first: 3, after: first.notifications.pageInfo.endCursor });
    expect(idsOf(second)).toEqual(all.slice(3));
    expect(second.notifications.pageInfo.hasNextPage).toBe(false);
    await server.mutate('markNotificationRead', { id: all[1] }, user);
    const unread = await read(user, { unreadOnly: true });
    expect(idsOf(unread)).toEqual([all[0], all[2], all[3], all[4]]);
    expect(unread.unreadNotificationCount).toBe(4);
    expect(first.notifications.nodes[0]).toMatchObject({
      order: { id: expect.any(String) },
      recipient: { id: user.userId },
    });
  });

  it.each([
    [{ first: 0 }],
    [{ first: -1 }],
    [{ first: 101 }],
    [{ first: 1_000_000_000 }],
    [{ after: 'nonsense' }],
    [{ after: Buffer.from('["x"]').toString('base64url') }],
    [{ after: Buffer.from('[1]').toString('base64url') }],
  ])('is not listed for %j', async (variables) => {
    expect(await read(server.newUser(), variables)).toBe('BAD_USER_INPUT');
  });

  it('is open to its user and administrators, and to nobody else', async () => {
    const user = server.newUser();
    await server.placed(user);
    const [{ id } = { id: '' }] = await server.recordsOf(user);
    const service: Identity = { kind: 'service', service: 'orders' };
    for (const identity of [user, server.admin]) {
      expect(idsOf(await read(user, {}, identity))).toEqual([id]);
      const { data } = await server.query(ONE, { id }, identity);
      expect(data.notification).toEqual({ id, kind: 'ORDER_PLACED', createdAt: expect.any(String) });
    }
    for (const identity of [server.newUser(), service, anonymous]) {
      expect(await read(user, {}, identity)).toEqual({ unreadNotificationCount: null, notifications: null });
      expect(await server.query(ONE, { id }, identity)).toEqual({ data: { notification: null } });
      const representations = [{ __typename: 'Notification', id, recipient: { locale: 'EN' } }];
      expect(await server.query(WORDS, { representations }, identity)).toEqual({ data: { _entities: [null] } });
    }
    for (const unknown of [newId(), 'x', "' or 1=1"]) {
      expect(await server.query(ONE, { id: unknown }, server.admin)).toEqual({ data: { notification: null } });
    }
    expect(idsOf(await read({ userId: 'auth0|1' }, {}, server.admin))).toEqual([]);
  });

  it('says everything in the language that the gateway brings, and nothing without one', async () => {
    const user = server.newUser();
    await server.placed(user);
    const [{ id } = { id: '' }] = await server.recordsOf(user);
    const words = async (recipient?: object) => {
      const representations = [{ __typename: 'Notification', id, ...(recipient ? { recipient } : {}) }];
      return (await server.query(WORDS, { representations }, user)).data._entities[0];
    };
    expect(await words({ locale: 'EN' })).toMatchObject({
      title: 'We have received your order T-2026-000123',
      body: expect.stringContaining('€1,234.50'),
    });
    expect(await words({ locale: 'DE' })).toMatchObject({
      title: 'Wir haben Ihre Bestellung T-2026-000123 erhalten',
      body: expect.stringContaining('1.234,50\u00a0€'),
    });
    expect(await words()).toEqual({ id, title: null, body: null });
    expect(await words({ locale: null })).toEqual({ id, title: null, body: null });
  });

  it('is read from for twenty users in two statements, and says everything in one', async () => {
    const users = Array.from({ length: 20 }, () => server.newUser());
    for (const user of users) for (let count = 0; count < 2; count++) await server.placed(user);
    const representations = users.map(({ userId }) => ({ __typename: 'User', id: userId }));
    const statements = server.countStatements();
    const { data } = await server.query(INBOX, { representations, first: 1 }, server.admin);
    expect(statements()).toHaveLength(2);
    for (const [index, user] of users.entries()) {
      const { unreadNotificationCount, notifications } = data._entities[index];
      expect(unreadNotificationCount).toBe(2);
      expect(notifications.nodes).toMatchObject([{ recipient: { id: user.userId } }]);
      expect(notifications.pageInfo.hasNextPage).toBe(true);
    }
    const found = data._entities.map(({ notifications }: { notifications: { nodes: [{ id: string }] } }) => ({
      __typename: 'Notification',
      id: notifications.nodes[0].id,
      recipient: { locale: 'DE' },
    }));
    const statementsOfWords = server.countStatements();
    const words = await server.query(WORDS, { representations: found }, server.admin);
    expect(statementsOfWords()).toHaveLength(1);
    expect(words.data._entities).toHaveLength(20);
    expect(words.data._entities[19].title).toContain('Bestellung');
  });

  describe('is marked as read', () => {
    it('one by one, the first time for good', async () => {
      const user = server.newUser();
      await server.placed(user);
      const [{ id } = { id: '' }] = await server.recordsOf(user);
      const first = await server.mutate('markNotificationRead', { id }, user);
      expect(first).toEqual({ notification: { id, readAt: expect.any(String) }, errors: [] });
      expect(await server.mutate('markNotificationRead', { id }, user)).toEqual(first);
    });

    it('by its user alone', async () => {
      const user = server.newUser();
      await server.placed(user);
      const [{ id } = { id: '' }] = await server.recordsOf(user);
      const refused = { notification: null, errors: [{ __typename: 'NotFoundError', code: 'NOT_FOUND' }] };
      for (const identity of [server.newUser(), server.admin]) {
        expect(await server.mutate('markNotificationRead', { id }, identity)).toEqual(refused);
      }
      for (const unknown of [newId(), 'x', '', '0', "' or 1=1"]) {
        expect(await server.mutate('markNotificationRead', { id: unknown }, user)).toEqual(refused);
      }
      const externalUser: Identity = { kind: 'user', userId: 'auth0|1', roles: ['customer'] };
      for (const identity of [anonymous, externalUser]) {
        expect(await server.mutate('markNotificationRead', { id }, identity)).toBe('UNAUTHENTICATED');
        expect((await server.query(MARK_ALL, {}, identity)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
      }
      expect((await server.recordsOf(user))[0]?.readAt).toBeNull();
    });

    it('all at once, the own ones', async () => {
      const [user, other] = [server.newUser(), server.newUser()];
      for (const each of [user, user, user, other]) await server.placed(each);
      const [{ id } = { id: '' }] = await server.recordsOf(user);
      await server.mutate('markNotificationRead', { id }, user);
      const markAll = async () => (await server.query(MARK_ALL, {}, user)).data.markAllNotificationsRead;
      expect(await markAll()).toEqual({ marked: 2 });
      expect(await markAll()).toEqual({ marked: 0 });
      expect((await read(user)).unreadNotificationCount).toBe(0);
      expect((await read(other)).unreadNotificationCount).toBe(1);
    });
  });

  it('forgets what is older than a year', async () => {
    const user = server.newUser();
    for (let count = 0; count < 2; count++) await server.placed(user);
    const [{ id } = { id: '' }] = await server.recordsOf(user);
    const yearAgo = sql`update notifications.notifications set created_at = now() - interval '366 days' where id = ${id}`;
    await server.database.db.execute(yearAgo);
    await createPrune(server)();
    const left = idsOf(await read(user));
    expect(left).toHaveLength(1);
    expect(left).not.toContain(id);
  });
});
