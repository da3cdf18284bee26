import { type Attributes, context, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import {
  type CounterSeries,
  inSpan,
  type Logger,
  type Metrics,
  type Observe,
  type ServiceIdentityIssuer,
  serverOf,
} from '@tributary/service-kit';
import { Pool } from 'undici';
import type { CircuitState } from '../resilience/circuit.ts';
import { defaultResilience, type ResilienceOptions } from '../resilience/resilience-options.ts';
import { FetchError, type FetchOutcome } from './fetch-error.ts';
import { FetchGate, type FetchGateOptions } from './fetch-gate.ts';
import { FetchGuard, type GuardedFetch, TELLING_MS } from './fetch-guard.ts';
import type { FetchScope } from './fetch-scope.ts';
import { FetchTurnedAway } from './fetch-turned-away.ts';
import { type PostAnswer, post } from './post.ts';
import { readAnswer, type SubgraphAnswer } from './read-answer.ts';
import { requestHeaders } from './request-headers.ts';
import { sendAgain, wasNotSent } from './send-again.ts';
import type { SubgraphRequest } from './subgraph-request.ts';

export interface SubgraphRequestLimits {
  /** Of one fetch; the request's own deadline may be nearer. */
  timeoutMs: number;
  maxResponseBytes: number;
  connections: number;
  /** How many of them are used at once, and who waits. Undefined: all that there are, and everybody. */
  gate?: FetchGateOptions | undefined;
}

export interface SubgraphClientParts {
  limits: SubgraphRequestLimits;
  /** Default: `defaultResilience`. */
  resilience?: ResilienceOptions | undefined;
  /** True: also without TLS. Undefined: where an https:// URL's subgraph has it. */
  http2?: boolean | undefined;
  /** Whether it is told whose operation it works for (docs/adr/0039). Default true. */
  operationContext?: boolean | undefined;
  /** Signs who asks; undefined: subgraphs are asked without a token. */
  issuer: ServiceIdentityIssuer | undefined;
  log: Logger;
  metrics: Metrics;
  tracer: Tracer;
}

/** What the connections of a client do. */
export interface ConnectionStats {
  /** With a request under way. With several requests on one (HTTP/2), at most so many. */
  active: number;
  idle: number;
  /** Requests that wait for a connection, or until one more may be under way. */
  pending: number;
}

const CONNECT_TIMEOUT_MS = 1000;
/** An option of undici's connector that its types do not have. */
const WITHOUT_TLS = { useH2c: true };

/**
 * The way to one subgraph: a bounded pool of connections, a deadline, a limit to the answer's size, no redirects, and
 * exactly the headers that are named here. What goes wrong becomes errors; neither the subgraph's address nor its answer
 * is in them.
 */
export class SubgraphClient {
  readonly name: string;
  readonly #pool: Pool;
  readonly #path: string;
  readonly #parts: SubgraphClientParts;
  readonly #guard: FetchGuard;
  readonly #gate: FetchGate | undefined;
  /** Finding a metric by its labels takes longer than counting. */
  readonly #durations = new Map<FetchOutcome, Observe>();
  readonly #shared: CounterSeries;
  readonly #retries: CounterSeries;
  /** What its spans say of each fetch. */
  readonly #attributes: Attributes;

  constructor(name: string, url: string, parts: SubgraphClientParts) {
    const { origin, pathname, search } = new URL(url);
    this.name = name;
    this.#path = `${pathname}${search}`;
    this.#parts = parts;
    const { limits, resilience: options = defaultResilience, log, metrics } = parts;
    this.#guard = new FetchGuard({ subgraph: name, options, log, metrics });
    const { gate, connections: maximum } = limits;
    this.#gate = gate && new FetchGate({ subgraph: name, maximum, metrics, ...gate });
    this.#shared = parts.metrics.counter('graphql_subgraph_fetches_shared_total', { subgraph: name });
    this.#retries = parts.metrics.counter('graphql_subgraph_retries_total', { subgraph: name });
    this.#attributes = {
      'graphql.subgraph.name': name,
      'http.request.method': 'POST',
      ...serverOf(new URL(url)),
    };
    // undici's own time-outs are off: each fetch has one deadline.
    this.#pool = new Pool(origin, {
      connections: parts.limits.connections,
      connect: { timeout: CONNECT_TIMEOUT_MS, ...(parts.http2 === true ? WITHOUT_TLS : {}) },
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: parts.http2 !== false,
    });
  }

  /** The fetch with its metric and its log line; one that came to nothing is an answer with an error and no data. */
  async ask(request: SubgraphRequest, scope: FetchScope): Promise<SubgraphAnswer> {
    const startedMs = performance.now();
    let guarded: GuardedFetch | undefined;
    try {
      guarded = this.#guard.admit(request, scope.deadlineMs, startedMs);
      const answer = await this.#fetch(request, scope);
      this.#guard.answered(guarded, answer.isUnavailable === true, performance.now());
      this.#observe(answer.errors.length === 0 ? 'ok' : 'errors', startedMs);
      scope.freshness?.add(answer.cacheControl);
      if (answer.errors.length > 0) {
        this.#log('info', scope, { codes: codesOf(answer) }, 'subgraph answered with errors');
      }
      return answer;
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      const { code, message, outcome, reason, cause } = error;
      if (guarded !== undefined) this.#guard.failed(guarded, error, wasNotSent(cause), performance.now());
      this.#observe(outcome, startedMs);
      scope.freshness?.add(undefined);
      const fields = { code, reason, ...(cause === undefined ? {} : { err: cause }) };
      // Of what is not sent, the breaker's own lines tell, or metrics.
      const isTurnedAway = error instanceof FetchTurnedAway;
      const isUnsent = guarded === undefined || isTurnedAway;
      this.#log(isUnsent ? 'debug' : 'warn', scope, fields, 'subgraph fetch failed');
      return { data: null, errors: [{ message, extensions: { code } }], isTurnedAway };
    }
  }

  /** One that was answered by another, identical one. @param startedMs by `Date.now()` */
  countShared(startedMs: number): void {
    this.#shared.inc();
    if (!trace.getActiveSpan()?.isRecording()) return;
    const attributes = { ...this.#attributes, 'graphql.subgraph.shared': true };
    const span = { kind: SpanKind.CLIENT, startTime: startedMs, attributes };
    this.#parts.tracer.startSpan(`fetch ${this.name}`, span).end();
  }

  get connections(): ConnectionStats {
    const { connected, running, pending } = this.#pool.stats;
    const active = Math.min(connected, running);
    return { active, idle: connected - active, pending: pending + (this.#gate?.waiting ?? 0) };
  }

  /** Fetches that may be under way at once; undefined: nothing limits them. */
  get limit(): number | undefined {
    return this.#gate?.limit;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Types that are not to be asked for together with others at the moment. Undefined: there are none. */
  get apart(): ReadonlySet<string> | undefined {
    return this.#guard.breakers?.apart;
  }

  /** The states of its breakers, by type. */
  get breakers(): Iterable<readonly [type: string, state: CircuitState]> {
    return this.#guard.breakers?.states() ?? [];
  }

  #fetch(request: SubgraphRequest, scope: FetchScope): Promise<SubgraphAnswer> {
    const span = { kind: SpanKind.CLIENT, attributes: this.#attributes };
    const { entities, expected } = request;
    const fetch = async () => {
      const send = () => this.#send(request, scope);
      const answer = await (this.#gate?.pass(scope, request.types[0] === 'Mutation', send) ?? send());
      const fetching = trace.getActiveSpan();
      if (fetching?.isRecording()) fetching.setAttributes(attributesOf(answer, entities));
      const read = readAnswer(answer, entities, expected);
      if (read.isExpected === true) fetching?.setAttribute('graphql.subgraph.replayed', true);
      if (read.errors.length > 0) fetching?.setAttribute('graphql.errors.count', read.errors.length);
      return read;
    };
    return inSpan(this.#parts.tracer, `fetch ${this.name}`, span, fetch, outcomeOf);
  }

  async #send({ query, variables, types }: SubgraphRequest, scope: FetchScope): Promise<PostAnswer> {
    const { limits, issuer, operationContext = true } = this.#parts;
    const token = await issuer?.issue(this.name, scope.identity);
    const endMs = Math.min(performance.now() + limits.timeoutMs, scope.deadlineMs);
    const body = `{"query":${JSON.stringify(query)},"variables":${variables}}`;
    let isAgain = false;
    const send = () => {
      const timeoutMs = Math.floor(endMs - performance.now());
      if (timeoutMs <= 0) throw new FetchError('deadline', 'no time was left for it', undefined, true);
      if (scope.departure?.hasGone === true) throw new FetchError('cancelled', 'the client has gone');
      if (isAgain) this.#countRetry();
      isAgain = true;
      return post({
        pool: this.#pool,
        path: this.#path,
        headers: requestHeaders(scope, token, timeoutMs, operationContext),
        body,
        timeoutMs,
        // A millisecond was cut off.
        isShort: timeoutMs + 1 < Math.min(TELLING_MS, limits.timeoutMs),
        maxBytes: limits.maxResponseBytes,
        isHopeless: () => this.#guard.isOversized(query),
        departure: scope.departure,
        budget: scope.budget,
      });
    };
    return sendAgain(send, {
      isQuery: types[0] !== 'Mutation',
      budget: this.#guard.budget,
      leftMs: () => endMs - performance.now(),
      unconnected: () => this.#guard.unconnected(performance.now()),
    });
  }

  #countRetry(): void {
    this.#retries.inc();
    trace.getActiveSpan()?.setAttribute('http.request.resend_count', 1).addEvent('retry');
  }

  #observe(outcome: FetchOutcome, startedMs: number): void {
    let observe = this.#durations.get(outcome);
    if (observe === undefined) {
      const labels = { subgraph: this.name, outcome };
      observe = this.#parts.metrics.observer('graphql_subgraph_fetch_duration_seconds', labels);
      this.#durations.set(outcome, observe);
    }
    observe((performance.now() - startedMs) / 1000, trace.getSpanContext(context.active()));
  }

  #log(level: 'debug' | 'info' | 'warn', scope: FetchScope, fields: Record<string, unknown>, message: string): void {
    this.#parts.log[level]({ request_id: scope.requestId, subgraph: this.name, ...fields }, message);
  }
}

/** What its span says of a fetch when it is over. Undefined entities: it asked for root fields. */
function attributesOf({ status, body }: PostAnswer, entities: SubgraphRequest['entities']): Attributes {
  const count = entities === undefined ? {} : { 'graphql.subgraph.entities': [...entities.values()].reduce(sum, 0) };
  return { 'http.response.status_code': status, 'http.response.body.size': body.length, ...count };
}

const sum = (a: number, b: number) => a + b;

const outcomeOf = (error: unknown) => (error instanceof FetchError ? error.outcome : undefined);

/** Codes alone: a message may hold what the client or a database said. */
const codesOf = ({ errors }: SubgraphAnswer) => [
  ...new Set(errors.slice(0, 20).map(({ extensions }) => String(extensions?.code ?? 'none').slice(0, 64))),
];
