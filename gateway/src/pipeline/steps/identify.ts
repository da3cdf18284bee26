import { trace } from '@opentelemetry/api';
import { CodedError, hashedId } from '@tributary/service-kit';
import type { AccessTokenVerifier } from '../../identity/access-token-verifier.ts';
import type { Credentials } from '../../identity/credentials.ts';
import type { Step } from '../exchange.ts';

const RETRY_AFTER_SECONDS = 5;

/** Who asks: nobody without a token, the token's user with one, and never nobody because of a bad one. */
export const identify =
  (verifier: AccessTokenVerifier, credentials: Credentials): Step =>
  async (exchange) => {
    try {
      const { request } = exchange;
      const { identity, expiresMs } = await verifier.verifyUntil(credentials(request, exchange.reply));
      exchange.identity = identity;
      exchange.identityEndsMs = expiresMs;
      const user = exchange.identity.kind === 'user' ? hashedId(exchange.identity.userId) : undefined;
      if (user === undefined) return;
      request.accessFields.user = user;
      trace.getSpan(request.traceContext)?.setAttribute('enduser.pseudo.id', user);
    } catch (error) {
      const status = error instanceof CodedError ? error.status : undefined;
      if (status === 401) exchange.reply.header('www-authenticate', 'Bearer error="invalid_token"');
      if (status === 503) exchange.reply.header('retry-after', RETRY_AFTER_SECONDS);
      throw error;
    }
  };
