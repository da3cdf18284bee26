import { SpanKind, type Tracer } from '@opentelemetry/api';
import {
  currentTraceparent,
  DEADLINE_HEADER,
  inSpan,
  type Logger,
  type Metrics,
  type ServiceIdentityIssuer,
} from '@tributary/service-kit';
import { Pool } from 'undici';
import type { SubgraphRequest } from '../executor/subgraph-access.ts';
import { FetchError, type FetchOutcome } from './fetch-error.ts';
import type { FetchScope } from './fetch-scope.ts';
import { post } from './post.ts';
import { readAnswer, type SubgraphAnswer } from './read-answer.ts';

export interface SubgraphRequestLimits {
  /** Of one fetch; the request's own deadline may be nearer. */
  timeoutMs: number;
  maxResponseBytes: number;
  connections: number;
}

export interface SubgraphClientParts {
  limits: SubgraphRequestLimits;
  /** True: also without TLS. Undefined: where an https:// URL's subgraph has it. */
  http2?: boolean | undefined;
  /** Signs who asks; undefined: subgraphs are asked without a token. */
  issuer: ServiceIdentityIssuer | undefined;
  log: Logger;
  metrics: Metrics;
  tracer: Tracer;
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
  readonly #name: string;
  readonly #pool: Pool;
  readonly #path: string;
  readonly #parts: SubgraphClientParts;
  /** Finding a metric by its labels takes longer than counting. */
  readonly #durations = new Map<FetchOutcome, { observe(seconds: number): void }>();

  constructor(name: string, url: string, parts: SubgraphClientParts) {
    const { origin, pathname, search } = new URL(url);
    this.#name = name;
    this.#path = `${pathname}${search}`;
    this.#parts = parts;
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
    try {
      const answer = await this.#fetch(request, scope);
      this.#observe(answer.errors.length === 0 ? 'ok' : 'errors', startedMs);
      if (answer.errors.length > 0) {
        this.#log('info', scope, { codes: codesOf(answer) }, 'subgraph answered with errors');
      }
      return answer;
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      const { code, message, outcome, reason, cause } = error;
      this.#observe(outcome, startedMs);
      const fields = { code, reason, ...(cause === undefined ? {} : { err: cause }) };
      this.#log('warn', scope, fields, 'subgraph fetch failed');
      return { data: null, errors: [{ message, extensions: { code } }] };
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #fetch({ query, variables, entities, expected }: SubgraphRequest, scope: FetchScope): Promise<SubgraphAnswer> {
    const span = { kind: SpanKind.CLIENT, attributes: { 'graphql.subgraph.name': this.#name } };
    return inSpan(this.#parts.tracer, `fetch ${this.#name}`, span, async () => {
      const { limits, issuer } = this.#parts;
      const token = await issuer?.issue(this.#name, scope.identity);
      const timeoutMs = Math.floor(Math.min(limits.timeoutMs, scope.deadlineMs - performance.now()));
      if (timeoutMs <= 0) throw new FetchError('deadline', 'no time was left for it');
      if (scope.departure?.hasGone === true) throw new FetchError('cancelled', 'the client has gone');
      const answer = await post({
        pool: this.#pool,
        path: this.#path,
        headers: headersOf(scope, token, timeoutMs),
        body: `{"query":${JSON.stringify(query)},"variables":${variables}}`,
        timeoutMs,
        maxBytes: limits.maxResponseBytes,
        departure: scope.departure,
      });
      return readAnswer(answer, entities, expected);
    });
  }

  #observe(outcome: FetchOutcome, startedMs: number): void {
    const histogram = this.#parts.metrics.get('graphql_subgraph_fetch_duration_seconds');
    const durations = this.#durations.get(outcome) ?? histogram.labels({ subgraph: this.#name, outcome });
    this.#durations.set(outcome, durations);
    durations.observe((performance.now() - startedMs) / 1000);
  }

  #log(level: 'info' | 'warn', scope: FetchScope, fields: Record<string, unknown>, message: string): void {
    this.#parts.log[level]({ request_id: scope.requestId, subgraph: this.#name, ...fields }, message);
  }
}

/** Codes alone: a message may hold what the client or a database said. */
const codesOf = ({ errors }: SubgraphAnswer) => [
  ...new Set(errors.slice(0, 20).map(({ extensions }) => String(extensions?.code ?? 'none').slice(0, 64))),
];

/** Everything that a subgraph is told beside the query. Nothing of the client's request goes on by itself. */
function headersOf(scope: FetchScope, token: string | undefined, remainingMs: number): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json',
    'x-request-id': scope.requestId,
    [DEADLINE_HEADER]: String(remainingMs),
  };
  const traceparent = currentTraceparent() ?? scope.traceparent;
  if (traceparent !== undefined) headers.traceparent = traceparent;
  if (scope.canary !== undefined) headers.canary = scope.canary;
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  return headers;
}
