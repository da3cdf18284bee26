import { describe, expect, it } from 'vitest';
import { newId } from '../http/new-id.ts';
import { hashedId } from './hashed-id.ts';

describe('hashedId', () => {
  it('is the same for one id, as `printf %s ID | sha256sum | cut -c 1-16` gives it', () => {
    expect(hashedId('0199c1f0-7a4e-7c3b-9d21-5f0e8a6b4c12')).toBe('7cc65ef4faf10281');
  });

  it('is another for another id', () => {
    expect(hashedId(newId())).not.toBe(hashedId(newId()));
  });

  it.each(['42', 'ada@example.com', 'auth0|5f7c8ec7c33c6c004bbafe82', ''])('says nothing of %j', (subject) => {
    expect(hashedId(subject)).toBeUndefined();
  });
});
