import { accountOf, DomainError, type Identity, invalidInput, type ServiceKit } from '@tributary/service-kit';
import { type Category, type Channel, findPreferences, savePreferences } from '../store/preference-store.ts';
import { lockOpenRecipient } from '../store/recipient-store.ts';
import { CATEGORIES, CHANNELS } from '../tables.ts';
import { changeAs } from './change-as.ts';
import { allPreferences, isRequired, type Preference } from './preference-rules.ts';

/** What people want to hear of, and by which way. */
export interface Preferences {
  /** @throws CodedError UNAUTHENTICATED */
  list(identity: Identity): Promise<Preference[]>;
  /** @throws CodedError UNAUTHENTICATED; DomainError ChannelRequiredError, InvalidInputError */
  update(identity: Identity, changes: readonly PreferenceChange[]): Promise<Preference[]>;
  /** Ends e-mails of a category, for somebody whose link in an e-mail proves it. May be repeated. */
  unsubscribe(userId: string, category: Category): Promise<void>;
}

export interface PreferenceChange {
  category: Category;
  channel: Channel;
  enabled: boolean;
}

export function createPreferences({ database }: Pick<ServiceKit, 'database'>): Preferences {
  return {
    async list(identity) {
      return allPreferences(await findPreferences(database.db, accountOf(identity)));
    },
    update: (identity, changes) =>
      changeAs(identity, database, async (tx, userId) => {
        check(changes);
        await savePreferences(
          tx,
          changes.map((change) => ({ userId, ...change })),
        );
        return allPreferences(await findPreferences(tx, userId));
      }),
    unsubscribe: (userId, category) =>
      database.transaction(async (tx) => {
        // Nothing is kept for a closed account, and nothing is sent to it.
        if (!(await lockOpenRecipient(tx, userId))) return;
        await savePreferences(tx, [{ userId, category, channel: 'EMAIL', enabled: false }]);
      }),
  };
}

function check(changes: readonly PreferenceChange[]): void {
  const most = CATEGORIES.length * CHANNELS.length;
  const named = new Set(changes.map(({ category, channel }) => `${category} ${channel}`));
  if (changes.length === 0 || changes.length > most || named.size < changes.length) {
    throw invalidInput('changes', `changes takes 1 to ${most} entries, each category and channel at most once.`);
  }
  for (const { category, channel, enabled } of changes) {
    if (enabled || !isRequired(category, channel)) continue;
    throw new DomainError('ChannelRequiredError', 'What concerns the security of the account is always told there.', {
      category,
      channel,
    });
  }
}
