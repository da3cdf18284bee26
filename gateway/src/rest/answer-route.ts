import {
  isRead,
  keyOfCreated,
  PROBLEM_MEDIA_TYPE,
  type Problem,
  pageLinks,
  problem,
  restAnswerOf,
} from '@tributary/rest';
import { knownCode } from '@tributary/service-kit';
import type { FastifyReply } from 'fastify';
import { addLink } from '../http/add-link.ts';
import { policyFor, setCacheHeaders } from '../http/cache-headers.ts';
import { addVary } from '../http/vary.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import { type Answer, send } from '../pipeline/respond.ts';
import { entityTag, isKnownTag } from './entity-tag.ts';
import type { FoundRoute } from './find-route.ts';
import { problemOfErrors, problemOfRefusals } from './problem-of.ts';

/** Sends what an exchange has come to as the REST API says it. */
export function answerRoute(
  exchange: Exchange,
  { bound, table }: FoundRoute,
  reply: FastifyReply,
  mayCompress: boolean,
): FastifyReply | Promise<FastifyReply> {
  const { refusals, result } = exchange;
  if (refusals.length > 0 || bound === undefined) return sendProblem(reply, problemOfRefusals(refusals, exchange));
  if (result.errors.length > 0) return sendProblem(reply, problemOfErrors(result.errors, exchange, bound));
  const answer = restAnswerOf(bound, JSON.parse(result.data));
  if ('code' in answer)
    return sendProblem(reply, problem(answer.status, answer.code, answer.detail, exchange.request.id));
  addLinks(reply, answer.body);
  if (answer.status === 201) addLocation(reply, answer.body, table && keyOfCreated(bound, table.routes));
  for (const { name } of bound.parameters.filter((one) => one.in === 'header')) addVary(reply, name);
  const body = JSON.stringify(answer.body);
  const cachePolicy = policyFor(exchange.identity, exchange.freshness?.policy);
  const whole: Answer = { status: answer.status, mediaType: 'application/json', body, cachePolicy };
  if (!isRead(bound.route)) return send(reply, whole, mayCompress);
  const tag = entityTag(body);
  reply.header('etag', tag);
  if (!isKnownTag(exchange.request.headers['if-none-match'], tag)) return send(reply, whole, mayCompress);
  // Neither type nor length: they would be those of what is not sent (RFC 9110, 8.6).
  setCacheHeaders(reply, cachePolicy);
  return reply.code(304).send();
}

/** Beside those of a version that ends. */
function addLinks(reply: FastifyReply, body: unknown): void {
  const links = pageLinks(body, reply.request.url);
  if (links !== undefined) addLink(reply, links);
}

/** Where what was made can be read, if there is a route for that below this one. */
function addLocation(reply: FastifyReply, body: unknown, key: string | undefined): void {
  const value = key === undefined ? undefined : (body as Readonly<Record<string, unknown>>)[key];
  const [path = ''] = reply.request.url.split('?');
  if (typeof value === 'string' || typeof value === 'number')
    reply.header('location', `${path}/${encodeURIComponent(value)}`);
}

/** Its access line says what is sent, which may be more or less than what the operation came to. */
export function sendProblem(reply: FastifyReply, answer: Problem): FastifyReply {
  if (answer.status === 401 && reply.getHeader('www-authenticate') === undefined)
    reply.header('www-authenticate', 'Bearer');
  addVary(reply, 'authorization');
  const { accessFields } = reply.request;
  accessFields.outcome = answer.status >= 500 ? 'failure' : 'refused';
  accessFields.code = knownCode(answer.code);
  accessFields.errors = answer.errors?.length ?? 1;
  return reply
    .code(answer.status)
    .header('cache-control', 'no-store')
    .type(`${PROBLEM_MEDIA_TYPE}; charset=utf-8`)
    .send(JSON.stringify(answer));
}
