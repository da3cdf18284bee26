import type { RequestScope } from '@tributary/service-kit';
import type { Accounts } from './domain/accounts.ts';
import type { AddressBook } from './domain/address-book.ts';
import type { Profiles } from './domain/profiles.ts';
import type { Sessions } from './domain/sessions.ts';
import type { Loaders } from './loaders/loaders.ts';

/** What the resolvers of one request share. */
export interface Context extends RequestScope {
  accounts: Accounts;
  sessions: Sessions;
  profiles: Profiles;
  addressBook: AddressBook;
  loaders: Loaders;
}
