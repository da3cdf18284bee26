import type { RequestScope } from '@tributary/service-kit';
import type { AddressHash } from './domain/address-hash.ts';
import type { Inbox } from './domain/inbox.ts';
import type { Preferences } from './domain/preferences.ts';
import type { QuietHoursSetting } from './domain/quiet-hours-setting.ts';
import type { Webhooks } from './domain/webhooks.ts';
import type { Loaders } from './loaders/loaders.ts';

/** What the resolvers of one request share. */
export interface Context extends RequestScope {
  inbox: Inbox;
  preferences: Preferences;
  quietHours: QuietHoursSetting;
  webhooks: Webhooks;
  hashOf: AddressHash;
  loaders: Loaders;
}
