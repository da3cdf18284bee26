import { isId, type ServiceKit } from '@tributary/service-kit';
import { findMail, insertMail, listMails, type MailRow } from '../store/mail-store.ts';
import type { MailTransport } from './outgoing-mail.ts';

/** Takes the place of a mail server on a developer's machine: keeps the newest mails, for everybody to see. */
export interface Mailbox {
  keep: MailTransport;
  /** Newest first. */
  list(): Promise<MailRow[]>;
  find(id: string): Promise<MailRow | undefined>;
}

export const createMailbox = ({ database }: Pick<ServiceKit, 'database'>): Mailbox => ({
  keep: (mail) => database.transaction((tx) => insertMail(tx, mail)),
  list: () => listMails(database.db),
  find: async (id) => (isId(id) ? findMail(database.db, id) : undefined),
});
