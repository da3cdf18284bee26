import { anonymous, CodedError, type Identity, type Logger, type Metrics } from '@tributary/service-kit';
import { decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { BoundedCache } from '../bounded-cache.ts';
import type { TokenIssuer } from '../config/identity-config.ts';
import { KeysUnavailableError, remoteKeys } from './remote-keys.ts';
import { rolesIn } from './roles.ts';
import { scopesIn } from './scopes.ts';

export interface AccessTokenVerifier {
  /**
   * @param authorization the request's header
   * @throws CodedError TOKEN_INVALID, TOKEN_EXPIRED; SERVICE_UNAVAILABLE when the issuer's keys were never had.
   */
  verify(authorization: string | undefined): Promise<Identity>;
  /** The same, and until when it is so. For what goes on for longer than a request. */
  verifyUntil(authorization: string | undefined): Promise<VerifiedIdentity>;
}

export interface VerifiedIdentity {
  readonly identity: Identity;
  /** By `Date.now()`: when the token expires. Undefined for who has none. */
  readonly expiresMs: number | undefined;
}

const NOBODY: VerifiedIdentity = { identity: anonymous, expiresMs: undefined };

export interface AccessTokenVerifierParts {
  log: Logger;
  metrics: Metrics;
  /** The clock by which issuers' keys grow old, in milliseconds. Default: the process's. */
  now?: () => number;
  /** For tokens that were verified, in bytes. Default 16 MiB. */
  memoryBytes?: number;
}

const CLOCK_SKEW_SECONDS = 15;
const MAX_TOKEN_LENGTH = 8192;
const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;
/** RFC 9068 access tokens, and plain JWTs, with and without the `application/` that may be left out. */
const TYPES = new Set([undefined, 'at+jwt', 'application/at+jwt', 'jwt', 'application/jwt']);
/** A token that was good is not checked again for this long; also how long a withdrawn key may live on. */
const REMEMBER_MS = 30_000;
const MAX_REMEMBERED = 10_000;
/** Of an entry and of the identity, which says about what the token does. */
const OVERHEAD_BYTES = 500;

/** Verifies clients' access tokens (RFC 8725): only configured issuers, their keys by `kid`, asymmetric algorithms. */
export function createAccessTokenVerifier(
  issuers: readonly TokenIssuer[],
  { log, metrics, now, memoryBytes = 16 * 1024 ** 2 }: AccessTokenVerifierParts,
): AccessTokenVerifier {
  const answering = issuersUp(metrics);
  const prefixes = issuers.map(userIdPrefixOf);
  const trusted = new Map(
    issuers.map((issuer, index) => {
      const answers = (isUp: boolean) => answering(issuer.issuer, isUp);
      const keys = remoteKeys(issuer.jwksUri, { log, answers, ...(now === undefined ? {} : { now }) });
      const prefix = prefixes[index] ?? '';
      const others = prefixes.filter((other) => other.length > prefix.length && other.startsWith(prefix));
      return [issuer.issuer, { issuer, keys, prefix, others }];
    }),
  );
  const remembered = new BoundedCache<{ verified: VerifiedIdentity; untilMs: number }>(memoryBytes, MAX_REMEMBERED);
  const verifyUntil = async (authorization: string | undefined): Promise<VerifiedIdentity> => {
    if (authorization === undefined || trusted.size === 0) return NOBODY;
    const token = authorization.length > MAX_TOKEN_LENGTH ? undefined : BEARER.exec(authorization)?.[1];
    if (token === undefined) throw new CodedError('TOKEN_INVALID');
    const known = remembered.get(token);
    if (known !== undefined && known.untilMs > Date.now()) return known.verified;
    const verified = await verifyToken(token, trusted).catch((error: unknown) => {
      throw refusalFor(error);
    });
    const untilMs = Math.min(verified.expiresMs, Date.now() + REMEMBER_MS);
    remembered.set(token, { verified, untilMs }, 2 * token.length + OVERHEAD_BYTES);
    return verified;
  };
  return { verifyUntil, verify: async (authorization) => (await verifyUntil(authorization)).identity };
}

/** Issuers are one service to the metric, which is up when each of those that were asked is. */
function issuersUp(metrics: Metrics): (issuer: string, isUp: boolean) => void {
  const down = new Set<string>();
  const up = metrics.get('external_service_up');
  return (issuer, isUp) => {
    if (isUp) down.delete(issuer);
    else down.add(issuer);
    up.set({ service: 'jwks' }, down.size === 0 ? 1 : 0);
  };
}

/** Of a further issuer by default as Kubernetes' API server does: its subjects may be called as the first one's are. */
const userIdPrefixOf = ({ issuer, userIdPrefix }: TokenIssuer, index: number): string =>
  userIdPrefix ?? (index === 0 ? '' : `${issuer}#`);

interface TrustedIssuer {
  readonly issuer: TokenIssuer;
  readonly keys: JWTVerifyGetKey;
  /** What its users' ids begin with. */
  readonly prefix: string;
  /** What they may not begin with: prefixes of other issuers that are longer. */
  readonly others: readonly string[];
}

async function verifyToken(
  token: string,
  trusted: ReadonlyMap<string, TrustedIssuer>,
): Promise<{ identity: Identity; expiresMs: number }> {
  const entry = trusted.get(decodeJwt(token).iss ?? '');
  if (entry === undefined) throw new Error('unknown issuer');
  const { issuer, audience, algorithms } = entry.issuer;
  const { payload, protectedHeader } = await jwtVerify(token, entry.keys, {
    issuer,
    audience,
    algorithms,
    requiredClaims: ['exp', 'sub'],
    clockTolerance: CLOCK_SKEW_SECONDS,
  });
  if (!TYPES.has(protectedHeader.typ?.toLowerCase())) throw new Error('not an access token');
  return { identity: userOf(payload, entry), expiresMs: (payload.exp ?? 0) * 1000 };
}

function userOf(payload: JWTPayload, { issuer, prefix, others }: TrustedIssuer): Identity {
  if (typeof payload.sub !== 'string' || payload.sub === '') throw new Error('no subject');
  const { rolesClaim, allowedRoles, scopesClaim, allowedScopes } = issuer;
  const userId = `${prefix}${payload.sub}`;
  if (others.some((other) => userId.startsWith(other))) throw new Error('a user of another issuer');
  const allowedOf = <T>(named: T[], allowed: readonly T[] | undefined): T[] =>
    allowed === undefined && prefix === '' ? named : named.filter((each) => allowed?.includes(each));
  const roles = allowedOf(rolesIn(payload, rolesClaim), allowedRoles);
  const scopes = allowedOf(scopesIn(payload, scopesClaim), allowedScopes);
  const user = { kind: 'user', userId, roles } as const;
  return scopes.length === 0 ? user : { ...user, scopes };
}

function refusalFor(cause: unknown): CodedError {
  if (cause instanceof KeysUnavailableError) return new CodedError('SERVICE_UNAVAILABLE', undefined, { cause });
  return new CodedError(cause instanceof errors.JWTExpired ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID', undefined, { cause });
}
