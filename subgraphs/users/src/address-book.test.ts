import { type Identity, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Person, startUsers, type TestUsers } from './testing/start-users.ts';

const ADDRESS = {
  recipient: 'Ada Lovelace',
  line1: 'Karl-Marx-Allee 1',
  postalCode: '10178',
  city: 'Berlin',
  country: 'DE',
};
const nobody: Identity = { kind: 'user', userId: newId(), roles: ['customer'] };

eachEngine('the address book', (open) => {
  let users: TestUsers;
  let owner: Person;
  let other: Person;
  beforeAll(async () => {
    users = await startUsers(await open());
    [owner, other] = await Promise.all([users.person(), users.person()]);
  });
  afterAll(() => users.stop());

  const listed = async ({ identity }: Person) => {
    const { data } = await users.query('{ me { addresses { id recipient line2 city country } } }', {}, identity);
    return data.me.addresses;
  };

  it('is added to, changed and emptied by its owner', async () => {
    const { address } = await users.mutate('addAddress', { ...ADDRESS, line2: '  ' }, owner.identity);
    expect(address).toEqual({ ...ADDRESS, id: address.id, line2: null, region: null });
    const changed = { ...ADDRESS, id: address.id, city: 'Potsdam', line2: 'Hinterhaus' };
    expect((await users.mutate('updateAddress', changed, owner.identity)).address).toMatchObject(changed);
    expect(await listed(owner)).toMatchObject([{ id: address.id, city: 'Potsdam', line2: 'Hinterhaus' }]);
    const removed = await users.mutate('removeAddress', { id: address.id }, owner.identity);
    expect(removed).toEqual({ address: { id: address.id }, errors: [] });
    expect(await listed(owner)).toEqual([]);
  });

  it('does not open for others, and takes only what an address can be', async () => {
    const { address } = await users.mutate('addAddress', ADDRESS, owner.identity);
    const cases: [string, object, Identity | undefined, unknown][] = [
      ['addAddress', ADDRESS, undefined, 'UNAUTHENTICATED'],
      ['addAddress', ADDRESS, nobody, 'UNAUTHENTICATED'],
      ['addAddress', ADDRESS, { kind: 'user', userId: 'auth0|42', roles: ['customer'] }, 'UNAUTHENTICATED'],
      ['addAddress', ADDRESS, { kind: 'service', service: 'orders' }, 'UNAUTHENTICATED'],
      ['addAddress', { ...ADDRESS, country: 'de' }, owner.identity, 'BAD_USER_INPUT'],
      ['addAddress', { ...ADDRESS, country: 'XX' }, owner.identity, 'InvalidInputError country'],
      ['addAddress', { ...ADDRESS, city: '' }, owner.identity, 'InvalidInputError city'],
      ['addAddress', { ...ADDRESS, line1: 'x'.repeat(201) }, owner.identity, 'InvalidInputError line1'],
      ['addAddress', { ...ADDRESS, line2: 'a\0' }, owner.identity, 'InvalidInputError line2'],
      ['addAddress', { ...ADDRESS, postalCode: '1'.repeat(21) }, owner.identity, 'InvalidInputError postalCode'],
      ['addAddress', { ...ADDRESS, recipient: ' ' }, owner.identity, 'InvalidInputError recipient'],
      ['updateAddress', { ...ADDRESS, id: address.id }, undefined, 'UNAUTHENTICATED'],
      ['updateAddress', { ...ADDRESS, id: address.id }, other.identity, 'NotFoundError'],
      ['updateAddress', { ...ADDRESS, id: newId() }, owner.identity, 'NotFoundError'],
      ['updateAddress', { ...ADDRESS, id: 'nonsense' }, owner.identity, 'NotFoundError'],
      [
        'updateAddress',
        { ...ADDRESS, id: address.id, region: 'x'.repeat(101) },
        owner.identity,
        'InvalidInputError region',
      ],
      ['removeAddress', { id: address.id }, undefined, 'UNAUTHENTICATED'],
      ['removeAddress', { id: address.id }, other.identity, 'NotFoundError'],
      ['removeAddress', { id: 'nonsense' }, owner.identity, 'NotFoundError'],
    ];
    for (const [mutation, input, identity, expected] of cases) {
      const answer = await users.mutate(mutation, input as Record<string, unknown>, identity);
      const error = answer.errors?.[0];
      const outcome = error === undefined ? answer : [error.__typename, error.field].filter(Boolean).join(' ');
      expect(outcome, `${mutation} ${JSON.stringify(input)}`).toBe(expected);
    }
    expect(await listed(owner)).toMatchObject([{ id: address.id, city: 'Berlin' }]);
    expect(await listed(other)).toEqual([]);
  });

  it('holds 20 addresses, also when they come at once', async () => {
    const full = await users.person();
    const adding = Array.from({ length: 22 }, () => users.mutate('addAddress', ADDRESS, full.identity));
    const refusals = (await Promise.all(adding)).flatMap(({ errors }) => errors);
    expect(refusals).toMatchObject(Array(2).fill({ __typename: 'TooManyAddressesError' }));
    expect(await listed(full)).toHaveLength(20);
  });
});
