import { anonymous, type Identity, newId } from '@tributary/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startUsers, type TestUsers } from './testing/start-users.ts';

const FIELDS = 'id email name locale createdAt closedAt roles addresses { city }';
const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { ${FIELDS} } } }`;
const admin: Identity = { kind: 'user', userId: newId(), roles: ['admin'] };
const service: Identity = { kind: 'service', service: 'notifications' };

describe('of a user', () => {
  let users: TestUsers;
  let owner: Person;
  let other: Person;
  beforeAll(async () => {
    users = await startUsers();
    [owner, other] = await Promise.all([users.person(), users.person()]);
    const address = { recipient: 'A', line1: 'B', city: 'Berlin', country: 'DE' };
    await users.mutate('addAddress', address, owner.identity);
  });
  afterAll(() => users.stop());

  const all = () => ({
    id: owner.id,
    email: owner.email,
    name: 'A Person',
    locale: 'EN',
    createdAt: expect.any(String),
    closedAt: null,
    roles: ['CUSTOMER'],
    addresses: [{ city: 'Berlin' }],
  });
  const little = () => ({ ...all(), email: null, roles: null, addresses: null });

  it.each([
    ['the user sees everything', () => owner.identity, all],
    ['an administrator sees everything', () => admin, all],
    ['a service sees everything', () => service, all],
    ['another user sees name, language and age', () => other.identity, little],
    ['who is not signed in sees nothing', () => anonymous, () => null],
  ])('%s, by id and as an entity', async (_case, identity, expected) => {
    const byId = await users.query(`query ($id: ID!) { user(id: $id) { ${FIELDS} } }`, { id: owner.id }, identity());
    expect(byId).toEqual({ data: { user: expected() } });
    const representations = [{ __typename: 'User', id: owner.id }];
    const entities = await users.query(ENTITIES, { representations }, identity());
    expect(entities).toEqual({ data: { _entities: [expected()] } });
  });

  it('everybody sees the own account under me', async () => {
    const me = (identity?: Identity) => users.query('{ me { email } }', {}, identity);
    expect(await me(owner.identity)).toEqual({ data: { me: { email: owner.email } } });
    expect(await me()).toEqual({ data: { me: null } });
    expect(await me(service)).toEqual({ data: { me: null } });
    expect(await me({ kind: 'user', userId: 'auth0|42', roles: ['customer'] })).toEqual({ data: { me: null } });
  });

  it('there is nothing under an id that is unknown or none at all', async () => {
    for (const id of [newId(), 'nonsense', '', "' or 1=1"]) {
      expect(await users.query('query ($id: ID!) { user(id: $id) { id } }', { id }, admin)).toEqual({
        data: { user: null },
      });
    }
  });

  it('administrators see pages of all users, newest first', async () => {
    const page = (args: string, identity?: Identity) =>
      users.query(`{ users${args} { users { id email } pagination { page limit total pages } } }`, {}, identity);
    expect((await page('', admin)).data.users.pagination).toEqual({ page: 1, limit: 10, total: 2, pages: 1 });
    const second = (await page('(page: 2, limit: 1)', admin)).data.users;
    const ids = [owner, other].sort((a, b) => a.id.localeCompare(b.id));
    expect(second).toEqual({
      users: [{ id: ids[0]?.id, email: ids[0]?.email }],
      pagination: { page: 2, limit: 1, total: 2, pages: 2 },
    });
    expect((await page('(page: 9, limit: 1)', admin)).data.users).toEqual({
      users: [],
      pagination: { page: 9, limit: 1, total: 2, pages: 2 },
    });
    expect((await page('', owner.identity)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect((await page('')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    for (const args of ['(limit: 101)', '(limit: 0)', '(page: 0)', '(page: 10001)']) {
      expect((await page(args, admin)).errors?.[0]?.extensions.code, args).toBe('BAD_USER_INPUT');
    }
  });

  it('many cost two statements, addresses included, as entities and as a page', async () => {
    const people = await Promise.all(Array.from({ length: 18 }, () => users.person()));
    const everybody = [owner, other, ...people];
    const representations = everybody.map(({ id }) => ({ __typename: 'User', id }));
    const statementsOfEntities = users.countStatements();
    const entities = await users.query(ENTITIES, { representations }, service);
    expect(entities.data._entities.map(({ email }: Person) => email)).toEqual(everybody.map(({ email }) => email));
    expect(statementsOfEntities()).toHaveLength(2);

    const statementsOfPage = users.countStatements();
    const page = await users.query(`{ users(limit: 20) { users { ${FIELDS} } pagination { total } } }`, {}, admin);
    expect(page.data.users.users).toHaveLength(20);
    expect(statementsOfPage()).toHaveLength(2);
  });
});
