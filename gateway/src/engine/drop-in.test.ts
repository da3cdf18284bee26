import { ApolloServer } from '@apollo/server';
import {
  createMetrics,
  createServiceIdentityIssuer,
  createServiceIdentityVerifier,
  generateServiceKeyPair,
} from '@tributary/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ExecutionLimits } from '../limits/execution-limits.ts';
import { memoryShares } from '../memory/memory-shares.ts';
import type { FakeSubgraph } from '../testing/fake-subgraph.ts';
import { startBooks, startReviews } from '../testing/library-graph.ts';
import { compose } from '../testing/test-gateway.ts';
import { TributaryGateway } from './tributary-gateway.ts';

describe('TributaryGateway in an ApolloServer', () => {
  let books: FakeSubgraph;
  let reviews: FakeSubgraph;
  let supergraphSdl: string;
  beforeAll(async () => {
    [books, reviews] = await Promise.all([startBooks(), startReviews()]);
    supergraphSdl = compose([books, reviews]);
  });
  afterAll(() => Promise.all([books.close(), reviews.close()]));
  beforeEach(() => {
    books.requests.length = 0;
    books.answerWith(undefined);
  });

  const execute = async (server: ApolloServer, query: string, variables = {}) => {
    const { body } = await server.executeOperation({ query, variables });
    return body.kind === 'single' ? JSON.parse(JSON.stringify(body.singleResult)) : undefined;
  };

  it('takes the place of ApolloGateway by one line', async () => {
    const server = new ApolloServer({ gateway: new TributaryGateway({ supergraphSdl }) });
    const answer = await execute(server, '{ book(isbn: 2) { title rating } }');
    await server.stop();
    expect(answer).toEqual({ data: { book: { title: 'Ulysses', rating: 4.5 } } });
    expect(process.env.APOLLO_TELEMETRY_DISABLED).toBe('1');
  });

  it('keeps what its share of memory holds', async () => {
    const gateway = new TributaryGateway({ supergraphSdl, memoryBytes: 256 * 1024 ** 2, recordedBytes: 0 });
    await gateway.load();
    const { memory, plans } = gateway.engine.current.candidate;
    await gateway.stop();
    expect(memory).toEqual({ ...memoryShares(256 * 1024 ** 2), recordings: 0 });
    plans.set('larger than its share', {} as never, memory.plans + 1);
    expect(plans.get('larger than its share')).toBeUndefined();
  });

  it('refuses plans that are too large before the first fetch, and holds the budget of a request', async () => {
    const metrics = createMetrics({ service: 'gateway', processMetrics: false });
    const small = (limits: Partial<ExecutionLimits>) =>
      new ApolloServer({ gateway: new TributaryGateway({ supergraphSdl, limits, metrics }) });
    const query = '{ books { title rating } }';
    const few = small({ planFetches: 1 });
    const refused = await execute(few, query);
    await few.stop();
    expect(books.requests).toEqual([]);
    expect(refused.data).toBeUndefined();
    expect(refused.errors[0]).toMatchObject({
      message: 'The operation is too complex: its plan has more than 1 fetches.',
      extensions: { code: 'QUERY_PLAN_COMPLEXITY_EXCEEDED' },
    });
    const short = small({ entities: 2 });
    const { data, errors } = await execute(short, query);
    await short.stop();
    expect(data.books[0]).toEqual({ title: 'Emma', rating: null });
    expect(errors[0]).toMatchObject({ path: ['books', 0, 'rating'], extensions: { code: 'OPERATION_LIMIT_EXCEEDED' } });
    const text = await metrics.scrape();
    for (const limit of ['plan_fetches', 'entities']) {
      expect(text).toContain(`graphql_limits_hit_total{limit="${limit}",service="gateway"} 1`);
    }
  });

  it('gives errors the form that they have in the shipped gateway', async () => {
    const server = new ApolloServer({
      gateway: new TributaryGateway({ supergraphSdl }),
      includeStacktraceInErrorResponses: false,
    });
    const { errors } = await execute(server, '{ broken alias: refused }');
    const { errors: refused } = await execute(server, 'query ($f: BookFilter) { find(filter: $f) { isbn } }', {
      f: { password: ['hunter2'] },
    });
    await server.stop();
    const requestId = expect.any(String);
    expect(errors).toEqual([
      {
        message: 'Something went wrong on our side.',
        path: ['broken'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
      },
      { message: 'The library is closed.', path: ['alias'], extensions: { code: 'LIBRARY_CLOSED', requestId } },
    ]);
    expect(refused).toEqual([
      { message: expect.stringContaining('$f'), extensions: { code: 'BAD_USER_INPUT', requestId } },
    ]);
    expect(JSON.stringify(refused)).not.toContain('hunter2');
  });

  it('hands on who asks, by its own signature and never by the token that the client sent', async () => {
    const keys = await generateServiceKeyPair('gateway');
    const gateway = new TributaryGateway({
      supergraphSdl,
      issuer: await createServiceIdentityIssuer('gateway', keys.privateKey),
      identify: ({ userId }) => ({ kind: 'user', userId: String(userId), roles: [] }),
    });
    const server = new ApolloServer<{ userId: string }>({ gateway });
    await server.executeOperation({ query: '{ books { title } }' }, { contextValue: { userId: 'u1' } });
    await server.stop();
    const { headers } = books.requests[0] ?? {};
    const verifier = createServiceIdentityVerifier('books', { gateway: keys.publicKeys });
    expect(await verifier.verify(headers?.authorization)).toEqual({ kind: 'user', userId: 'u1', roles: [] });
  });

  it('keeps serving the old supergraph when an update is none', async () => {
    const errors: unknown[] = [];
    let update: ((sdl: string) => void) | undefined;
    const gateway = new TributaryGateway({
      supergraphSdl: async (options) => {
        update = options.update;
        return { supergraphSdl };
      },
    });
    const server = new ApolloServer({ gateway });
    await execute(server, '{ books { title } }');
    try {
      update?.('type Query { nothing: Int }');
    } catch (error) {
      errors.push(error);
    }
    const answer = await execute(server, '{ books { pages } }');
    await server.stop();
    expect(errors).toHaveLength(1);
    expect(answer.data.books).toHaveLength(3);
  });
});
