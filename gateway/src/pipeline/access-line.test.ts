import { hashedId } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AUDIENCE,
  type FakeIssuer,
  ISSUER,
  type IssuerKey,
  newKey,
  startFakeIssuer,
  USER_ID,
} from '../testing/fake-issuer.ts';
import { json } from '../testing/fake-subgraph.ts';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

describe('the lines of a request', () => {
  let key: IssuerKey;
  let issuer: FakeIssuer;
  let gateway: TestGateway;
  beforeAll(async () => {
    key = await newKey('k1');
    issuer = await startFakeIssuer([key]);
    gateway = await startTestGateway({
      slowOperation: '1s',
      identity: { issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }] },
    });
  });
  afterAll(() => Promise.all([gateway.stop(), issuer[Symbol.asyncDispose]()]));

  let nextId = 1;
  /** The answer's status, and the lines with the request's id once its last one is there. */
  async function linesOf(query: string, headers: Record<string, string> = {}) {
    const requestId = `access-line-${nextId++}`;
    const { status } = await gateway.ask(query, { headers: { ...headers, 'x-request-id': requestId } });
    const lines = () =>
      gateway.logLines.map((line) => JSON.parse(line)).filter((line) => line.request_id === requestId);
    const access = await until('its access line', () => lines().find(({ message }) => message === 'request'));
    return { status, access, lines: lines() };
  }

  it('are one, with who asked for what', async () => {
    const headers = {
      authorization: `Bearer ${await key.sign({})}`,
      'apollographql-client-name': 'storefront',
      'apollographql-client-version': '2.1.0',
    };
    const { access, lines } = await linesOf('query Titles { books { title } }', headers);
    expect(lines).toHaveLength(1);
    expect(access).toMatchObject({
      ...{
        level: 'info',
        method: 'POST',
        route: '/graphql',
        status: '200',
        operation: 'Titles',
        operation_type: 'query',
      },
      ...{ client: 'storefront', client_version: '2.1.0', user: hashedId(USER_ID) },
      trace_id: expect.stringMatching(/^[\da-f]{32}$/),
      duration_ms: expect.any(Number),
    });
    expect(JSON.stringify(access)).not.toContain(USER_ID);
  });

  it('name the client of what is refused, and no user where nobody has signed in', async () => {
    const { status, access } = await linesOf('{ nothing }', { 'apollographql-client-name': 'storefront' });
    expect(status).toBe(400);
    expect(access).toMatchObject({ client: 'storefront', code: 'GRAPHQL_VALIDATION_FAILED' });
    expect(access).not.toHaveProperty('user');
    expect(access).not.toHaveProperty('client_version');
  });

  it('do not take an e-mail address or a token for a client’s name', async () => {
    for (const name of ['ada@example.com', 'x'.repeat(65), 'a\tb']) {
      expect((await linesOf('{ __typename }', { 'apollographql-client-name': name })).access.client).toBe('unknown');
    }
  });

  it('tell of no slow operation where what is slow was deferred', async () => {
    const rated = json({ data: { _entities: [{ rating: 1 }] } });
    gateway.reviews.answerWith((request, response) => void setTimeout(() => rated(request, response), 1100));
    const response = await gateway.send({
      method: 'POST',
      headers: {
        ...{ 'content-type': 'application/json', accept: 'multipart/mixed;incrementalSpec=v0.2' },
        'x-request-id': 'deferred',
      },
      body: JSON.stringify({ query: 'query Later { book(isbn: "1") { title ...@defer { rating } } }' }),
    });
    await response.text();
    gateway.reviews.answerWith(undefined);
    const lines = () =>
      gateway.logLines.map((line) => JSON.parse(line)).filter(({ request_id }) => request_id === 'deferred');
    const line = await until('its access line', () => lines().find(({ message }) => message === 'request'));
    expect(line.open_ms).toBeGreaterThan(1000);
    expect(line.duration_ms).toBeLessThan(1000);
    expect(lines().map(({ message }) => message)).toEqual(['request']);
  });

  it('tell of a slow operation how it is planned, and nothing of what it was given', async () => {
    const slow = async (text: string) => {
      gateway.reviews.answerWith((_request, response) => {
        setTimeout(() => response.end('{"data":{"_entities":[{"reviews":[]},{"reviews":[]},{"reviews":[]}]}}'), 1100);
      });
      const { lines, access } = await linesOf(text);
      gateway.reviews.answerWith(undefined);
      const line = lines.find(({ message }) => message === 'slow operation');
      expect(line).toMatchObject({
        ...{ level: 'warn', operation: 'Reviews', client: 'unknown', trace_id: access.trace_id },
        plan: ['0 books', '1 reviews entities after 0'],
      });
      expect(line.duration_ms).toBeGreaterThanOrEqual(1000);
      expect(JSON.stringify(lines)).not.toMatch(/hunter2|canary|4929/);
      return line.document;
    };
    const documents = [
      await slow('query Reviews { find(filter: { title: "hunter2" }) { reviews { text } } }'),
      await slow('query Reviews { canary: find(filter: { title: "4929" }) { reviews { text } } }'),
    ];
    // As usage tells documents apart: without values and aliases.
    expect(documents[0]).toMatch(/^[\da-f]{64}$/);
    expect(documents[1]).toBe(documents[0]);
    expect((await linesOf('query Reviews { books { title } }')).lines).toHaveLength(1);
  });
});
