import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, for a guest to keep. */
export const newGuestToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a token. A plain hash is enough: there is nothing to guess in 256 random bits. */
export const hashGuestToken = (token: string): string => createHash('sha256').update(token).digest('hex');
