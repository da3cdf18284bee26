import { defineSubgraph } from '@tributary/service-kit';
import { usersConfig } from './config.ts';
import type { Context } from './context.ts';
import { addDemoUsers } from './demo-users.ts';
import { createAccounts } from './domain/accounts.ts';
import { createAddressBook } from './domain/address-book.ts';
import { createPasswordHasher } from './domain/password-hasher.ts';
import { createProfiles } from './domain/profiles.ts';
import { createSessions } from './domain/sessions.ts';
import { createSignInThrottle } from './domain/sign-in-throttle.ts';
import { createSigningKeys } from './domain/signing-keys.ts';
import { createVerifyCredentials } from './domain/verify-credentials.ts';
import { createLoaders } from './loaders/loaders.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { jwksRoute } from './routes/jwks-route.ts';
import { deadLetters, inbox, outbox } from './tables.ts';

const MINUTE_MS = 60_000;

export const subgraph = defineSubgraph({
  name: 'users',
  config: usersConfig,
  folder: new URL('..', import.meta.url),
  events: { deadLetters, inbox, outbox },
  create(kit) {
    const { database, emit, log } = kit;
    const hasher = createPasswordHasher(kit.config.passwordHash);
    const throttle = createSignInThrottle(database);
    const verify = createVerifyCredentials({ database, hasher, throttle });
    const signingKeys = createSigningKeys({ database, log, config: kit.config.tokens });
    const sessions = createSessions({ database, log, config: kit.config.tokens, signingKeys });
    const accounts = createAccounts({ database, emit, log, hasher, verify, sessions });
    const profiles = createProfiles(kit);
    const addressBook = createAddressBook(kit);
    return {
      resolvers,
      context: (scope): Context => ({
        ...scope,
        accounts,
        sessions,
        profiles,
        addressBook,
        loaders: createLoaders(database.db, scope.identity),
      }),
      routes: jwksRoute(signingKeys),
      jobs: [
        { name: 'rotate signing keys', everyMs: 5 * MINUTE_MS, run: signingKeys.rotateWhenDue },
        { name: 'forget sessions', everyMs: 60 * MINUTE_MS, run: sessions.prune },
        { name: 'forget sign-in attempts', everyMs: 60 * MINUTE_MS, run: throttle.prune },
      ],
      addDemoData: () => addDemoUsers({ database, emit, hasher }),
    };
  },
});
