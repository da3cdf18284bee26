import { createHash } from 'node:crypto';
import { CodedError, type Logger, type Metrics, type ServiceIdentityIssuer } from '@tributary/service-kit';
import { audienceOf } from '../../engine/in-flight.ts';
import type { RootCall } from '../../executor/compiled-plan.ts';
import type { FetchScope } from '../../subgraphs/fetch-scope.ts';
import { safeError } from '../../subgraphs/safe-error.ts';
import { refusalOf } from '../refusal-of.ts';
import type { OpenSource, SourceListener } from '../source-event.ts';
import { openEventStream } from './open-event-stream.ts';
import { openWebSocket } from './open-web-socket.ts';
import { readPayload } from './read-payload.ts';
import type { OpenUpstream, UpstreamOptions, UpstreamSink } from './upstream-connection.ts';

export interface UpstreamsParts {
  /** By the subgraph's name. */
  subgraphs: Readonly<Record<string, { readonly subscriptions?: UpstreamOptions | undefined }>>;
  issuer: ServiceIdentityIssuer | undefined;
  maxResponseBytes: number;
  log: Logger;
  metrics: Metrics;
}

const OPEN: Record<UpstreamOptions['protocol'], OpenUpstream> = { ws: openWebSocket, sse: openEventStream };

/** To one subgraph. Each is a connection. */
const MOST = 10_000;

interface Upstream {
  readonly listeners: Set<SourceListener>;
  readonly connected: Promise<void>;
  leave(): void;
}

/** Subscriptions to subgraphs, each shared by all who ask the same as the same caller, for as long as anybody does. */
export class Upstreams {
  readonly #parts: UpstreamsParts;
  readonly #open = new Map<string, Map<string, Upstream>>();

  constructor(parts: UpstreamsParts) {
    this.#parts = parts;
    const count = parts.metrics.get('graphql_subscription_upstreams');
    parts.metrics.beforeScrape(() => {
      for (const [subgraph, { size }] of this.#open) count.set({ subgraph }, size);
    });
  }

  /** Whether the subgraph can be subscribed to. */
  has(subgraph: string): boolean {
    return this.#parts.subgraphs[subgraph]?.subscriptions !== undefined;
  }

  /** Equal where one subscription does for all. */
  keyOf(call: RootCall, values: Readonly<Record<string, unknown>>, scope: FetchScope): string {
    const asked = [audienceOf(scope), variablesOf(call, values), call.query];
    return `${call.subgraph} ${createHash('sha256').update(JSON.stringify(asked)).digest('base64')}`;
  }

  /**
   * Resolves once the subgraph has taken the connection.
   *
   * @param values of the plan's variables
   * @throws CodedError SUBSCRIPTION_UNAVAILABLE, or what the subgraph refuses it with at once
   */
  async open(
    call: RootCall,
    values: Readonly<Record<string, unknown>>,
    scope: FetchScope,
    listener: SourceListener,
  ): Promise<OpenSource> {
    const { subgraph, query } = call;
    const options = this.#parts.subgraphs[subgraph]?.subscriptions;
    if (options === undefined) throw new CodedError('SUBSCRIPTION_UNAVAILABLE');
    const variables = variablesOf(call, values);
    const key = this.keyOf(call, values, scope);
    const all = this.#open.get(subgraph) ?? new Map<string, Upstream>();
    this.#open.set(subgraph, all);
    const known = all.get(key);
    if (known === undefined && all.size >= MOST) throw new CodedError('SUBSCRIPTION_UNAVAILABLE');
    const forget = (ended: Upstream) => {
      // Another one may have its place by then.
      if (all.get(key) === ended) all.delete(key);
    };
    const upstream = known ?? this.#subscribe(subgraph, options, { query, variables, scope }, () => forget(upstream));
    all.set(key, upstream);
    upstream.listeners.add(listener);
    const close = () => {
      if (!upstream.listeners.delete(listener) || upstream.listeners.size > 0) return;
      forget(upstream);
      upstream.leave();
    };
    try {
      await upstream.connected;
    } catch (error) {
      close();
      throw error;
    }
    return { key, position: () => undefined, replay: async () => undefined, close };
  }

  #subscribe(
    subgraph: string,
    { protocol, url }: UpstreamOptions,
    { query, variables, scope }: { query: string; variables: Record<string, unknown>; scope: FetchScope },
    ended: () => void,
  ): Upstream {
    const { issuer, maxResponseBytes: maxBytes } = this.#parts;
    const listeners = new Set<SourceListener>();
    const { promise: connected, resolve, reject } = Promise.withResolvers<void>();
    // Nobody may wait for it any more when it fails.
    connected.catch(() => {});
    const end = (error?: CodedError) => {
      ended();
      reject(error ?? new CodedError('SUBSCRIPTION_UNAVAILABLE'));
      for (const listener of [...listeners]) listener.ended(error);
    };
    const sink = this.#sinkOf(subgraph, listeners, resolve, end);
    const { identity, canary } = scope;
    const headers = async () => {
      const token = await issuer?.issue(subgraph, identity);
      return {
        'x-request-id': scope.requestId,
        ...(canary === undefined ? {} : { canary }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
    };
    const leave = OPEN[protocol]({ url, query, variables, headers, maxBytes }, sink);
    return { listeners, connected, leave };
  }

  #sinkOf(
    subgraph: string,
    listeners: ReadonlySet<SourceListener>,
    connected: () => void,
    end: (error?: CodedError) => void,
  ): UpstreamSink {
    const { log, metrics } = this.#parts;
    const errors = metrics.counter('graphql_subscription_upstream_errors_total', { subgraph });
    return {
      connected,
      next(payload) {
        const answer = readPayload(payload);
        if (answer.data === null) errors.inc();
        // Each writes into what it makes of it; and it takes less while it waits.
        const event = { what: { answer: JSON.stringify(answer) }, position: undefined, traceparent: undefined };
        for (const listener of [...listeners]) listener.event(event);
      },
      refused(refusals) {
        errors.inc();
        const refused = readPayload({ data: null, errors: refusals }).errors;
        const codes = refused.map((error) => safeError(error).code);
        log.info({ subgraph, codes }, 'a subgraph refuses a subscription');
        end(refusalOf(refused));
      },
      complete: () => end(),
      failed(cause) {
        errors.inc();
        log.warn({ subgraph, err: cause }, 'a subscription to a subgraph has failed');
        end(new CodedError('SUBSCRIPTION_UNAVAILABLE'));
      },
    };
  }
}

const variablesOf = (call: RootCall, values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(call.variables.flatMap((name) => (name in values ? [[name, values[name]]] : [])));
