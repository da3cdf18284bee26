import { randomBytes } from 'node:crypto';
import {
  accountOf,
  DomainError,
  type Identity,
  invalidInput,
  isId,
  newId,
  notFound,
  type RowCipher,
  type ServiceKit,
} from '@tributary/service-kit';
import type { NotificationsConfig } from '../config.ts';
import type { NotificationKind } from '../store/notification-store.ts';
import {
  countWebhooks,
  deleteWebhook,
  enableWebhook,
  findWebhooksOf,
  insertWebhook,
  type WebhookRow,
} from '../store/webhook-store.ts';
import { changeAs } from './change-as.ts';
import { webhookUrl } from './webhook-url.ts';

const MAX_WEBHOOKS = 5;
const SECRET_BYTES = 32;

/** Where users have their notifications sent; everybody sees and changes the own ones. */
export interface Webhooks {
  /** @throws CodedError UNAUTHENTICATED */
  list(identity: Identity): Promise<WebhookRow[]>;
  /** @throws CodedError UNAUTHENTICATED; DomainError InvalidInputError, TooManyWebhooksError */
  register(
    identity: Identity,
    input: { url: string; kinds: readonly NotificationKind[] },
  ): Promise<{ webhook: WebhookRow; secret: string }>;
  /** @throws CodedError UNAUTHENTICATED; DomainError NotFoundError */
  remove(identity: Identity, id: string): Promise<WebhookRow>;
  /** Puts one back that was disabled. May be repeated. @throws CodedError UNAUTHENTICATED; DomainError NotFoundError */
  enable(identity: Identity, id: string): Promise<WebhookRow>;
}

export function createWebhooks(
  { database, config }: Pick<ServiceKit<NotificationsConfig>, 'database' | 'config'>,
  cipher: RowCipher,
): Webhooks {
  return {
    list: async (identity) => findWebhooksOf(database.db, accountOf(identity)),
    async register(identity, input) {
      const secret = randomBytes(SECRET_BYTES);
      const webhook = await changeAs(identity, database, async (tx, userId) => {
        const id = newId();
        const row = {
          id,
          userId,
          url: webhookUrl(input.url, config.webhooks),
          kinds: checkKinds(input.kinds),
          sealedSecret: cipher.seal(id, secret),
        };
        if ((await countWebhooks(tx, userId)) >= MAX_WEBHOOKS) {
          throw new DomainError('TooManyWebhooksError', `A user has at most ${MAX_WEBHOOKS} webhooks.`, {
            limit: MAX_WEBHOOKS,
          });
        }
        return insertWebhook(tx, row);
      });
      return { webhook, secret: `whsec_${secret.toString('base64')}` };
    },
    remove: (identity, id) =>
      changeAs(identity, database, async (tx, userId) => {
        const removed = isId(id) ? await deleteWebhook(tx, userId, id) : undefined;
        if (removed === undefined) throw notFound('webhook');
        return removed;
      }),
    enable: (identity, id) =>
      changeAs(identity, database, async (tx, userId) => {
        const enabled = isId(id) ? await enableWebhook(tx, userId, id) : undefined;
        if (enabled === undefined) throw notFound('webhook');
        return enabled;
      }),
  };
}

function checkKinds(kinds: readonly NotificationKind[]): NotificationKind[] {
  if (kinds.length === 0) throw invalidInput('kinds', 'kinds takes at least one kind.');
  return [...new Set(kinds)];
}
