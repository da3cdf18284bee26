import type { Category, Channel, PreferenceRow } from '../store/preference-store.ts';
import { CATEGORIES, CHANNELS } from '../tables.ts';

export interface Preference {
  category: Category;
  channel: Channel;
  enabled: boolean;
  /** Enabled whatever the user prefers. */
  required: boolean;
}

/** What warns of a thief must not be for the thief to switch off. */
export const isRequired = (category: Category, channel: Channel): boolean =>
  category === 'SECURITY' && channel !== 'WEBHOOK';

/** Whether the user hears of the category by the channel: what was set, and everything that was not. */
export const isEnabled = (set: readonly PreferenceRow[], category: Category, channel: Channel): boolean =>
  isRequired(category, channel) ||
  (set.find((row) => row.category === category && row.channel === channel)?.enabled ?? true);

/** An entry for each category and channel. */
export const allPreferences = (set: readonly PreferenceRow[]): Preference[] =>
  CATEGORIES.flatMap((category) =>
    CHANNELS.map((channel) => ({
      category,
      channel,
      enabled: isEnabled(set, category, channel),
      required: isRequired(category, channel),
    })),
  );
