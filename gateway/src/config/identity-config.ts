import { identityKey, ROLES } from '@tributary/service-kit';
import { z } from 'zod';
import { cookieConfig } from './cookie-config.ts';
import { httpUrl } from './http-url.ts';

/** Only asymmetric ones: a secret that verifies could also sign. */
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'] as const;

const tokenIssuer = z.strictObject({
  /** The `iss` claim, exactly. */
  issuer: z.string().min(1),
  /** Where the issuer publishes its public keys. */
  jwksUri: httpUrl(),
  /** The `aud` claim that tokens for this graph carry. */
  audience: z.string().min(1),
  algorithms: z.array(z.enum(ALGORITHMS)).min(1).default(['ES256', 'EdDSA']),
  /** The claim that lists the user's roles; `realm_access.roles` reads one inside another. */
  rolesClaim: z.string().min(1).default('roles'),
  /** The claim that says what the token may be used for, as a list or with spaces between; none: `scope`, or `scp`. */
  scopesClaim: z.string().min(1).optional(),
  /**
   * What stands before `sub` in the ids of its users. Default: of the first issuer nothing, of a further one its name and
   * `#`. Those that say the same vouch for the same users.
   */
  userIdPrefix: z.string().max(64).optional(),
  /** Roles that its tokens may give. Default: all; of an issuer with a prefix none. */
  allowedRoles: z.array(z.enum(ROLES)).optional(),
  /** Scopes that its tokens may give. Default: all; of an issuer with a prefix none. */
  allowedScopes: z.array(z.string().min(1)).optional(),
});

/** A `sub` is one user's only together with its `iss` (OpenID Connect Core 1.0, section 5.7). */
const tokenIssuers = z
  .array(tokenIssuer)
  .refine(
    (issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length,
    'expected each issuer once',
  );

/** Who clients are, and by what subgraphs know the gateway. */
export const identityConfig = z
  .strictObject({
    /** Whose access tokens are accepted. None: no token is asked for or read. */
    issuers: tokenIssuers.default([]),
    /** The gateway's own Ed25519 key (a JWK or a PEM), by which subgraphs know it. None: they are asked without a token. */
    key: identityKey().optional(),
    cookie: cookieConfig,
  })
  .prefault({});

export type TokenIssuer = z.output<typeof tokenIssuer>;
