/** What never stands in a log line, at the top of the logged object or one or two levels below it. */
const PERSONAL_OR_SECRET = [
  'accessToken',
  'address',
  'authorization',
  'body',
  'cookie',
  'email',
  'idempotencyKey',
  'name',
  'password',
  'phone',
  'refreshToken',
  'secret',
  'token',
  'variables',
];

/** Paths for pino's `redact`. */
export const redactedPaths: string[] = PERSONAL_OR_SECRET.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

export const REDACTED = '[redacted]';
