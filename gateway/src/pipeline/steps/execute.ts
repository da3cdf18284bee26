import { type Tracer, trace } from '@opentelemetry/api';
import { inSpan, knownCode, recordCode, requireAdmin, tellingCode } from '@tributary/service-kit';
import { type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import type { Engine } from '../../engine/engine.ts';
import type { OperationResult } from '../../executor/prepare-operation.ts';
import type { ClientAddress } from '../../http/client-address.ts';
import type { OperationReply } from '../../http/operation-request.ts';
import { deferredWhen } from '../../incremental/defer-variables.ts';
import { askerOf } from '../../overload/asker-of.ts';
import { RequestAttempts } from '../../overload/request-attempts.ts';
import { RequestShed } from '../../overload/request-shed.ts';
import type { Shedding } from '../../overload/shedding.ts';
import { Departure, plainHeader } from '../../subgraphs/fetch-scope.ts';
import { Freshness } from '../../subgraphs/freshness.ts';
import type { Exchange, Step } from '../exchange.ts';
import { priorityIn } from '../priority-in.ts';

export interface ExecuteParts {
  engine: Engine;
  /** From the beginning of the request until it has to be answered. */
  deadlineMs: number;
  address: ClientAddress;
  shedding: Shedding;
  tracer: Tracer;
  /** Whether what is deferred is delivered later, to clients that take it so. */
  incremental: boolean;
}

/** With it, an administrator is told in `extensions.plan` how the operation was executed. */
const PLAN_HEADER = 'x-query-plan';

/** Hands the operation to the engine. */
export function execute({ engine, deadlineMs, address, shedding, tracer, incremental }: ExecuteParts): Step {
  return async (exchange) => {
    const { request, reply, identity, startedMs, view, variables, denial } = exchange;
    const { document } = exchange.document;
    const operation = exchange.operation as OperationDefinitionNode;
    const isQuery = operation.operation === OperationTypeNode.QUERY;
    exchange.freshness = isQuery ? new Freshness() : undefined;
    const budget = engine.newBudget();
    const attempts = new RequestAttempts(priorityIn(exchange));
    const scope = {
      requestId: request.id,
      identity,
      canary: plainHeader(request.headers.canary),
      deadlineMs: startedMs + deadlineMs,
      // What a mutation has begun it shall finish, whether or not somebody still listens.
      departure: isQuery ? departureOf(reply) : undefined,
      freshness: exchange.freshness,
      budget,
      attempts,
      asker: () => askerOf(identity, address(request.raw)),
    };
    const execution = <T>(work: () => Promise<T>) =>
      inSpan(tracer, 'graphql.execute', {}, work).catch((error) => {
        throw error instanceof RequestShed ? shedding.refuse(request, reply, error.at, attempts.priority) : error;
      });
    const asked = { document, operation, variables, denial, scope };
    if (request.headers[PLAN_HEADER] === undefined) {
      const when = isIncremental(exchange, incremental) ? deferredWhen(document, operation, variables) : undefined;
      const result = await execution(async () => {
        if (when === undefined) return recorded(await engine.execute(view, asked));
        const parts = await engine.executeIncrementally(view, asked, when);
        if (parts.updates !== undefined) exchange.incremental = parts;
        return recorded(parts.initial);
      });
      if (attempts.isShed) throw shedding.refuse(request, reply, 'subgraph', attempts.priority);
      exchange.result = result;
      request.accessFields.limit = budget.exceeded;
      return;
    }
    // Of what there is behind the graph, only who runs it is told.
    requireAdmin(identity);
    const explained = await execution(async () => {
      const { result, plan } = await engine.explain(view, asked);
      return { result: recorded(result), plan };
    });
    exchange.result = explained.result;
    exchange.plan = explained.plan;
    request.accessFields.limit = budget.exceeded;
  };
}

/** A batch has one answer. */
const isIncremental = ({ incrementalFormat, part, isMessage }: Exchange, isOn: boolean): boolean =>
  isOn && incrementalFormat !== undefined && (part === undefined || isMessage);

/** Says in the trace with which errors it was answered: the HTTP status is 200 all the same. */
function recorded(result: OperationResult): OperationResult {
  const { errors } = result;
  if (errors.length === 0) return result;
  const span = trace.getActiveSpan();
  if (!span?.isRecording()) return result;
  span.setAttribute('graphql.errors.count', errors.length);
  recordCode(span, tellingCode(errors.map(({ code }) => knownCode(code))));
  return result;
}

function departureOf(reply: OperationReply): Departure {
  const departure = new Departure();
  // It may have left while somebody else was asked who it is.
  departure.hasGone = reply.raw.destroyed;
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) departure.leave();
  });
  return departure;
}
