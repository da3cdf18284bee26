import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const ISSUER = 'https://issuer.example.com';
const AUDIENCE = 'graph';
const KEY_ID = 'bench';
const LIFETIME_S = 3600;

export interface TokenSettings {
  readonly issuer: string;
  readonly audience: string;
  /** A JSON Web Key Set, as text. */
  readonly keys: string;
  /** Goes to the load's thread, which signs. */
  readonly privateKey: KeyObject;
}

/** The issuer of the access tokens that authenticated requests bring, with a key of its own for each run. */
export function createTokenIssuer(): TokenSettings {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  const keys = JSON.stringify({ keys: [{ ...jwk, kid: KEY_ID, alg: 'ES256', use: 'sig' }] });
  return { issuer: ISSUER, audience: AUDIENCE, keys, privateKey };
}

/** An access token of user number `user`: ES256, as RFC 9068 has them. */
export function signToken(privateKey: KeyObject, user: number): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: userId(user),
    iat: now,
    exp: now + LIFETIME_S,
    roles: ['customer'],
  };
  const content = `${encode({ alg: 'ES256', kid: KEY_ID, typ: 'at+jwt' })}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${content}.${signature.toString('base64url')}`;
}

const userId = (user: number): string => `01890a5d-ac96-774b-bcce-${user.toString(16).padStart(12, '0')}`;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
