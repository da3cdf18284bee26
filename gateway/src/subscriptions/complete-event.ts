import { SpanKind, type Tracer, trace } from '@opentelemetry/api';
import {
  CodedError,
  inEntrySpan,
  inOperation,
  knownCode,
  type Logger,
  linksTo,
  newId,
  operationAttributes,
  recordCode,
  tellingCode,
} from '@tributary/service-kit';
import type { Engine } from '../engine/engine.ts';
import type { OperationResult } from '../executor/prepare-operation.ts';
import { RequestShed } from '../overload/request-shed.ts';
import type { FetchScope } from '../subgraphs/fetch-scope.ts';
import type { SubgraphAnswer } from '../subgraphs/read-answer.ts';
import { eventIdOf } from './event-id.ts';
import { holding } from './holding.ts';
import type { LiveRequest, LiveResult } from './live-operation.ts';
import { refusalOf } from './refusal-of.ts';
import type { SourceEvent } from './source-event.ts';
import type { SubscriptionPlan } from './subscription-plan.ts';
import type { Way } from './way.ts';

/** What became of an event, once for all who share it. */
export type EventOutcome = 'delivered' | 'errors' | 'hidden' | 'failed';

export interface CompletionParts {
  engine: Engine;
  deadlineMs: number;
  count(outcome: EventOutcome): void;
  log: Logger;
  tracer: Tracer;
}

/**
 * Completes an event as a query would be, as a request of its own: with its id, its span and its deadline.
 *
 * @returns undefined where it is none of the caller's business. Does not reject
 */
export async function completeEvent(
  event: SourceEvent,
  way: Way,
  request: LiveRequest,
  parts: CompletionParts,
): Promise<LiveResult | undefined> {
  const { tracer, log, count } = parts;
  const scope = scopeFor(request, newId(), parts);
  const { requestId } = scope;
  const eventId = event.position && eventIdOf(event.position);
  try {
    const result = await inEventSpan(event, request, requestId, tracer, () =>
      // Its group may be moved on, or end, meanwhile.
      holding(way.generation, () => execute(event, way, request, scope, parts)),
    );
    count(result === undefined ? 'hidden' : result.errors.length > 0 ? 'errors' : 'delivered');
    return result && { result, eventId, requestId };
  } catch (error) {
    count('failed');
    if (!(error instanceof CodedError)) {
      inOperation({ requestId, fields: request.fields }, () => log.error({ err: error }, 'an event failed'));
    }
    const { code, message } = error instanceof CodedError ? error : new CodedError('INTERNAL_SERVER_ERROR');
    return { result: { data: 'null', errors: [{ code, message, path: undefined }] }, eventId, requestId };
  }
}

/**
 * Whether the caller may see what an event is about.
 *
 * @throws CodedError where that cannot be learned; RequestShed where its subgraph was not asked, as too much is asked of it
 */
export async function isVisible(
  event: SourceEvent,
  plan: SubscriptionPlan,
  scope: FetchScope,
  { engine }: CompletionParts,
): Promise<boolean> {
  const answer = await answerOf(plan, event, scope, engine);
  if (answer === undefined) return false;
  if (scope.attempts?.isShed) throw new RequestShed();
  const isThere = answer.data !== null && Object.values(answer.data).every((entity) => entity !== null);
  if (!isThere) throw refusalOf(answer.errors);
  return true;
}

/** What is asked of subgraphs in the name of whoever subscribes. */
export function scopeFor(
  { identity, canary, asker }: LiveRequest,
  requestId: string,
  { engine, deadlineMs }: Pick<CompletionParts, 'engine' | 'deadlineMs'>,
): FetchScope {
  const budget = engine.newBudget();
  return { requestId, identity, canary, deadlineMs: performance.now() + deadlineMs, budget, asker: () => asker };
}

function inEventSpan(
  event: SourceEvent,
  { operation, fields }: LiveRequest,
  requestId: string,
  tracer: Tracer,
  work: () => Promise<OperationResult | undefined>,
): Promise<OperationResult | undefined> {
  const attributes = { ...operationAttributes(operation), 'http.response.header.x-request-id': [requestId] };
  const span = { kind: SpanKind.CONSUMER, links: linksTo(event.traceparent), attributes };
  return inEntrySpan(tracer, 'graphql.subscription.event', undefined, span, () =>
    inOperation({ requestId, fields }, work),
  );
}

async function execute(
  event: SourceEvent,
  { plan, denial }: Way,
  { document, operation, variables }: LiveRequest,
  scope: FetchScope,
  { engine }: CompletionParts,
): Promise<OperationResult | undefined> {
  const answer = await answerOf(plan, event, scope, engine);
  if (answer === undefined) return undefined;
  const { view, labels } = plan;
  const asked = { document, operation, variables, denial, scope };
  return tellErrors(await engine.execute(view, { ...asked, event: { answer, labels } }));
}

async function answerOf(
  plan: SubscriptionPlan,
  { what }: SourceEvent,
  scope: FetchScope,
  engine: Engine,
): Promise<SubgraphAnswer | undefined> {
  if ('answer' in what) return JSON.parse(what.answer) as SubgraphAnswer;
  const { question, values, view } = plan;
  if (question === undefined) return undefined;
  return question.read(await engine.ask(view, question.about(what.entity, values), scope));
}

/** In the event's span. */
function tellErrors(result: OperationResult): OperationResult {
  const { errors } = result;
  const span = errors.length === 0 ? undefined : trace.getActiveSpan();
  span?.setAttribute('graphql.errors.count', errors.length);
  if (span !== undefined) recordCode(span, tellingCode(errors.map(({ code }) => knownCode(code))));
  return result;
}
