import { CodedError, type ErrorCode, type Logger, tellCause } from '@tributary/service-kit';
import type { FastifyReply } from 'fastify';
import { UnauthorizedField } from '../authorization/unauthorized-field.ts';
import { errorsText } from '../executor/errors-text.ts';
import type { ResponseMediaType } from '../http/accept.ts';
import { policyFor, setCacheHeaders } from '../http/cache-headers.ts';
import type { CachePolicy } from '../http/cache-policy.ts';
import { compress } from '../http/compress.ts';
import { type ContentCoding, contentCodingFor } from '../http/content-coding.ts';
import { addVary } from '../http/vary.ts';
import { firstMembers } from '../incremental/payload-text.ts';
import type { LiveOperation } from '../subscriptions/live-operation.ts';
import type { Exchange } from './exchange.ts';

/** Refusals of a well-formed request, which `application/json` answers with 200 (GraphQL over HTTP, "Status Codes"). */
const WELL_FORMED = new Set<ErrorCode>([
  'BAD_USER_INPUT',
  'COST_ESTIMATED_TOO_EXPENSIVE',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_HASH_MISMATCH',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'QUERY_PLAN_COMPLEXITY_EXCEEDED',
]);

/** Where both take a packet or two, a shorter answer does not come earlier. */
const WORTH_COMPRESSING_BYTES = 2048;

/** What a request comes to, before anything of it is sent. */
export interface Answer {
  readonly status: number;
  readonly mediaType: ResponseMediaType;
  readonly body: string | Buffer;
  /** Of a refusal: JSON text of its errors. */
  readonly errors?: string;
  /** In place of a body. */
  readonly live?: LiveOperation;
  /** What follows the body, which is the first payload: JSON texts. To be read to the end, or left by `return()`. */
  later?: AsyncIterableIterator<string> | undefined;
  /** Undefined: nobody may keep it. */
  readonly cachePolicy?: CachePolicy | undefined;
  /** The body in other codings, for all who share it. */
  readonly compressed?: Map<ContentCoding, Promise<Buffer>> | undefined;
  /** To be told of the bytes that are added to them. */
  readonly grew?: ((bytes: number) => void) | undefined;
}

/** What execution gave. */
export function answerOf(exchange: Exchange): Answer {
  const { request, mediaType, identity, freshness, result, live, plan, costReport: cost, deprecations } = exchange;
  const { incremental, incrementalFormat = 'v0.2' } = exchange;
  if (live !== undefined) return { status: 200, mediaType, body: '', live };
  const { data, errors } = result;
  const hasMore = plan !== undefined || cost !== undefined || deprecations !== undefined;
  if (errors.length === 0 && !hasMore && incremental === undefined) {
    result.body ??= Buffer.from(`{"data":${data}}`);
    if (result.body.length >= WORTH_COMPRESSING_BYTES) result.compressed ??= new Map();
    const cachePolicy = policyFor(identity, freshness?.policy);
    return { status: 200, mediaType, body: result.body, cachePolicy, compressed: result.compressed, grew: result.grew };
  }
  const members = [`"data":${data}`];
  if (errors.length > 0) members.unshift(`"errors":${errorsText(errors, request.id)}`);
  if (hasMore) members.push(`"extensions":${JSON.stringify({ plan, cost, deprecations })}`);
  if (incremental !== undefined) members.push(...firstMembers(incremental.pending, incrementalFormat));
  return { status: 200, mediaType, body: `{${members.join()}}` };
}

/** Sends an answer; compressed, where that is on, the client accepts it and it saves something. */
export function send(reply: FastifyReply, answer: Answer, mayCompress = false): FastifyReply | Promise<FastifyReply> {
  const { status, mediaType, body, cachePolicy, compressed } = answer;
  reply.code(status).type(`${mediaType}; charset=utf-8`);
  setCacheHeaders(reply, cachePolicy);
  const isWorthIt = mayCompress && body.length >= WORTH_COMPRESSING_BYTES;
  const coding = isWorthIt ? contentCodingFor(reply.request.headers['accept-encoding']) : undefined;
  if (coding === undefined) return reply.send(body);
  const known = compressed?.get(coding);
  const shorter = known ?? compress(typeof body === 'string' ? Buffer.from(body) : body, coding);
  if (known === undefined) {
    compressed?.set(coding, shorter);
    if (answer.grew !== undefined) shorter.then(({ length }) => answer.grew?.(length)).catch(() => {});
  }
  return shorter.then((bytes) => {
    reply.header('content-encoding', coding);
    if (cachePolicy === undefined) addVary(reply, 'accept-encoding');
    return reply.send(bytes);
  });
}

/** What a step refused the request with; what no step foresaw is masked, and logged. */
export function refusalOf(exchange: Exchange, error: unknown, log: Logger): Answer {
  const { request, mediaType, costReport: cost } = exchange;
  const refusals = refusalsIn(error);
  exchange.refusals = refusals;
  if (refusals.some(({ code }) => code === 'INTERNAL_SERVER_ERROR')) {
    log.error({ request_id: request.id, err: error }, 'request failed');
  }
  const [refusal] = refusals;
  const { code, status, cause } = refusal;
  tellCause(request.accessFields, cause);
  const errors = JSON.stringify(refusals.map((refusal) => clientErrorOf(refusal, request.id)));
  const isWellFormed = mediaType === 'application/json' && WELL_FORMED.has(code);
  return {
    status: isWellFormed ? 200 : status,
    mediaType,
    body: `{"errors":${errors}${cost === undefined ? '' : `,"extensions":${JSON.stringify({ cost })}`}}`,
    errors,
  };
}

/** What a client reads of a refusal. */
export const clientErrorOf = (error: CodedError, requestId: string) => ({
  ...{ message: error.message, path: error instanceof UnauthorizedField ? error.path : undefined },
  extensions: { code: error.code, requestId },
});

function refusalsIn(error: unknown): [CodedError, ...CodedError[]] {
  const [first = error, ...further] = error instanceof AggregateError ? error.errors : [];
  return [maskedError(first), ...further.map(maskedError)];
}

/** What a client may be told of: what nobody foresaw is INTERNAL_SERVER_ERROR, and its cause. */
export const maskedError = (error: unknown): CodedError =>
  error instanceof CodedError ? error : new CodedError('INTERNAL_SERVER_ERROR', undefined, { cause: error });
