import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Secret } from '../config/secret.ts';
import { newId } from '../http/new-id.ts';
import { createRowCipher } from './row-cipher.ts';

describe('a sealed secret', () => {
  const cipher = createRowCipher(new Secret('a'), 'tests');
  const id = newId();
  const secret = randomBytes(32);
  const sealed = cipher.seal(id, secret);

  test('is opened with the same secret, for the same purpose and row', () => {
    expect(cipher.open(id, sealed)).toEqual(secret);
    expect(cipher.seal(id, secret)).not.toBe(sealed);
  });

  test('is not opened with another secret, for another purpose or row, or after a change', () => {
    expect(createRowCipher(new Secret('b'), 'tests').open(id, sealed)).toBeUndefined();
    expect(createRowCipher(new Secret('a'), 'other tests').open(id, sealed)).toBeUndefined();
    expect(cipher.open(newId(), sealed)).toBeUndefined();
    const changed = Buffer.from(sealed, 'base64url');
    changed[40] = (changed[40] ?? 0) ^ 1;
    expect(cipher.open(id, changed.toString('base64url'))).toBeUndefined();
    for (const text of ['', 'x', sealed.slice(0, 20)]) expect(cipher.open(id, text)).toBeUndefined();
  });
});
