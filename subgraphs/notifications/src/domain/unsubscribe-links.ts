import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId } from '@tributary/service-kit';
import type { NotificationsConfig } from '../config.ts';
import type { Category } from '../store/preference-store.ts';

/** What can be unsubscribed by a link: e-mails that are not required. */
export type UnsubscribableCategory = Exclude<Category, 'SECURITY'>;

export interface Subscription {
  userId: string;
  category: UnsubscribableCategory;
}

/** Links that prove, without a sign-in, that somebody received an e-mail. They do not expire, as old e-mails don't. */
export interface UnsubscribeLinks {
  /** Undefined for what cannot be unsubscribed. */
  linkFor(userId: string, category: Category): string | undefined;
  /** Undefined for a token that we did not make. */
  read(token: unknown): Subscription | undefined;
}

export function createUnsubscribeLinks(
  config: Pick<NotificationsConfig, 'publicUrl' | 'unsubscribeSecret'>,
): UnsubscribeLinks {
  const signed = (subscription: string) => {
    // The prefix keeps a signature that the same secret makes for anything else from being taken for one of these.
    const hmac = createHmac('sha256', config.unsubscribeSecret.reveal()).update(`unsubscribe ${subscription}`);
    return `${subscription}.${hmac.digest('base64url')}`;
  };
  return {
    linkFor(userId, category) {
      if (!isUnsubscribable(category)) return undefined;
      const link = new URL('/unsubscribe', config.publicUrl);
      link.searchParams.set('token', signed(`${userId}.${category}`));
      return link.href;
    },
    read(token) {
      if (typeof token !== 'string') return undefined;
      const [userId = '', category = ''] = token.split('.');
      if (!isId(userId) || !isUnsubscribable(category)) return undefined;
      return isEqual(signed(`${userId}.${category}`), token) ? { userId, category } : undefined;
    },
  };
}

const isUnsubscribable = (category: string): category is UnsubscribableCategory =>
  category === 'ORDERS' || category === 'ACCOUNT';

function isEqual(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}
