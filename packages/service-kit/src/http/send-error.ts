import { context } from '@opentelemetry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, errorCatalogue } from '../errors/catalogue.ts';
import { CodedError } from '../errors/coded-error.ts';
import { codedErrorOf } from '../errors/coded-error-of.ts';
import type { Logger } from '../log/logger.ts';
import { tellRefusal } from './access-line.ts';

/** Fastify's own refusals, in our catalogue. */
const FASTIFY_CODES: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_INVALID_JSON_BODY: 'BAD_REQUEST',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'BAD_REQUEST',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'BAD_REQUEST',
  FST_ERR_NOT_FOUND: 'NOT_FOUND',
};

/** Answers with one GraphQL error in the form of design "Errors"; what is not foreseen is masked, and logged. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  const coded = asCodedError(error);
  if (coded.code === 'INTERNAL_SERVER_ERROR') {
    context.with(request.traceContext, () => log.error({ request_id: request.id, err: error }, 'request failed'));
  }
  tellRefusal(request.accessFields, coded);
  return reply
    .code(coded.status)
    .type('application/json; charset=utf-8')
    .send({ errors: [{ message: coded.message, extensions: { code: coded.code, requestId: request.id } }] });
}

/** What of it a caller may know; what nobody foresaw is INTERNAL_SERVER_ERROR. */
export function asCodedError(error: unknown): CodedError {
  const own = codedErrorOf(error);
  if (own !== undefined) return own;
  if (typeof error === 'string' && Object.hasOwn(errorCatalogue, error)) return new CodedError(error as ErrorCode);
  const { code, statusCode } = (error ?? {}) as { code?: string; statusCode?: number };
  const known = code === undefined ? undefined : FASTIFY_CODES[code];
  if (known !== undefined) return new CodedError(known);
  const clientsFault = statusCode !== undefined && statusCode >= 400 && statusCode < 500;
  return new CodedError(clientsFault ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR');
}
