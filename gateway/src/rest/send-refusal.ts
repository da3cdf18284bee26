import { problem } from '@tributary/rest';
import { asCodedError, CodedError, type Logger, sendError, tellRefusal } from '@tributary/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './answer-route.ts';

/** Answers what no step has refused: a body that is too long, say. What is not foreseen is masked, and logged. */
export function sendRefusal(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  const coded = asCodedError(error);
  if (coded.code === 'INTERNAL_SERVER_ERROR') log.error({ request_id: request.id, err: error }, 'request failed');
  tellRefusal(request.accessFields, coded);
  return sendProblem(reply, problem(coded.status, coded.code, coded.message, request.id));
}

const BELOW_LINE = /^\/v\d+\//;

/** Answers a path that cannot be decoded, for which there is no route: below a version's number as the REST API does. */
export const sendBadPath: typeof sendError = (error, request, reply, log) =>
  BELOW_LINE.test(request.url)
    ? sendRefusal(new CodedError('BAD_REQUEST', 'The path cannot be decoded.'), request, reply, log)
    : sendError(error, request, reply, log);
