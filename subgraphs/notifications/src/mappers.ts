import type { Connection } from '@tributary/service-kit';
import type { Locale } from './domain/locale.ts';
import type { DeliveryRow } from './store/delivery-store.ts';
import type { NotificationRow } from './store/notification-store.ts';
import type { WebhookRow } from './store/webhook-store.ts';

// What stands behind the schema's types in resolvers; `<GraphQL type>Mapper`, read by the type generator.

/** A notification, with the recipient's language when the gateway has given it, for `@requires`. */
export type NotificationMapper = NotificationRow & { locale?: Locale | undefined };
export type NotificationConnectionMapper = Connection<NotificationRow>;
export type WebhookMapper = WebhookRow;
export type WebhookDeliveryMapper = DeliveryRow;
/** A user, with the address when the gateway has given it, for `@requires`. */
export type UserMapper = { id: string; email?: string | null };
