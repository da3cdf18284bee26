const MAX_LENGTH = 128;
const ALLOWED = /^[\w.:=-]+$/;

/** The caller's request id when it is harmless to log and to hand on, otherwise undefined. */
export function requestIdFrom(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && header.length <= MAX_LENGTH && ALLOWED.test(header) ? header : undefined;
}
