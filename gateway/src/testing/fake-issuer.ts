import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';

/** An issuer of access tokens with its JWKS on a loopback port. */
export interface FakeIssuer extends AsyncDisposable {
  readonly jwksUri: string;
  /** Requests for the JWKS so far. */
  readonly fetches: () => number;
  /** What it publishes from now on; undefined: it is down. */
  publish(keys: readonly IssuerKey[] | undefined): void;
}

export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly publicJwk: JWK;
  sign(claims?: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

export const ISSUER = 'https://issuer.example.com';
export const AUDIENCE = 'graph';
export const USER_ID = '01890a5d-ac96-774b-bcce-b302099a8057';

export async function newKey(kid: string, alg = 'ES256'): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return {
    kid,
    alg,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    sign: (claims, header) => signToken(privateKey, { alg, kid, typ: 'at+jwt', ...header }, claims),
  };
}

/** Valid unless `claims` say otherwise; a claim that is undefined is left out. */
export function signToken(
  key: CryptoKey | Uint8Array,
  header: JWTHeaderParameters,
  claims: JWTPayload = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: USER_ID,
    iat: now,
    exp: now + 300,
    roles: ['customer'],
    ...claims,
  };
  return new SignJWT(payload).setProtectedHeader(header).sign(key);
}

export async function startFakeIssuer(keys: readonly IssuerKey[] | undefined): Promise<FakeIssuer> {
  let published = keys;
  let fetches = 0;
  const server = createServer((_request, response) => {
    fetches++;
    if (published === undefined) response.writeHead(503).end();
    else response.writeHead(200).end(JSON.stringify({ keys: published.map(({ publicJwk }) => publicJwk) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    jwksUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    fetches: () => fetches,
    publish(next) {
      published = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
