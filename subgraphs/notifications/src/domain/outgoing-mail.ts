import type { RenderedMail } from './render-mail.ts';

/** An e-mail that is ready to be sent. */
export interface OutgoingMail extends RenderedMail {
  /** The delivery's: the same for each attempt, so that a repetition can be told. */
  id: string;
  notificationId: string;
  /** The recipient's address. */
  to: string;
  headers: Readonly<Record<string, string>>;
}

/** @throws DeliveryFailedError */
export type MailTransport = (mail: OutgoingMail) => Promise<void>;
