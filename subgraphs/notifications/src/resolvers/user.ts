import { idConnection } from '@tributary/service-kit';
import { heldSince } from '../domain/bounces.ts';
import { inboxSlice, maySeeInbox } from '../domain/inbox.ts';
import type { UserResolvers } from '../schema.generated.ts';

export const User: UserResolvers = {
  notifications: async ({ id }, args, { loaders, identity }) =>
    maySeeInbox(identity, id) ? idConnection(args, await loaders.notificationsOfUser(inboxSlice(args)).load(id)) : null,
  unreadNotificationCount: async ({ id }, _args, { loaders, identity }) =>
    maySeeInbox(identity, id) ? ((await loaders.unreadOfUser.load(id))?.unread ?? 0) : null,
  emailBouncedAt: async ({ id, email }, _args, { loaders, identity, hashOf }) =>
    maySeeInbox(identity, id) && email ? heldSince(await loaders.bounceOfUser.load(id), hashOf(email)) : null,
};
