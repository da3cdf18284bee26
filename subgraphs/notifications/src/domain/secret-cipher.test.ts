import { randomBytes } from 'node:crypto';
import { newId, Secret } from '@tributary/service-kit';
import { describe, expect, it } from 'vitest';
import { createSecretCipher } from './secret-cipher.ts';

describe('a sealed secret', () => {
  const cipher = createSecretCipher(new Secret('a'));
  const id = newId();
  const secret = randomBytes(32);
  const sealed = cipher.seal(id, secret);

  it('is opened with the same key, for the same webhook', () => {
    expect(cipher.open(id, sealed)).toEqual(secret);
    expect(cipher.seal(id, secret)).not.toBe(sealed);
  });

  it('is not opened with another key, for another webhook, or after a change', () => {
    expect(createSecretCipher(new Secret('b')).open(id, sealed)).toBeUndefined();
    expect(cipher.open(newId(), sealed)).toBeUndefined();
    const changed = Buffer.from(sealed, 'base64url');
    changed[40] = (changed[40] ?? 0) ^ 1;
    expect(cipher.open(id, changed.toString('base64url'))).toBeUndefined();
    for (const text of ['', 'x', sealed.slice(0, 20)]) expect(cipher.open(id, text)).toBeUndefined();
  });
});
