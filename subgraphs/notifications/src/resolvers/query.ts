import { visibleNotification } from '../domain/inbox.ts';
import type { QueryResolvers } from '../schema.generated.ts';

export const Query: QueryResolvers = {
  notification: async (_parent, { id }, { loaders, identity }) =>
    visibleNotification(identity, await loaders.notification.load(id)),
  notificationPreferences: (_parent, _args, { preferences, identity }) => preferences.list(identity),
  quietHours: (_parent, _args, { quietHours, identity }) => quietHours.find(identity),
  webhooks: (_parent, _args, { webhooks, identity }) => webhooks.list(identity),
};
