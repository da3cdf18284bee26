import { payload } from '@tributary/service-kit';
import type { MutationResolvers } from '../schema.generated.ts';

export const Mutation: MutationResolvers = {
  markNotificationRead: (_parent, { input }, { inbox, identity }) =>
    payload(async () => ({ notification: await inbox.markRead(identity, input.id) })),
  markAllNotificationsRead: async (_parent, _args, { inbox, identity }) => ({
    marked: await inbox.markAllRead(identity),
  }),
  updateNotificationPreferences: (_parent, { input }, { preferences, identity }) =>
    payload(async () => ({ preferences: await preferences.update(identity, input.changes) })),
  setQuietHours: (_parent, { input }, { quietHours, identity }) =>
    payload(async () => ({ quietHours: await quietHours.set(identity, input.quietHours ?? null) })),
  registerWebhook: (_parent, { input }, { webhooks, identity }) => payload(() => webhooks.register(identity, input)),
  removeWebhook: (_parent, { input }, { webhooks, identity }) =>
    payload(async () => ({ webhook: await webhooks.remove(identity, input.id) })),
  enableWebhook: (_parent, { input }, { webhooks, identity }) =>
    payload(async () => ({ webhook: await webhooks.enable(identity, input.id) })),
};
