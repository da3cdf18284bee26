import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import { z } from 'zod';
import { CodedError } from '../errors/coded-error.ts';
import { type Identity, ROLES } from './identity.ts';

const ALGORITHM = 'EdDSA';
const TOKEN_TYPE = 'tributary-identity+jwt';
const GATEWAY = 'gateway';
const LIFETIME_SECONDS = 60;
/** A token is handed out again for this long, so that a busy pair of caller and service signs about twice a minute. */
const REUSE_MS = 25_000;
const MAX_REMEMBERED = 10_000;
const CLOCK_SKEW_SECONDS = 5;

export interface ServiceIdentityIssuer {
  /** A token of 60 s or less by which `audience`, and no other service, learns on whose behalf it is asked. */
  issue(audience: string, identity: Identity): Promise<string>;
}

export interface ServiceIdentityVerifier {
  /** @throws CodedError SERVICE_IDENTITY_REQUIRED whatever is wrong with the token. */
  verify(authorization: string | undefined): Promise<Identity>;
}

/** Signs as `issuer` with its Ed25519 private key (docs/adr: identity between services). */
export async function createServiceIdentityIssuer(issuer: string, privateKey: JWK): Promise<ServiceIdentityIssuer> {
  const key = await importJWK(privateKey, ALGORITHM);
  const remembered = new Map<string, { token: Promise<string>; untilMs: number }>();
  return {
    issue(audience, identity) {
      const claims = claimsOf(identity);
      const cacheKey = `${audience} ${JSON.stringify(claims)}`;
      const known = remembered.get(cacheKey);
      if (known !== undefined && known.untilMs > Date.now()) return known.token;
      const token = new SignJWT(claims)
        .setProtectedHeader({
          alg: ALGORITHM,
          typ: TOKEN_TYPE,
          ...(privateKey.kid === undefined ? {} : { kid: privateKey.kid }),
        })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(`${LIFETIME_SECONDS}s`)
        .sign(key);
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(cacheKey, { token, untilMs: Date.now() + REUSE_MS });
      return token;
    },
  };
}

/**
 * Accepts tokens for `audience` from the issuers in `trusted` (issuer → its public keys): from `gateway` on anybody's
 * behalf, from any other in its own name alone.
 */
export function createServiceIdentityVerifier(
  audience: string,
  trusted: Readonly<Record<string, JSONWebKeySet>>,
): ServiceIdentityVerifier {
  const keySets = new Map(Object.entries(trusted).map(([issuer, keys]) => [issuer, createLocalJWKSet(keys)]));
  return {
    async verify(authorization) {
      try {
        const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization ?? '')?.[1] ?? '';
        const keySet = keySets.get(unverifiedIssuer(token));
        if (keySet === undefined) throw new Error('unknown issuer');
        const { payload } = await jwtVerify(token, keySet, {
          audience,
          algorithms: [ALGORITHM],
          typ: TOKEN_TYPE,
          requiredClaims: ['exp', 'iat', 'iss'],
          maxTokenAge: LIFETIME_SECONDS,
          clockTolerance: CLOCK_SKEW_SECONDS,
        });
        const identity = identityClaims.parse(payload);
        if (!mayVouchFor(payload.iss, identity)) throw new Error('the issuer may not say this');
        return identity;
      } catch (cause) {
        throw new CodedError('SERVICE_IDENTITY_REQUIRED', undefined, { cause });
      }
    },
  };
}

export interface ServiceKeyPair {
  privateKey: JWK;
  publicKeys: JSONWebKeySet;
}

/** A new Ed25519 key pair for a service that calls others. */
export async function generateServiceKeyPair(kid: string): Promise<ServiceKeyPair> {
  const pair = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
  const describe = { kid, alg: ALGORITHM, use: 'sig' };
  return {
    privateKey: { ...(await exportJWK(pair.privateKey)), ...describe },
    publicKeys: { keys: [{ ...(await exportJWK(pair.publicKey)), ...describe }] },
  };
}

function claimsOf(identity: Identity): Record<string, unknown> {
  if (identity.kind === 'user') return { kind: 'user', sub: identity.userId, roles: identity.roles };
  if (identity.kind === 'service') return { kind: 'service', sub: identity.service };
  return { kind: 'anonymous' };
}

const identityClaims = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('anonymous') }),
    z.object({ kind: z.literal('user'), sub: z.string(), roles: z.array(z.enum(ROLES)) }),
    z.object({ kind: z.literal('service'), sub: z.string() }),
  ])
  .transform((claims): Identity => {
    if (claims.kind === 'user') return { kind: 'user', userId: claims.sub, roles: claims.roles };
    return claims.kind === 'service' ? { kind: 'service', service: claims.sub } : { kind: 'anonymous' };
  });

/** The gateway speaks for users; any other service only for itself, so that nobody gains a user by taking it over. */
const mayVouchFor = (issuer: string | undefined, identity: Identity) =>
  issuer === GATEWAY || (identity.kind === 'service' && identity.service === issuer);

function unverifiedIssuer(token: string): string {
  const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return String((payload as { iss?: unknown }).iss);
}
