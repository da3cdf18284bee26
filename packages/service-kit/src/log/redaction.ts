import { errorFields } from './error-fields.ts';

export const REDACTED = '[redacted]';

/** Fields that may hold something personal or secret, whatever is put before the first ones: `guestToken`, `new_password`. */
const PERSONAL_OR_SECRET =
  /(?:password|token|secret|cookie|authorization|email|phone|addresse?|idempotency_?key)s?$|^(?:body|city|label|line[12]|name|note|postal_?code|recipient|variables)$/i;

/** An object that is nested deeper is replaced as a whole. */
const MAX_DEPTH = 3;

/**
 * The fields of a log line without what must not stand in it: values of personal or secret fields are replaced, errors
 * (under `err` anything) are reduced to `errorFields`. pino's own `redact` is slower (docs/performance.md) and does
 * not match parts of names.
 */
export function redacted(fields: object, depth = 0): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (PERSONAL_OR_SECRET.test(key)) copy[key] = REDACTED;
    else copy[key] = key === 'err' ? errorFields(value) : redactedValue(value, depth + 1);
  }
  return copy;
}

function redactedValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return errorFields(value);
  // Such as a Date or a Secret: it says itself what is shown.
  if ('toJSON' in value) return value;
  if (depth > MAX_DEPTH) return REDACTED;
  return Array.isArray(value) ? value.map((entry) => redactedValue(entry, depth + 1)) : redacted(value, depth);
}
