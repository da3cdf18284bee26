import { createHash } from 'node:crypto';
import type { Operation } from './hostile-calls.ts';
import { talk } from './talk.ts';

export type OperationKind = 'query' | 'mutation' | 'subscription';
type Headers = Readonly<Record<string, string>>;

/** A way for an operation to come to the gateway, beside a plain POST to `/graphql`. */
export interface WayIn {
  readonly name: string;
  readonly kinds: readonly OperationKind[];
  /** Gives what comes back; of a subscription that is not refused, what tells that it has begun. */
  send(operation: Operation, headers: Headers): Promise<string>;
}

const ALL: readonly OperationKind[] = ['query', 'mutation', 'subscription'];
const EVENTS = 'text/event-stream';

/** @param url the gateway's */
export function waysIn(url: string): readonly WayIn[] {
  const post = (headers: Headers, body: object, path = '/graphql') =>
    answerOf(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const get = (operation: Operation, headers: Headers) => {
    const parts = Object.entries(bodyOf(operation)).map(([name, part]) => [
      name,
      typeof part === 'string' ? part : JSON.stringify(part),
    ]);
    const asked = new URLSearchParams(Object.fromEntries(parts));
    return answerOf(`${url}/graphql?${asked}`, { headers: { ...headers, 'apollo-require-preflight': '1' } });
  };
  const accepting = (accept: string) => (operation: Operation, headers: Headers) =>
    post({ ...headers, accept }, bodyOf(operation));
  return [
    { name: 'GET', kinds: ALL, send: get },
    {
      name: 'GET, events',
      kinds: ['subscription'],
      send: (asked, headers) => get(asked, { ...headers, accept: EVENTS }),
    },
    { name: 'server-sent events', kinds: ALL, send: accepting(EVENTS) },
    {
      name: 'multipart',
      kinds: ['subscription'],
      send: accepting('multipart/mixed;subscriptionSpec=1.0, application/json'),
    },
    {
      name: 'deferred',
      kinds: ['query'],
      send: ({ document, variables }, headers) =>
        accepting('multipart/mixed;deferSpec=20220824, application/json')(
          { document: deferred(document), variables },
          headers,
        ),
    },
    {
      name: 'WebSocket',
      kinds: ALL,
      async send(operation, headers) {
        const subscribe = { id: '1', type: 'subscribe', payload: bodyOf(operation) };
        const opening = [{ type: 'connection_init', payload: headers }];
        return (await talk(url, { opening, messages: [subscribe] })).texts.join('\n');
      },
    },
    {
      name: 'by hash',
      kinds: ALL,
      async send(operation, headers) {
        const { query, extensions, variables } = bodyOf(operation);
        const sha256Hash = createHash('sha256').update(query).digest('hex');
        const named = { variables, extensions: { ...extensions, persistedQuery: { version: 1, sha256Hash } } };
        const either = { ...headers, accept: `application/json, ${EVENTS}` };
        return [
          await post(either, named),
          await post(either, { query, ...named }),
          await post(either, { variables, extensions, documentId: `sha256:${sha256Hash}` }),
        ].join('\n');
      },
    },
    {
      name: 'version line',
      kinds: ['query', 'mutation'],
      send: (operation, headers) => post(headers, bodyOf(operation), '/v2/graphql'),
    },
  ];
}

/** Whoever has no event yet is told at once where a subscription begins. */
const bodyOf = ({ document, variables }: Operation) => ({
  query: document,
  variables,
  extensions: document.startsWith('subscription') ? { lastEventId: '' } : {},
});

const deferred = (document: string) => `${document.replace('{ ', '{ __typename ... @defer { ')} }`;

/** A whole answer; of a subscription up to its first result. */
async function answerOf(url: string, init: RequestInit): Promise<string> {
  const leaving = new AbortController();
  const response = await fetch(url, { ...init, signal: leaving.signal });
  const isStream = !String(response.headers.get('content-type')).includes('json');
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (isStream && /\beventId\b/.test(text)) break;
  }
  leaving.abort();
  return text;
}

/** The errors that an answer has, however it came: also those of its parts, and of messages. */
export function errorsIn(answer: string): unknown[] {
  return answer.split('\n').flatMap((line) => {
    const json = line.replace(/^data: /, '').trim();
    return json.startsWith('{') || json.startsWith('[') ? errorsOf(JSON.parse(json)) : [];
  });
}

function errorsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(errorsOf);
  if (typeof value !== 'object' || value === null) return [];
  const { type, payload } = value as { type?: unknown; payload?: unknown };
  if (type === 'error') return [payload];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'data') return [];
    return key === 'errors' ? [inner] : errorsOf(inner);
  });
}
