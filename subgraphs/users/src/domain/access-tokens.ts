import { newId, type Role } from '@tributary/service-kit';
import { SignJWT } from 'jose';
import type { UsersConfig } from '../config.ts';
import type { UserRow } from '../store/user-store.ts';
import { SIGNING_ALGORITHM, type SigningKeys } from './signing-keys.ts';

export interface AccessToken {
  accessToken: string;
  expiresAt: Date;
}

/** What a token may be used for by those who have a role, beside what everybody may: `@requiresScopes` of the graph. */
const SCOPES_OF: Readonly<Record<Role, readonly string[]>> = { customer: [], admin: ['read:ledger'] };

/**
 * Signs an access token (RFC 9068): claims `iss`, `aud`, `sub`, `roles`, `scope` where there are any, `iat`, `exp`, `jti`.
 * Asks nobody anything.
 */
export type SignAccessToken = (user: Pick<UserRow, 'id' | 'roles'>) => Promise<AccessToken>;

/** Reads the present signing key, which cannot be done within a transaction. */
export const accessTokenSigner = async (
  signingKeys: SigningKeys,
  config: UsersConfig['tokens'],
): Promise<SignAccessToken> => {
  const { kid, key } = await signingKeys.current();
  return async ({ id, roles }) => {
    const issuedAtSeconds = Math.floor(Date.now() / 1000);
    const expiresAtSeconds = issuedAtSeconds + Math.floor(config.accessTokenLifetime / 1000);
    const scopes = roles.flatMap((role) => SCOPES_OF[role]);
    const accessToken = await new SignJWT({ roles, ...(scopes.length > 0 && { scope: scopes.join(' ') }) })
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, typ: 'at+jwt' })
      .setIssuer(config.issuer)
      .setAudience(config.audience)
      .setSubject(id)
      .setJti(newId())
      .setIssuedAt(issuedAtSeconds)
      .setExpirationTime(expiresAtSeconds)
      .sign(key);
    return { accessToken, expiresAt: new Date(expiresAtSeconds * 1000) };
  };
};
