import { trace } from '@opentelemetry/api';
import { CodedError, type ErrorCode, errorFields, type Logger, recordFailure } from '@tributary/service-kit';
import type { FastifyReply } from 'fastify';
import type { ResponseMediaType } from '../http/accept.ts';
import type { Exchange } from './exchange.ts';

/** Refusals of a well-formed request, which `application/json` answers with 200 (GraphQL over HTTP, "Status Codes"). */
const WELL_FORMED = new Set<ErrorCode>([
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'QUERY_PLAN_COMPLEXITY_EXCEEDED',
]);

/** Sends what execution gave. */
export function respond({ request, reply, mediaType, result, plan }: Exchange): FastifyReply {
  const { data, errors } = result;
  if (errors.length === 0 && plan === undefined) {
    result.body ??= Buffer.from(`{"data":${data}}`);
    return send(reply, 200, mediaType, result.body);
  }
  const members = [`"data":${data}`];
  if (errors.length > 0) {
    const clientErrors = errors.map(({ message, path, code }) => ({
      ...{ message, path },
      extensions: { code, requestId: request.id },
    }));
    members.unshift(`"errors":${JSON.stringify(clientErrors)}`);
  }
  if (plan !== undefined) members.push(`"extensions":${JSON.stringify({ plan })}`);
  return send(reply, 200, mediaType, `{${members.join()}}`);
}

/** Sends what a step refused the request with; what no step foresaw is masked, and logged. */
export function refuse(exchange: Exchange, error: unknown, log: Logger): FastifyReply {
  const { request, reply, mediaType } = exchange;
  const refusals = refusalsIn(error);
  exchange.refusals = refusals;
  if (refusals.some(({ code }) => code === 'INTERNAL_SERVER_ERROR')) {
    log.error({ request_id: request.id, err: error }, 'request failed');
  }
  const [refusal] = refusals;
  const { code, status, cause } = refusal;
  const span = trace.getSpan(request.traceContext);
  if (span?.isRecording()) recordFailure(span, refusal);
  request.accessFields.code = code;
  // Why a token is refused, say. The client is told no more than the code.
  request.accessFields.cause = errorFields(cause).code;
  const errors = refusals.map(({ message, code }) => ({ message, extensions: { code, requestId: request.id } }));
  return send(
    reply,
    mediaType === 'application/json' && WELL_FORMED.has(code) ? 200 : status,
    mediaType,
    JSON.stringify({ errors }),
  );
}

const send = (reply: FastifyReply, status: number, mediaType: ResponseMediaType, body: string | Buffer) =>
  reply.code(status).type(`${mediaType}; charset=utf-8`).header('cache-control', 'no-store').send(body);

function refusalsIn(error: unknown): [CodedError, ...CodedError[]] {
  const [first = error, ...further] = error instanceof AggregateError ? error.errors : [];
  return [coded(first), ...further.map(coded)];
}

const coded = (error: unknown) =>
  error instanceof CodedError ? error : new CodedError('INTERNAL_SERVER_ERROR', undefined, { cause: error });
