import { claimOf } from './roles.ts';

/** By RFC 8693 and RFC 9068 the first; some issuers have the second. */
const CLAIMS = ['scope', 'scp'];

/** What a token may be used for: one text with spaces between, or a list. */
export function scopesIn(claims: Readonly<Record<string, unknown>>, claim?: string): string[] {
  const names = claim === undefined ? CLAIMS : [claim];
  const named = names.map((name) => claimOf(claims, name)).find((value) => value !== undefined);
  const list = typeof named === 'string' ? named.split(' ') : Array.isArray(named) ? named : [];
  return list.filter((scope) => typeof scope === 'string' && scope !== '');
}
