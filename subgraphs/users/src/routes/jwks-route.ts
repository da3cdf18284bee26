import type { Routes } from '@tributary/service-kit';
import type { SigningKeys } from '../domain/signing-keys.ts';

/** Well below `tokens.publishAhead`, so that every verifier has a new key before it signs. */
const CACHE_CONTROL = 'public, max-age=300';

/** `GET /.well-known/jwks.json`: the keys by which anybody can verify an access token. */
export const jwksRoute =
  (signingKeys: SigningKeys): Routes =>
  (app) => {
    app.get('/.well-known/jwks.json', async (_request, reply) => {
      const keys = await signingKeys.jwks();
      return reply.header('cache-control', CACHE_CONTROL).send(keys);
    });
  };
