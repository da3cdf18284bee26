import { createHash } from 'node:crypto';

/** In 64 hexadecimal digits. */
export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
