import { createHmac, timingSafeEqual } from 'node:crypto';

/** A message that is older, or from further in the future, is refused: it could be a recorded one. */
const TOLERANCE_SECONDS = 5 * 60;

/** The headers by which a message is known, as Standard Webhooks (https://www.standardwebhooks.com) says. */
export interface SignatureHeaders {
  'webhook-id': string;
  /** Unix time in seconds. */
  'webhook-timestamp': string;
  /** `v1,…`; several, with blanks between them, while a secret is changed. */
  'webhook-signature': string;
}

/** Signs a message: HMAC-SHA256 over `<id>.<timestamp>.<body>`, in base64. */
export function signedHeaders(key: Buffer, id: string, body: string, at = new Date()): SignatureHeaders {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signatureOf(key, id, timestamp, body)}`,
  };
}

/** Whether somebody who has the key has signed the message within the last five minutes. */
export function isSigned(
  key: Buffer,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Buffer,
): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const expected = Buffer.from(`v1,${signatureOf(key, id, timestamp, body)}`);
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

const signatureOf = (key: Buffer, id: string, timestamp: string, body: string | Buffer): string =>
  createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
