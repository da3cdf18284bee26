import { hash } from 'node:crypto';
import { isId } from '../http/is-id.ts';

const LENGTH = 16;

/**
 * What log lines say in place of a user's id: the first 16 hexadecimal digits of its SHA-256, the same in each line.
 * Whoever has an id finds its lines; a UUID (of version 7) has 74 random bits, so that nobody finds the id. The subject
 * of another issuer may be an address or a small number, which can be tried out: of that nothing is said.
 */
export const hashedId = (id: string): string | undefined =>
  isId(id) ? hash('sha256', id, 'hex').slice(0, LENGTH) : undefined;
