/** Why a database did not do something, as it may be logged: without SQL, parameters, addresses and names. */
export interface DatabaseRefusal {
  /** SQLSTATE or, before there is a connection, the system's code (`ECONNREFUSED`); `UNKNOWN` for what has none. */
  code: string;
  /** What it means, where that is known. */
  reason?: string;
}

const NO_ROLE = 'the role is not there, or has another password';
const REASONS = new Map(
  Object.entries({
    '28000': NO_ROLE,
    '28P01': NO_ROLE,
    '3D000': 'the database is not there',
    '42501': 'the role lacks a right',
    '57P03': 'it is starting up',
    ECONNREFUSED: 'nothing listens there',
    ENOTFOUND: 'no such host',
  }),
);

/**
 * Looks through an error and its causes, as Drizzle wraps them, for the one with a code.
 *
 * @param lackedRight what the role has to have for what was tried
 */
export function databaseRefusal(error: unknown, lackedRight?: string): DatabaseRefusal {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as { code?: unknown };
    if (typeof code !== 'string') continue;
    const reason = (code === '42501' ? lackedRight : undefined) ?? REASONS.get(code);
    return { code, ...(reason === undefined ? {} : { reason }) };
  }
  return { code: 'UNKNOWN' };
}
