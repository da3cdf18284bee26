import { isUtf8 } from 'node:buffer';
import { CodedError } from '@tributary/service-kit';
import type { BatchingConfig } from '../../config/batching-config.ts';
import type { OperationRequest } from '../../http/operation-request.ts';
import { isObject } from '../../is-object.ts';
import { NO_EVENT_YET } from '../../subscriptions/event-id.ts';
import type { BatchPart } from '../batch.ts';
import type { Step } from '../exchange.ts';
import { isEventId } from '../is-event-id.ts';

/** A well-formed GraphQL-over-HTTP request; of `extensions`, `persistedQuery` alone is used. */
export interface GraphqlParams {
  /** Empty where `documentId` names the document, until find-text has found it. */
  query: string;
  /** The document's id, or its SHA-256 in hexadecimal digits; undefined where the client sent none. */
  documentId: string | undefined;
  operationName: string | undefined;
  variables: Record<string, unknown>;
  /** `extensions.lastEventId`: the last event of an earlier subscription that the client has; empty where it has none yet. */
  lastEventId: string | undefined;
}

/** GraphQL over HTTP, "Document Identifier"; the ids of Apollo's manifests are of that form too. */
const DOCUMENT_ID = /^(?:(?:sha256|x-[\w.~-]+):)?[\w.~-]+$/;
const MAX_ID_LENGTH = 200;
const SHA256 = 'sha256:';

/**
 * GraphQL over HTTP, "Request" and "Persisted Document Request": a JSON object by POST, the same names in a query
 * string by GET; where batches are on, an array of such objects.
 */
export const parseRequest =
  (batching: BatchingConfig): Step =>
  (exchange) => {
    const { request, part } = exchange;
    const params = part === undefined ? paramsIn(request) : part.body;
    if (!Array.isArray(params)) exchange.params = paramsOf(params);
    else exchange.batch = batchOf(params, part !== undefined, batching);
  };

function batchOf(bodies: readonly unknown[], isInside: boolean, batching: BatchingConfig): BatchPart[] {
  const { enabled, maxOperations } = batching;
  if (!enabled || isInside) throw refusal('Batches are not accepted: send one operation a request.');
  if (bodies.length === 0 || bodies.length > maxOperations) {
    throw refusal(`A batch has 1 to ${maxOperations} operations.`);
  }
  return bodies.map((body) => ({ body }));
}

const paramsIn = ({ method, query, body }: OperationRequest): unknown =>
  method === 'GET' ? fromQueryString(query) : fromBody(body);

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
  if (!isObject(params)) throw refusal('The body is not a JSON object.');
  const { query = null, operationName = null, variables = null, extensions = null } = params;
  if (operationName !== null && typeof operationName !== 'string') throw refusal('`operationName` is not a string.');
  if (variables !== null && !isObject(variables)) throw refusal('`variables` is not an object.');
  if (extensions !== null && !isObject(extensions)) throw refusal('`extensions` is not an object.');
  const documentId = documentIdOf(params.documentId ?? null, extensions?.persistedQuery ?? null);
  const text = documentId === undefined ? query : (query ?? '');
  if (typeof text !== 'string' || (text === '' && documentId === undefined)) {
    throw refusal('`query` is not a non-empty string.');
  }
  const lastEventId = lastEventIdOf(extensions?.lastEventId ?? null);
  return {
    ...{ query: text, documentId, operationName: operationName || undefined },
    ...{ variables: variables ?? {}, lastEventId },
  };
}

/** The standard's `documentId`, or Apollo's `extensions.persistedQuery`. */
function documentIdOf(documentId: unknown, persistedQuery: unknown): string | undefined {
  if (documentId !== null) {
    if (!isId(documentId)) throw refusal('`documentId` is not the identifier of a document.');
    return documentId.startsWith(SHA256) ? documentId.slice(SHA256.length) : documentId;
  }
  if (persistedQuery === null) return undefined;
  if (!isObject(persistedQuery)) throw refusal('`extensions.persistedQuery` is not an object.');
  const { version, sha256Hash } = persistedQuery;
  if (version !== 1) throw refusal('`extensions.persistedQuery` has another version than 1.');
  if (!isId(sha256Hash)) throw refusal('`extensions.persistedQuery.sha256Hash` is not a hash.');
  return sha256Hash;
}

/** As our own events have it; it is compared, and never shown. */
function lastEventIdOf(value: unknown): string | undefined {
  if (value === null) return undefined;
  if (value !== NO_EVENT_YET && !isEventId(value)) throw refusal('`extensions.lastEventId` is not the id of an event.');
  return value;
}

const isId = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= MAX_ID_LENGTH && DOCUMENT_ID.test(value);

function parseJson(text: string, message: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(message);
  }
}

const refusal = (message: string) => new CodedError('BAD_REQUEST', message);
