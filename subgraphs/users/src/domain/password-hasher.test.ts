import { describe, expect, it } from 'vitest';
import { usersConfig } from '../config.ts';
import { createPasswordHasher } from './password-hasher.ts';

const cheap = createPasswordHasher({ memory: 8 * 1024, passes: 1 });

describe('a password hash', () => {
  it('has the costs that OWASP asks for, unless the configuration says otherwise', async () => {
    const { passwordHash } = usersConfig.parse({ tokens: { keyEncryptionSecret: 'x'.repeat(32) } });
    const hash = await createPasswordHasher(passwordHash).hash('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  });

  it('is that of the reference implementation', async () => {
    const reference = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    expect(await cheap.verify('password', reference)).toBe(true);
    expect(await cheap.verify('Password', reference)).toBe(false);
    expect(cheap.isOutdated(reference)).toBe(true);
  });

  it('is salted, and fits its password alone', async () => {
    const [first, second] = await Promise.all([cheap.hash('correct horse'), cheap.hash('correct horse')]);
    expect(first).not.toBe(second);
    expect(await cheap.verify('correct horse', first)).toBe(true);
    expect(await cheap.verify('correct horsf', first)).toBe(false);
    expect(cheap.isOutdated(first)).toBe(false);
  });

  it('does not tell spellings apart that look the same', async () => {
    expect(await cheap.verify('caf\u00e9 au lait', await cheap.hash('cafe\u0301 au lait'))).toBe(true);
  });

  it('fits nobody where there is none', async () => {
    expect(await cheap.verify('', undefined)).toBe(false);
  });
});
