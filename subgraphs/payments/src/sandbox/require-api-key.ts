import { createHash, timingSafeEqual } from 'node:crypto';
import { CodedError, type Secret } from '@tributary/service-kit';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Checks `authorization: Bearer <API key>`. @throws CodedError UNAUTHENTICATED */
export function requireApiKey(key: Secret): (header: string | undefined) => void {
  const expected = digest(`Bearer ${key.reveal()}`);
  return (header = '') => {
    if (!timingSafeEqual(digest(header), expected)) {
      throw new CodedError('UNAUTHENTICATED', 'The API key is missing or wrong.');
    }
  };
}
