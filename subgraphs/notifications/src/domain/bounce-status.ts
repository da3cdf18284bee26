/**
 * RFC 3463: no such mailbox (1.1), domain (1.2) or address (1.3), moved away (1.6), takes no mail at all (1.10), switched
 * off (2.1). A full mailbox gets emptier, and what is refused for its contents or its sender says nothing of the address.
 */
const ABOUT_ADDRESS = /^5\.(?:1\.(?:1|2|3|6|10)|2\.1)$/;
/** RFC 5321, where a server gives no status of RFC 3463: no such mailbox, not here, not an address. */
const REPLIES_ABOUT_ADDRESS: readonly number[] = [550, 551, 553];

/** A mail server's refusal of a recipient. */
export interface SmtpRefusal {
  responseCode: number;
  /** The reply as it came: `550 5.1.1 no such user`. */
  response: string;
}

/** Whether a status of RFC 3463 (`5.1.1`) says that no mail will ever reach the address. */
export const isAboutAddress = (status: string): boolean => ABOUT_ADDRESS.test(status);

/** The same of a reply to RCPT TO. */
export function isRefusedAddress({ responseCode, response }: SmtpRefusal): boolean {
  const status = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
  return status === undefined ? REPLIES_ABOUT_ADDRESS.includes(responseCode) : isAboutAddress(status);
}
