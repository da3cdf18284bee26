import { bytes, duration, secret, subgraphConfig } from '@tributary/service-kit';
import { z } from 'zod';

/** What the users subgraph can be told. */
export const usersConfig = subgraphConfig.extend({
  tokens: z
    .strictObject({
      /** Claim `iss` of access tokens; the gateway's `identity.issuers[].issuer`. */
      issuer: z.string().min(1).default('tributary'),
      /** Claim `aud` of access tokens. */
      audience: z.string().min(1).default('tributary'),
      accessTokenLifetime: duration().prefault('15m'),
      /** A session that is not refreshed for this long ends. */
      refreshTokenLifetime: duration().prefault('30d'),
      /** Encrypts the private signing keys in the database. Changing it makes a new signing key; tokens stay valid. */
      keyEncryptionSecret: secret().refine((value) => value.reveal().length >= 32, 'expected 32 characters or more'),
      /** How long a key signs. */
      rotateEvery: duration().prefault('30d'),
      /** How long a new key is in the JWKS before it signs; well above the time for which verifiers cache that. */
      publishAhead: duration().prefault('1h'),
    })
    .refine((tokens) => tokens.publishAhead < tokens.rotateEvery, {
      path: ['publishAhead'],
      message: 'expected less than rotateEvery',
    }),
  /** Cost of Argon2id. The defaults are OWASP's; less is for tests, which hash much and protect nobody. */
  passwordHash: z
    .strictObject({
      memory: bytes()
        .refine((size) => size >= 8 * 1024 && size % 1024 === 0, 'expected 8KiB or more, in whole KiB')
        .prefault('19MiB'),
      passes: z.int().min(1).default(2),
    })
    .prefault({}),
});

export type UsersConfig = z.output<typeof usersConfig>;
