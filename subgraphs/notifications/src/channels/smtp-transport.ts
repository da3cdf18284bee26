import type { ServiceKit } from '@tributary/service-kit';
import { inClientSpan } from '@tributary/service-kit';
import type { NotificationsConfig } from '../config.ts';
import { isRefusedAddress } from '../domain/bounce-status.ts';
import { DeliveryFailedError, deliveryFailure } from '../domain/delivery-failed-error.ts';
import type { MailTransport } from '../domain/outgoing-mail.ts';

type SmtpConfig = NonNullable<NotificationsConfig['email']['smtp']>;

const STEP_TIMEOUT_MS = 10_000;
/** For the whole of one mail. A drain waits for it, so it is below `server.drainTimeout`. */
const DEADLINE_MS = 15_000;
/** With it a server says that it closes the connection, whatever was asked of it (RFC 5321, 3.8). */
const NOT_AVAILABLE = 421;

/** Hands mails over to a mail server, one connection a mail. */
export async function createSmtpTransport(
  { metrics }: Pick<ServiceKit, 'metrics'>,
  smtp: SmtpConfig,
  from: string,
): Promise<MailTransport> {
  const up = metrics.get('external_service_up');
  const answers = (isUp: boolean) => up.set({ service: 'smtp' }, isUp ? 1 : 0);
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
  const attributes = { 'network.protocol.name': 'smtp', 'server.address': smtp.host, 'server.port': smtp.port };
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost';
  const send: MailTransport = async ({ id, to, subject, text, html, headers }) => {
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
      answers(true);
    } catch (error) {
      const { responseCode } = error as SmtpError;
      answers(responseCode !== undefined && responseCode !== NOT_AVAILABLE);
      // Without the cause: the server's words and the library's quote the address.
      throw failureOf(error as SmtpError);
    }
  };
  return (mail) => inClientSpan('smtp send', attributes, () => send(mail), deliveryFailure);
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
