import { type ErrorCode, errorCatalogue } from '@tributary/service-kit';
import { startTraceCollector, type TraceCollector, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AUDIENCE, ISSUER, newKey, startFakeIssuer } from '../src/testing/fake-issuer.ts';
import { json, type RawAnswer } from '../src/testing/fake-subgraph.ts';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const CODES = Object.keys(errorCatalogue) as ErrorCode[];
/** What a careless server writes into its errors. */
const SECRET = 'hunter2';
const CARELESS = {
  stacktrace: [`Error: ${SECRET}`, 'at connect (/srv/app/db.ts:12:3)'],
  exception: { sql: `select * from users where password = '${SECRET}'`, params: [SECRET] },
  originalError: { message: SECRET },
  response: { url: `http://10.0.0.1/?token=${SECRET}` },
  requestId: 'not-ours',
};

interface ClientError {
  message: string;
  path?: unknown;
  extensions: Record<string, unknown>;
}

describe('two-channel errors', () => {
  let gateway: TestGateway;
  let collector: TraceCollector;
  let expired: string;
  let user: string;
  let closeIssuer: () => Promise<void>;
  beforeAll(async () => {
    const key = await newKey('k');
    const issuer = await startFakeIssuer([key]);
    expired = await key.sign({ exp: 1, iat: 0 });
    user = await key.sign();
    collector = await startTraceCollector();
    gateway = await startTestGateway({
      identity: { issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }] },
      tracing: { enabled: true, endpoint: collector.endpoint },
      deadline: '5s',
      subgraphRequest: { timeout: '1s' },
    });
    closeIssuer = async () => issuer[Symbol.asyncDispose]();
  });
  afterAll(() => Promise.all([closeIssuer(), collector.close()]));
  beforeEach(() => gateway.books.answerWith(undefined));

  let count = 0;
  async function send(init: RequestInit & { headers?: Record<string, string> }, search = '') {
    const requestId = `two-channel-${count++}`;
    const response = await gateway.send({ ...init, headers: { ...init.headers, 'x-request-id': requestId } }, search);
    const text = await response.text();
    const { errors = [] } = JSON.parse(text) as { errors?: ClientError[] };
    return { requestId, status: response.status, text, errors };
  }
  const ask = (query: string, headers: Record<string, string> = {}) =>
    send({
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
      body: JSON.stringify({ query }),
    });

  const linesOf = (requestId: string) =>
    gateway.logLines.map((line) => JSON.parse(line)).filter((line) => line.request_id === requestId);
  const accessLineOf = (requestId: string) =>
    until('the access line', () => linesOf(requestId).find(({ message }) => message === 'request'));
  /** What the trace is to say when the gateway has sent it off. */
  const refused: { requestId: string; status: number }[] = [];
  const lost: { requestId: string }[] = [];
  const spanOf = (requestId: string) =>
    collector.spans.find(({ attributes }) => {
      const ids = attributes['http.response.header.x-request-id'];
      return Array.isArray(ids) && ids.includes(requestId);
    });

  /** Exactly what an error is to a client. */
  function expectClientError(error: ClientError | undefined, code: string, requestId: string) {
    const { path, ...rest } = error ?? {};
    expect(rest).toEqual({ message: expect.stringMatching(/./), extensions: { code, requestId } });
    expect(path === undefined || Array.isArray(path)).toBe(true);
  }

  const wrong = (code: string | undefined, message: string): RawAnswer =>
    json({
      data: { broken: null },
      errors: [{ message, path: ['broken'], locations: [{ line: 1, column: 1 }], extensions: { ...CARELESS, code } }],
    });

  it.each(CODES)(
    '%s of a subgraph reaches the client as message, path, code and request id, and nothing else',
    async (code) => {
      gateway.books.answerWith(wrong(code, errorCatalogue[code].message));
      const { errors, text, requestId } = await ask('{ alias: broken }');
      expect(errors).toHaveLength(1);
      // What is between gateway and subgraph is not the client's.
      const shown = String(errors[0]?.extensions.code);
      expect([code, 'SUBGRAPH_RESPONSE_INVALID']).toContain(shown);
      expectClientError(errors[0], shown, requestId);
      expect(errors[0]?.path).toEqual(['alias']);
      expect(text).not.toMatch(new RegExp(`${SECRET}|not-ours|stacktrace|locations`));
      const line = linesOf(requestId).find(({ message }) => message === 'subgraph answered with errors');
      expect(line).toMatchObject({ subgraph: 'books', codes: [code] });
      expect(JSON.stringify(linesOf(requestId))).not.toContain(SECRET);
    },
  );

  it.each([
    undefined,
    'INTERNAL_SERVER_ERROR',
    'INTERNAL_ERROR',
    'DOWNSTREAM_SERVICE_ERROR',
    'INTERNAL',
    'ERR_INVALID_ARG_TYPE',
    'ER_DUP_ENTRY',
    'SQLITE_CONSTRAINT',
    'unexpected',
    'P2002: unique',
  ])('a message with the code %s was not written for clients and is masked', async (code) => {
    gateway.books.answerWith(
      wrong(code, `duplicate key in insert into users values ('${SECRET}')\n    at /srv/db.ts:1`),
    );
    const { errors, text, requestId } = await ask('{ broken }');
    expectClientError(errors[0], 'INTERNAL_SERVER_ERROR', requestId);
    expect(errors[0]?.message).toBe(errorCatalogue.INTERNAL_SERVER_ERROR.message);
    expect(text).not.toContain(SECRET);
    expect(JSON.stringify(linesOf(requestId))).not.toContain(SECRET);
  });

  const json415 = { 'content-type': 'application/json' };
  const refusals: [ErrorCode, () => ReturnType<typeof send>][] = [
    ['BAD_REQUEST', () => send({ method: 'POST', headers: json415, body: '{' })],
    ['UNSUPPORTED_MEDIA_TYPE', () => send({ method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{' })],
    ['NOT_ACCEPTABLE', () => send({ headers: { accept: 'image/png' } }, '?query=%7B__typename%7D')],
    ['CSRF_PREVENTED', () => send({ headers: { 'sec-fetch-site': 'cross-site' } }, '?query=%7B__typename%7D')],
    ['METHOD_NOT_ALLOWED', () => send({}, '?query=mutation%7B__typename%7D')],
    ['PAYLOAD_TOO_LARGE', () => send({ method: 'POST', headers: json415, body: ' '.repeat(300_000) })],
    ['GRAPHQL_PARSE_FAILED', () => ask('{')],
    ['GRAPHQL_VALIDATION_FAILED', () => ask('{ nothing }')],
    ['OPERATION_RESOLUTION_FAILURE', () => ask('query A { __typename } query B { __typename }')],
    ['BAD_USER_INPUT', () => ask('query ($i: ID!) { book(isbn: $i) { isbn } }')],
    ['TOKEN_INVALID', () => ask('{ __typename }', { authorization: `Bearer ${SECRET}` })],
    ['TOKEN_EXPIRED', () => ask('{ __typename }', { authorization: `Bearer ${expired}` })],
    ['FORBIDDEN', () => ask('{ books { isbn } }', { authorization: `Bearer ${user}`, 'x-query-plan': 'true' })],
    ['UNAUTHENTICATED', () => ask('{ books { isbn } }', { 'x-query-plan': 'true' })],
  ];

  it.each(refusals)('%s of the gateway: the client sees the code, log and trace its request', async (code, provoke) => {
    const { errors, requestId, text } = await provoke();
    expectClientError(errors[0], code, requestId);
    expect(text).not.toMatch(new RegExp(`${SECRET}|node_modules|\\.ts:\\d|    at `));
    const line = await accessLineOf(requestId);
    expect(line).toMatchObject({ code, status: expect.any(String), trace_id: expect.stringMatching(/^[\da-f]{32}$/) });
    if (code === 'TOKEN_EXPIRED') expect(line.cause).toBe('ERR_JWT_EXPIRED');
    refused.push({ requestId, status: Number(line.status) });
  });

  it.each<[ErrorCode, string, RawAnswer]>([
    [
      'SUBGRAPH_UNAVAILABLE',
      'no connection|broke off|status',
      (_request, response) => response.writeHead(503).end(SECRET),
    ],
    [
      'SUBGRAPH_RESPONSE_INVALID',
      'JSON',
      (_request, response) => response.writeHead(200, json415).end(`{"data": ${SECRET}`),
    ],
    [
      'SUBGRAPH_RESPONSE_INVALID',
      'status',
      (_request, response) => response.writeHead(302, { location: `http://${SECRET}/` }).end(),
    ],
    ['DEADLINE_EXCEEDED', 'time', () => {}],
  ])('%s: the client sees the code, log and trace the cause (%s)', async (code, reason, misbehave) => {
    gateway.books.answerWith(misbehave);
    const { errors, requestId, text } = await ask('{ alias: books { isbn } }');
    expectClientError(errors[0], code, requestId);
    expect(text).not.toContain(SECRET);
    const line = linesOf(requestId).find(({ message }) => message === 'subgraph fetch failed');
    expect(line).toMatchObject({ subgraph: 'books', code, reason: expect.stringMatching(reason) });
    expect(JSON.stringify(linesOf(requestId))).not.toContain(SECRET);
    lost.push({ requestId });
  });

  it('the traces of all of these are found by the request id, and say what failed', async () => {
    await gateway.stop();
    for (const { requestId, status } of refused) {
      expect(spanOf(requestId)?.attributes['http.response.status_code']).toBe(status);
    }
    for (const { requestId } of lost) {
      const { traceId } = spanOf(requestId) ?? {};
      const fetched = collector.spans.find((span) => span.traceId === traceId && span.name === 'fetch books');
      expect(fetched?.hasFailed).toBe(true);
    }
    expect([refused.length, lost.length]).toEqual([refusals.length, 4]);
    expect(JSON.stringify(collector.spans)).not.toContain(SECRET);
  });
});
