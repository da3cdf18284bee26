import type { GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { anonymous, type Identity, newId } from '@tributary/service-kit';

/** What all subgraph fetches of one request share. */
export interface FetchScope {
  readonly requestId: string;
  readonly identity: Identity;
  /** The client's own; used where no span is active. */
  readonly traceparent?: string | undefined;
  readonly canary?: string | undefined;
  /** By the clock of `performance.now()`: after this nobody waits for the answer. */
  readonly deadlineMs: number;
  /** Aborted when the client has gone and its fetches are of no use to anybody. */
  readonly gone?: AbortSignal | undefined;
}

const PLAIN = /^[\w.:=-]{1,128}$/;

/** A header of the client's that is harmless to log and to hand on, or nothing. */
export const plainHeader = (value: unknown): string | undefined =>
  typeof value === 'string' && PLAIN.test(value) ? value : undefined;

/**
 * The scopes of requests on their way. Our pipeline puts its own in; for a request that comes through somebody else's
 * server one is made of the request's headers.
 */
export class FetchScopes {
  readonly #scopes = new WeakMap<object, FetchScope>();
  readonly #deadlineMs: number;
  readonly #identify: (context: Record<string, unknown>) => Identity;

  constructor(deadlineMs: number, identify: (context: Record<string, unknown>) => Identity = () => anonymous) {
    this.#deadlineMs = deadlineMs;
    this.#identify = identify;
  }

  set(request: GatewayGraphQLRequestContext, scope: FetchScope): void {
    this.#scopes.set(request, scope);
  }

  get(request: GatewayGraphQLRequestContext | undefined): FetchScope {
    const known = request && this.#scopes.get(request);
    if (known !== undefined) return known;
    const headers = request?.request.http?.headers;
    const scope: FetchScope = {
      requestId: plainHeader(headers?.get('x-request-id')) ?? newId(),
      identity: request === undefined ? anonymous : this.#identify(request.context),
      traceparent: plainHeader(headers?.get('traceparent')),
      canary: plainHeader(headers?.get('canary')),
      deadlineMs: performance.now() + this.#deadlineMs,
    };
    if (request !== undefined) this.#scopes.set(request, scope);
    return scope;
  }
}
