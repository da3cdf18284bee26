import { visibleNotification } from '../domain/inbox.ts';
import { notificationWords } from '../domain/words.ts';
import type { NotificationMapper } from '../mappers.ts';
import type { NotificationResolvers } from '../schema.generated.ts';

export const Notification: NotificationResolvers = {
  async __resolveReference({ id, recipient }, { loaders, identity }) {
    const notification = visibleNotification(identity, await loaders.notification.load(id));
    return notification && { ...notification, locale: recipient?.locale };
  },
  title: (notification) => inTheirLanguage(notification)?.title ?? null,
  body: (notification) => inTheirLanguage(notification)?.body ?? null,
  recipient: ({ userId }) => ({ id: userId }),
  order: ({ orderId }) => (orderId === null ? null : { id: orderId }),
};

/** Null without the language: the gateway brings it, see `@requires` in the schema. */
const inTheirLanguage = ({ locale, ...notification }: NotificationMapper) =>
  locale ? notificationWords(locale, notification) : null;
