import { createLogger, type Database, secret } from '@tributary/service-kit';
import { eachEngine, type TestDatabase } from '@tributary/service-kit/testing';
import { sql } from 'drizzle-orm';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { usersConfig } from '../config.ts';
import { accessTokenSigner } from './access-tokens.ts';
import { createSigningKeys } from './signing-keys.ts';

const { tokens } = usersConfig.parse({ tokens: { keyEncryptionSecret: 'x'.repeat(32) } });
const user = { id: '019a4b1c-0000-7000-8000-000000000009', roles: ['customer' as const] };
const verifies = (token: string, jwks: JSONWebKeySet) =>
  jwtVerify(token, createLocalJWKSet(jwks), { algorithms: ['ES256'], issuer: 'tributary', audience: 'tributary' });

eachEngine('signing keys', (open) => {
  let testDatabase: TestDatabase;
  let database: Database;
  const keysWith = (config = tokens) =>
    createSigningKeys({ database, config, log: createLogger({ service: 'users', level: 'silent' }) });
  /** Lets time pass, as far as the keys can tell. */
  const pass = (interval: string) =>
    database.db.execute(sql`update users.signing_keys set active_from = active_from - ${interval}::interval`);
  const issue = async () => (await (await accessTokenSigner(keysWith(), tokens))(user)).accessToken;
  const kids = async () => (await keysWith().jwks()).keys.map(({ kid }) => kid);

  beforeAll(async () => {
    testDatabase = await open();
    database = await testDatabase.open('users', new URL('../..', import.meta.url));
  });
  beforeEach(() => database.db.execute(sql`delete from users.signing_keys`));
  afterAll(() => testDatabase.close());

  it('come into being with the first question, once, whoever asks', async () => {
    const asked = await Promise.all([keysWith().jwks(), keysWith().jwks(), keysWith().current()]);
    const [first, second, current] = asked;
    expect(first.keys).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        x: expect.any(String),
        y: expect.any(String),
        kid: current.kid,
        alg: 'ES256',
        use: 'sig',
      },
    ]);
    expect(second).toEqual(first);
  });

  it('rotate with an overlap in which every token verifies with every copy of the JWKS that is kept', async () => {
    const [old] = await kids();
    await pass('29 days');
    await keysWith().rotateWhenDue();
    expect(await kids()).toEqual([old]);

    await pass('23 hours 10 minutes');
    await Promise.all([keysWith().rotateWhenDue(), keysWith().rotateWhenDue()]);
    const published = await keysWith().jwks();
    expect(published.keys).toHaveLength(2);
    const signedByOld = await issue();
    expect((await verifies(signedByOld, published)).protectedHeader.kid).toBe(old);

    await pass('1 hour 1 minute');
    await keysWith().rotateWhenDue();
    const signedByNew = await issue();
    expect((await verifies(signedByNew, published)).protectedHeader.kid).not.toBe(old);
    await verifies(signedByOld, await keysWith().jwks());

    await pass('18 minutes');
    await keysWith().rotateWhenDue();
    expect(await kids()).toHaveLength(2);
    await pass('2 minutes');
    await keysWith().rotateWhenDue();
    expect(await kids()).toEqual([(await keysWith().current()).kid]);
  });

  it('rotate on demand, publishing before signing', async () => {
    const before = await keysWith().current();
    await keysWith().rotateSigningKey();
    expect(await kids()).toHaveLength(2);
    expect((await keysWith().current()).kid).toBe(before.kid);
    await pass('1 hour');
    expect((await keysWith().current()).kid).not.toBe(before.kid);
  });

  it('are unreadable in the database, and with another secret sign nothing but still verify', async () => {
    const signed = await issue();
    const { rows } = (await database.db.execute(sql`select * from users.signing_keys`)) as unknown as {
      rows: { private_jwk: string }[];
    };
    const stored = rows[0]?.private_jwk ?? '';
    expect(Buffer.from(stored, 'base64url').toString('latin1')).not.toContain('"d"');

    const otherSecret = keysWith({ ...tokens, keyEncryptionSecret: secret().parse('y'.repeat(32)) });
    const { kid } = await otherSecret.current();
    const jwks = await otherSecret.jwks();
    expect(jwks.keys).toHaveLength(2);
    expect((await verifies(signed, jwks)).protectedHeader.kid).not.toBe(kid);
    expect(JSON.stringify(jwks)).not.toContain('"d"');
  });
});
