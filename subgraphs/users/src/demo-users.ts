import { newId, type Role, type ServiceKit } from '@tributary/service-kit';
import type { PasswordHasher } from './domain/password-hasher.ts';
import { accountRegistered } from './events.ts';
import { insertAddress } from './store/address-store.ts';
import { insertCredential } from './store/credential-store.ts';
import { findUsers, insertUser } from './store/user-store.ts';

interface DemoUser {
  id: string;
  email: string;
  password: string;
  name: string;
  roles: Role[];
}

/** Who can sign in where demo data is on: locally, never in production. */
export const demoUsers: readonly DemoUser[] = [
  {
    id: '019a4b1c-0000-7000-8000-000000000001',
    email: 'ada@example.com',
    password: 'tributary-demo-1',
    name: 'Ada Lovelace',
    roles: ['customer'],
  },
  {
    id: '019a4b1c-0000-7000-8000-000000000002',
    email: 'grace@example.com',
    password: 'tributary-demo-2',
    name: 'Grace Hopper',
    roles: ['customer'],
  },
  {
    id: '019a4b1c-0000-7000-8000-000000000003',
    email: 'admin@example.com',
    password: 'tributary-demo-3',
    name: 'Alan Turing',
    roles: ['customer', 'admin'],
  },
];

const ADDRESS = {
  recipient: 'Ada Lovelace',
  line1: "12 St James's Square",
  line2: null,
  postalCode: 'SW1Y 4JH',
  city: 'London',
  region: null,
  country: 'GB',
};

/** Opens the demo accounts that were never there; one that was changed or closed since is left as it is. */
export async function addDemoUsers({
  database,
  emit,
  hasher,
}: Pick<ServiceKit, 'database' | 'emit'> & { hasher: PasswordHasher }): Promise<void> {
  const ids = demoUsers.map(({ id }) => id);
  const known = new Set((await findUsers(database.db, ids)).map(({ id }) => id));
  for (const { password, ...user } of demoUsers.filter(({ id }) => !known.has(id))) {
    const passwordHash = await hasher.hash(password);
    await database.transaction(async (tx) => {
      const added = await insertUser(tx, { ...user, emailFolded: user.email, locale: 'EN' });
      if (added === undefined) return;
      await insertCredential(tx, { userId: user.id, passwordHash });
      if (user.name === ADDRESS.recipient) await insertAddress(tx, { id: newId(), userId: user.id, ...ADDRESS });
      await emit(tx, accountRegistered, user.id, { userId: user.id });
    });
  }
}
