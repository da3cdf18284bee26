import { STATUS_CODES } from 'node:http';
import type { BoundRoute } from '../bind-route.ts';
import { PROBLEM_MEDIA_TYPE, type Problem, problem } from '../problem.ts';
import { mustHaveBody } from '../rest-route.ts';
import type { JsonSchema } from './json-schema.ts';
import type { OpenApiResponse } from './openapi-document.ts';

interface ProblemCase {
  readonly status: number;
  readonly code: string;
  readonly description: string;
  /** Which routes may answer it. */
  readonly by: (bound: BoundRoute) => boolean;
}

const always = () => true;
const hasBody = ({ route, parameters }: BoundRoute) =>
  mustHaveBody(route) || parameters.some((one) => one.in === 'body');
const hasErrors = ({ route }: BoundRoute) => route.errors !== undefined;

/** What a route may answer in place of its body, beside what every server and proxy may. */
const CASES: readonly ProblemCase[] = [
  { status: 400, code: 'BAD_USER_INPUT', description: 'A parameter is missing, unknown or not valid.', by: always },
  { status: 401, code: 'UNAUTHENTICATED', description: 'It takes an access token, or another one.', by: always },
  { status: 403, code: 'FORBIDDEN', description: 'The caller may not do this.', by: always },
  {
    status: 404,
    code: 'NOT_FOUND',
    description: 'There is no such thing, or not for the caller.',
    by: (bound) => bound.mayBeMissing,
  },
  { status: 406, code: 'NOT_ACCEPTABLE', description: 'The request does not accept JSON.', by: always },
  { status: 409, code: 'CONFLICT', description: 'It is refused as things are; the code says why.', by: hasErrors },
  { status: 413, code: 'PAYLOAD_TOO_LARGE', description: 'The body is too large.', by: hasBody },
  {
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    description: 'The content type is not JSON in UTF-8.',
    by: always,
  },
  { status: 422, code: 'INVALID_INPUT', description: 'A value is of its type, and not allowed.', by: hasErrors },
  {
    status: 429,
    code: 'RATE_LIMITED',
    description: 'Too many requests; `retry-after` says when to come again.',
    by: always,
  },
  { status: 500, code: 'INTERNAL_SERVER_ERROR', description: 'Something went wrong on our side.', by: always },
  { status: 502, code: 'SUBGRAPH_UNAVAILABLE', description: 'A part of the service cannot be reached.', by: always },
  {
    status: 503,
    code: 'SERVICE_UNAVAILABLE',
    description: 'There is too much to do; `retry-after` says when to come again.',
    by: always,
  },
  { status: 504, code: 'DEADLINE_EXCEEDED', description: 'It took too long.', by: always },
];

export const problemCasesOf = (bound: BoundRoute): readonly ProblemCase[] => CASES.filter(({ by }) => by(bound));

/** The components that routes refer to: `BadRequest`, `NotFound`, … */
export function problemResponses(requestId: string): Record<string, OpenApiResponse> {
  const responses = CASES.map(({ status, code, description }): [string, OpenApiResponse] => {
    const retries =
      status === 429 || status === 503 ? { 'retry-after': { $ref: '#/components/headers/RetryAfter' } } : {};
    const example: Problem = problem(status, code, description, requestId);
    return [
      nameOf(status),
      {
        description,
        headers: { 'x-request-id': { $ref: '#/components/headers/RequestId' }, ...retries },
        content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' }, example } },
      },
    ];
  });
  return Object.fromEntries(responses);
}

export const nameOf = (status: number): string => (STATUS_CODES[status] ?? '').replaceAll(/[^A-Za-z]/g, '');

const TEXT: JsonSchema = { type: 'string' };

export const PROBLEM_SCHEMA: JsonSchema = {
  type: 'object',
  description: 'Problem Details for HTTP APIs (RFC 9457).',
  required: ['title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    title: { ...TEXT, description: 'The status in words.' },
    status: { type: 'integer', format: 'int32', description: 'The HTTP status.' },
    detail: { ...TEXT, description: 'What is wrong, for people.' },
    code: { ...TEXT, description: 'What is wrong, for programs; it stays the same.' },
    requestId: { ...TEXT, description: 'To be named where somebody is asked for help.' },
    errors: {
      type: 'array',
      description: 'All that is wrong, where that is more.',
      items: {
        type: 'object',
        required: ['message'],
        properties: {
          message: TEXT,
          code: TEXT,
          path: { ...TEXT, description: 'Where: `query.limit`, or a place in the answer.' },
        },
      },
    },
  },
};
