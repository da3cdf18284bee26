import type { WebhookReport } from './webhook-report.ts';

/** How one provider's webhooks are told from forged ones, and what they mean. */
export interface WebhookReader {
  /** The request header that carries the signature, in small letters. */
  readonly header: string;
  /** Whether the provider has signed these bytes lately. */
  isSigned(body: Buffer, signature: string | undefined): boolean;
  /**
   * What the body reports; undefined when it means nothing to us.
   *
   * @throws SyntaxError, ZodError when it is not what the provider sends
   */
  read(body: string): WebhookReport | undefined;
}
