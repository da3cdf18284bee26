import { isUtf8 } from 'node:buffer';
import { CodedError } from '@tributary/service-kit';
import type { Step } from '../exchange.ts';

/** A well-formed GraphQL-over-HTTP request; `extensions` are checked and otherwise not used. */
export interface GraphqlParams {
  query: string;
  operationName: string | undefined;
  variables: Record<string, unknown>;
}

/** GraphQL over HTTP, "Request": a JSON object by POST, the same names in a query string by GET. */
export const parseRequest: Step = (exchange) => {
  const { request } = exchange;
  exchange.params = paramsOf(request.method === 'GET' ? fromQueryString(request.query) : fromBody(request.body));
};

function fromBody(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) throw refusal('The request has no body.');
  if (!isUtf8(body)) throw refusal('The body is not UTF-8.');
  return parseJson(body.toString(), 'The body is not JSON.');
}

function fromQueryString(query: unknown): Record<string, unknown> {
  const params: Record<string, unknown> = { ...(query as object) };
  for (const name of ['variables', 'extensions']) {
    const text = params[name];
    if (typeof text === 'string') params[name] = text === '' ? null : parseJson(text, `\`${name}\` is not JSON.`);
  }
  return params;
}

function paramsOf(params: unknown): GraphqlParams {
  if (Array.isArray(params)) throw refusal('Batches are not accepted: send one operation a request.');
  if (!isObject(params)) throw refusal('The body is not a JSON object.');
  const { query, operationName = null, variables = null, extensions = null } = params;
  if (typeof query !== 'string' || query === '') throw refusal('`query` is not a non-empty string.');
  if (operationName !== null && typeof operationName !== 'string') throw refusal('`operationName` is not a string.');
  if (variables !== null && !isObject(variables)) throw refusal('`variables` is not an object.');
  if (extensions !== null && !isObject(extensions)) throw refusal('`extensions` is not an object.');
  return { query, operationName: operationName || undefined, variables: variables ?? {} };
}

function parseJson(text: string, message: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(message);
  }
}

const refusal = (message: string) => new CodedError('BAD_REQUEST', message);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
