import { type Identity, newId } from '@tributary/service-kit';
import { startTestSubgraph, type TestDatabase, type TestSubgraph } from '@tributary/service-kit/testing';
import type { z } from 'zod';
import type { usersConfig } from '../config.ts';
import { subgraph } from '../subgraph.ts';

/** Argon2id as cheap as it gets: these tests hash a lot, and what they protect is worth nothing. */
export const testConfig = {
  tokens: { keyEncryptionSecret: 'a secret of the tests, long enough to be one' },
  passwordHash: { memory: '8KiB', passes: 1 },
} satisfies z.input<typeof usersConfig>;

export const PASSWORD = 'correct horse battery staple';

const ERRORS = 'errors { __typename ... on DomainError { code } ... on InvalidInputError { field } }';
const SESSION = 'session { accessToken refreshToken expiresAt user { id email name locale roles } }';

/** A person with an account, and how requests in the person's name are made. */
export interface Person {
  id: string;
  email: string;
  identity: Identity & { kind: 'user' };
  session: { accessToken: string; refreshToken: string; expiresAt: string };
}

export interface TestUsers extends TestSubgraph {
  /** Runs one mutation and gives its payload, or the code of the error that it met. */
  mutate(name: string, input: Record<string, unknown>, identity?: Identity): Promise<Payload>;
  /** Opens an account with an address of its own and the password `PASSWORD`. */
  person(): Promise<Person>;
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads payloads of many shapes
type Payload = any;

const FIELDS: Record<string, string> = {
  signUp: SESSION,
  signIn: SESSION,
  refresh: SESSION,
  changePassword: SESSION,
  signOut: 'signedOut',
  updateProfile: 'user { id name locale }',
  setUserRoles: 'user { id roles }',
  addAddress: 'address { id recipient line1 line2 postalCode city region country }',
  updateAddress: 'address { id recipient line1 line2 postalCode city region country }',
  removeAddress: 'address { id }',
  closeAccount: 'closedAt',
};

/** The users subgraph, alone, on the given database or one of its own. */
export async function startUsers(
  database?: TestDatabase,
  config: z.input<typeof usersConfig> = testConfig,
): Promise<TestUsers> {
  const server = await startTestSubgraph(subgraph, { ...(database === undefined ? {} : { database }), config });

  async function mutate(name: string, input: Record<string, unknown>, identity?: Identity): Promise<Payload> {
    const inputType = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
    const document = `mutation ($input: ${inputType}) { ${name}(input: $input) { ${FIELDS[name]} ${errorsOf(name)} } }`;
    const { data, errors } = await server.query(document, { input }, identity);
    return data?.[name] ?? errors?.[0]?.extensions.code;
  }

  return {
    ...server,
    mutate,
    async person() {
      const email = `${newId()}@example.com`;
      const { session } = await mutate('signUp', { email, password: PASSWORD, name: 'A Person' });
      const { id } = session.user;
      return { id, email, session, identity: { kind: 'user', userId: id, roles: ['customer'] } };
    },
  };
}

/** Only unions with the member may be asked for its field. */
const errorsOf = (name: string) =>
  ['signUp', 'updateProfile', 'addAddress', 'updateAddress', 'setUserRoles'].includes(name)
    ? ERRORS
    : 'errors { __typename ... on DomainError { code } }';
