import type { ServiceClient, ServiceKit } from '@tributary/service-kit';
import type { Bounces } from '../domain/bounces.ts';
import { categoryOf } from '../domain/category-of.ts';
import { DeliveryFailedError } from '../domain/delivery-failed-error.ts';
import type { Send } from '../domain/delivery-worker.ts';
import { LOCALES, type Locale } from '../domain/locale.ts';
import type { MailTransport } from '../domain/outgoing-mail.ts';
import { isEnabled } from '../domain/preference-rules.ts';
import { renderMail } from '../domain/render-mail.ts';
import type { UnsubscribeLinks } from '../domain/unsubscribe-links.ts';
import { saveAddressHash } from '../store/delivery-store.ts';
import { findPreferences } from '../store/preference-store.ts';

const ADDRESSEE = 'query Addressee($id: ID!) { user(id: $id) { email name locale } }';

interface Addressee {
  /** Null when the account is closed. */
  email: string | null;
  name: string | null;
  locale: string;
}

interface EmailChannelParts extends Pick<ServiceKit, 'database'> {
  askUsers: ServiceClient;
  transport: MailTransport;
  links: UnsubscribeLinks;
  bounces: Bounces;
}

/**
 * Sends a notification to the account's address. The address and the language are asked for at the moment of sending
 * and kept nowhere, so that a change of them, and the end of an account, hold at once. An address that takes no e-mails
 * is known by its hash.
 */
export function createEmailChannel({ database, askUsers, transport, links, bounces }: EmailChannelParts): Send {
  return async ({ id, notification }) => {
    const { userId, kind } = notification;
    const category = categoryOf(kind);
    if (!isEnabled(await findPreferences(database.db, userId), category, 'EMAIL')) return 'SKIPPED';
    const addressee = await findAddressee(askUsers, userId);
    if (addressee === null || addressee.email === null) return 'SKIPPED';
    const addressHash = bounces.hashOf(addressee.email);
    if (await bounces.isHeld(userId, addressHash)) return 'BOUNCED';
    await saveAddressHash(database.db, id, addressHash);
    const unsubscribeUrl = links.linkFor(userId, category);
    const locale = isLocale(addressee.locale) ? addressee.locale : 'EN';
    const mail = {
      id,
      notificationId: notification.id,
      to: addressee.email,
      headers: { 'Auto-Submitted': 'auto-generated', ...unsubscribeHeaders(unsubscribeUrl) },
      ...renderMail(notification, { locale, name: addressee.name, unsubscribeUrl }),
    };
    try {
      await transport(mail);
    } catch (error) {
      if (error instanceof DeliveryFailedError && error.isBounce) await bounces.note(userId, addressHash);
      throw error;
    }
    return 'SENT';
  };
}

async function findAddressee(askUsers: ServiceClient, id: string): Promise<Addressee | null> {
  try {
    return (await askUsers<{ user: Addressee | null }>(ADDRESSEE, { id })).user;
  } catch (cause) {
    throw new DeliveryFailedError('ADDRESS_UNKNOWN', { cause });
  }
}

/** RFC 8058: mail programs unsubscribe with one click, by a POST. */
const unsubscribeHeaders = (url: string | undefined): Record<string, string> =>
  url === undefined ? {} : { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };

const isLocale = (text: string): text is Locale => (LOCALES as readonly string[]).includes(text);
