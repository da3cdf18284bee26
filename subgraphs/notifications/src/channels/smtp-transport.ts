import type { NotificationsConfig } from '../config.ts';
import { isRefusedAddress } from '../domain/bounce-status.ts';
import { DeliveryFailedError } from '../domain/delivery-failed-error.ts';
import type { MailTransport } from '../domain/outgoing-mail.ts';

type SmtpConfig = NonNullable<NotificationsConfig['email']['smtp']>;

const STEP_TIMEOUT_MS = 10_000;
/** For the whole of one mail. A drain waits for it, so it is below `server.drainTimeout`. */
const DEADLINE_MS = 15_000;

/** Hands mails over to a mail server, one connection a mail. */
export async function createSmtpTransport(smtp: SmtpConfig, from: string): Promise<MailTransport> {
  // Only where it is used: the package costs memory, which a developer's machine need not spend.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host: smtp.host,
    port: smtp.port,
    secure: smtp.tls === 'implicit',
    requireTLS: smtp.tls === 'starttls',
    ignoreTLS: smtp.tls === 'none',
    ...(smtp.user === undefined ? {} : { auth: { user: smtp.user, pass: smtp.password?.reveal() ?? '' } }),
    dnsTimeout: STEP_TIMEOUT_MS,
    connectionTimeout: STEP_TIMEOUT_MS,
    greetingTimeout: STEP_TIMEOUT_MS,
    socketTimeout: STEP_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost';
  return async ({ id, to, subject, text, html, headers }) => {
    try {
      await transport.sendMail({
        from,
        // As an object it is one address, whatever it looks like.
        to: { name: '', address: to },
        messageId: `<${id}@${domain}>`,
        subject,
        text,
        html,
        headers,
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
    } catch (error) {
      // Without the cause: the server's words and the library's quote the address.
      throw failureOf(error as SmtpError);
    }
  };
}

interface SmtpError {
  code?: string;
  command?: string;
  responseCode?: number;
  response?: string;
}

/** Final is what the server says for good of this recipient or this mail; what is wrong with us can be put right. */
function failureOf({ code, command, responseCode, response = '' }: SmtpError): DeliveryFailedError {
  if (responseCode === undefined) return new DeliveryFailedError(code === 'ETIMEDOUT' ? 'TIMEOUT' : 'UNREACHABLE');
  const isAboutRecipient = command === 'RCPT TO';
  const isFinal = (isAboutRecipient || code === 'EMESSAGE') && responseCode >= 500;
  const isBounce = isAboutRecipient && isFinal && isRefusedAddress({ responseCode, response });
  return new DeliveryFailedError(`SMTP_${responseCode}`, { isFinal, isBounce });
}
