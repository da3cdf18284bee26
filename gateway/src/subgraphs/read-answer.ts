import { isUtf8 } from 'node:buffer';
import { isObject } from '../is-object.ts';
import { FetchError } from './fetch-error.ts';
import type { PostAnswer } from './post.ts';
import { isPassing } from './send-again.ts';

export interface RawError {
  message?: unknown;
  path?: unknown;
  extensions?: { code?: unknown } | null;
}

/** What a subgraph said, as far as it has the form of a GraphQL answer. */
export interface SubgraphAnswer {
  data: Record<string, unknown> | null;
  errors: readonly RawError[];
  /** As it came; undefined without one. */
  body?: Buffer;
  /** No string in it has a character that JSON escapes. */
  isPlain?: boolean;
  /** The header of that name. */
  cacheControl?: string;
  /** Its status says that nobody was there to answer, whatever else it says. */
  isUnavailable?: boolean;
  /** It was not asked, as too many fetches are under way to it. */
  isTurnedAway?: boolean;
  /** The body is the one that was expected, and was not read. */
  isExpected?: boolean;
  /** Others have it as well: who writes into it takes a copy. */
  isShared?: boolean;
}

const BACKSLASH = 0x5c;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

const JSON_TYPE = /^application\/(?:graphql-response\+)?json\s*(?:;|$)/i;

/** What a server says of a request that is wrong or too long: a stranger must not stop a subgraph for others by those. */
const OF_THE_REQUEST = new Set([400, 413, 414, 431]);

/**
 * Reads a subgraph's answer. `entities` is how many representations each `_entities` field was asked for, by its key;
 * undefined for a fetch of root fields. A body that is `expected` was read before.
 *
 * @throws FetchError for everything that is not a GraphQL answer to that question, redirects included.
 */
export function readAnswer(
  { status, contentType, cacheControl, body }: PostAnswer,
  entities: ReadonlyMap<string, number> | undefined,
  expected?: Buffer,
): SubgraphAnswer {
  if (!JSON_TYPE.test(contentType)) {
    const outcome = status >= 500 ? 'unavailable' : 'invalid';
    throw new FetchError(outcome, `status ${status} without JSON`, undefined, OF_THE_REQUEST.has(status));
  }
  if (expected?.equals(body) && status === 200) return { data: null, errors: [], body, cacheControl, isExpected: true };
  const { data = null, errors = null } = parseObject(body);
  if (data !== null && !isObject(data)) throw new FetchError('invalid', 'data is not an object');
  if (errors !== null && !(Array.isArray(errors) && errors.every(isObject))) {
    throw new FetchError('invalid', 'errors is not a list of objects');
  }
  if (data === null && (errors === null || errors.length === 0))
    throw new FetchError('invalid', 'neither data nor errors');
  if (data !== null) for (const [key, count] of entities ?? []) checkEntities(data, key, count);
  const read = { data, errors: errors ?? [], body, cacheControl, isPlain: !body.includes(BACKSLASH) };
  return isPassing(status) ? { ...read, isUnavailable: true } : read;
}

/** A body that was read before. */
export const readAgain = (body: Buffer, entities: ReadonlyMap<string, number> | undefined): SubgraphAnswer =>
  readAnswer({ status: 200, contentType: 'application/json', cacheControl: '', body }, entities);

function parseObject(body: Buffer): Record<string, unknown> {
  if (!mayBeObject(body)) throw new FetchError('invalid', 'not a JSON object');
  if (!isUtf8(body)) throw new FetchError('invalid', 'not UTF-8');
  try {
    return JSON.parse(body.toString());
  } catch {
    // The parser's message quotes the body.
    throw new FetchError('invalid', 'not JSON');
  }
}

/**
 * By its first and its last character. Text that breaks off is not parsed: V8 takes a millisecond for 100 KB of brackets,
 * and keeps what it could not parse until the next full collection.
 */
function mayBeObject(body: Buffer): boolean {
  let first = 0;
  while (isSpace(body[first])) first++;
  let last = body.length - 1;
  while (isSpace(body[last])) last--;
  return body[first] === OPENING_BRACE && body[last] === CLOSING_BRACE;
}

/** As JSON has it (RFC 8259, section 2). */
const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

function checkEntities(data: Record<string, unknown>, key: string, expected: number): void {
  const entities = data[key];
  if (entities === null || entities === undefined) {
    // Its error says why; to the executor it is the same as no data at all.
    data[key] = new Array(expected).fill(null);
    return;
  }
  const fits =
    Array.isArray(entities) &&
    entities.length === expected &&
    entities.every((entity) => entity === null || isObject(entity));
  if (!fits) throw new FetchError('invalid', `${key} is not a list of ${expected} objects`);
}
