import { trace } from '@opentelemetry/api';
import { CodedError, type CounterSeries, type Metrics } from '@tributary/service-kit';
import type { OperationReply, OperationRequest } from '../http/operation-request.ts';
import type { Priority } from './priority.ts';

/**
 * Where it was turned away: at the gateway's door, as too many operations wait for a plan, by the gates of all subgraphs
 * that it asks for, or on a passthrough.
 */
export type ShedAt = 'door' | 'planner' | 'subgraph' | 'passthrough';

/** Whoever was turned away before its body was read has no priority. */
type ShedPriority = Priority | 'unread';

/** Overload passes, or another gateway is asked; a client that asks again at once makes it last. */
const RETRY_AFTER_SECONDS = 1;
/** One for all: a stack of its own, which nobody reads, would be a third of what a refusal costs. */
const REFUSAL = new CodedError('SERVICE_UNAVAILABLE');

/** Refuses requests for which nothing has been done, and counts them. */
export class Shedding {
  readonly #counts: Readonly<Record<ShedPriority, CounterSeries>>;

  constructor(metrics: Metrics) {
    const count = (priority: ShedPriority) => metrics.counter('gateway_requests_shed_total', { priority });
    this.#counts = { high: count('high'), normal: count('normal'), low: count('low'), unread: count('unread') };
  }

  /** What the request is refused with. */
  refuse(request: OperationRequest, reply: OperationReply, at: ShedAt, priority: ShedPriority): CodedError {
    this.#counts[priority].inc();
    reply.header('retry-after', RETRY_AFTER_SECONDS);
    request.accessFields.shed = at;
    trace.getSpan(request.traceContext)?.setAttribute('graphql.shed', at);
    return REFUSAL;
  }
}
