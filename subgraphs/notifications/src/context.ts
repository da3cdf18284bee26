import type { RequestScope } from '@tributary/service-kit';
import type { Inbox } from './domain/inbox.ts';
import type { Preferences } from './domain/preferences.ts';
import type { Webhooks } from './domain/webhooks.ts';
import type { Loaders } from './loaders/loaders.ts';

/** What the resolvers of one request share. */
export interface Context extends RequestScope {
  inbox: Inbox;
  preferences: Preferences;
  webhooks: Webhooks;
  loaders: Loaders;
}
