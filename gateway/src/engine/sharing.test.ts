import { ApolloServer } from '@apollo/server';
import { anonymous } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeSubgraph } from '../testing/fake-subgraph.ts';
import { startBooks, startReviews } from '../testing/library-graph.ts';
import { compose, startTestGateway } from '../testing/test-gateway.ts';
import type { SharingOptions } from './engine.ts';
import { TributaryGateway } from './tributary-gateway.ts';

const OFF = { inbound: false, subgraph: false };

describe('identical queries at the same time', () => {
  let books: FakeSubgraph;
  let reviews: FakeSubgraph;
  /** Answers all that wait. */
  let release: () => void;
  beforeEach(async () => {
    [books, reviews] = await Promise.all([startBooks(), startReviews()]);
    const waiting: (() => void)[] = [];
    release = () => {
      for (const answer of waiting.splice(0)) answer();
    };
    books.answerWith(({ body }, response) => {
      const data = body.query.includes('pages') ? { books: [{ pages: 1 }] } : { books: [{ title: 'Emma' }] };
      waiting.push(() => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data })));
    });
  });
  afterEach(() => Promise.all([books.close(), reviews.close()]));

  /** Sends them all at once; answers when so many have arrived at the subgraph. */
  async function ask(sharing: SharingOptions, arriving: number, queries: readonly { query: string; user?: string }[]) {
    const gateway = new TributaryGateway({
      ...{ supergraphSdl: compose([books, reviews]), sharing },
      identify: ({ user }) =>
        user === undefined ? anonymous : { kind: 'user', userId: String(user), roles: ['customer'] },
    });
    const server = new ApolloServer<{ user?: string }>({ gateway });
    // What is being planned is not on its way yet.
    const planned = server.executeOperation({ query: '{ books { title } }' });
    await until('the first request', () => books.requests.length === 1);
    release();
    await planned;
    const answers = queries.map(({ query, user }) =>
      server.executeOperation({ query }, { contextValue: user === undefined ? {} : { user } }),
    );
    await until('the requests', () => books.requests.length === 1 + arriving);
    release();
    const bodies = await Promise.all(answers);
    await server.stop();
    const requests = books.requests.length - 1;
    return { requests, bodies: bodies.map(({ body }) => body.kind === 'single' && body.singleResult.data) };
  }

  const TITLES = { query: '{ books { title } }' };
  const EMMA = { books: [{ title: 'Emma' }] };

  it('share nothing unless they are told to', async () => {
    expect(await ask(OFF, 2, [TITLES, TITLES])).toMatchObject({ requests: 2 });
  });

  it.each([
    { inbound: true, subgraph: false },
    { inbound: false, subgraph: true },
  ])('share requests to subgraphs: %j', async (sharing) => {
    expect(await ask(sharing, 1, [TITLES, TITLES, TITLES])).toEqual({ requests: 1, bodies: [EMMA, EMMA, EMMA] });
  });

  it.each([
    { inbound: true, subgraph: false },
    { inbound: false, subgraph: true },
  ])('share with nobody else: %j', async (sharing) => {
    const of = (user: string) => ({ ...TITLES, user });
    expect(await ask(sharing, 3, [of('ada'), of('ada'), of('grace'), TITLES])).toMatchObject({ requests: 3 });
  });

  it('share requests to subgraphs though they ask for other things besides', async () => {
    const aliased = { query: '{ all: books { name: title } }' };
    expect(await ask({ inbound: false, subgraph: true }, 1, [TITLES, aliased])).toEqual({
      ...{ requests: 1, bodies: [EMMA, { all: [{ name: 'Emma' }] }] },
    });
  });

  it.each(['first', 'last'])(
    'share requests though an answer is expected where the recorded one comes %s',
    async (at) => {
      const title = 'long '.repeat(1000);
      const gateway = new TributaryGateway({
        supergraphSdl: compose([books, reviews]),
        sharing: { inbound: false, subgraph: true },
      });
      const server = new ApolloServer({ gateway });
      const held: (() => void)[] = [];
      let isHeld = false;
      books.answerWith((_request, response) => {
        const answer = () =>
          response
            .writeHead(200, { 'content-type': 'application/json' })
            .end(JSON.stringify({ data: { books: [{ title }] } }));
        if (isHeld) held.push(answer);
        else answer();
      });
      const query = async (source: string) => {
        const { body } = await server.executeOperation({ query: source });
        return body.kind === 'single' ? body.singleResult.data : undefined;
      };
      const aliased = '{ all: books { name: title } }';
      await query(aliased);
      for (const source of Array(4).fill(TITLES.query)) await query(source);
      const before = books.requests.length;
      isHeld = true;
      const sources = at === 'first' ? [TITLES.query, aliased] : [aliased, TITLES.query];
      const answers = Promise.all(sources.map(query));
      await until('a request', () => held.length > 0);
      for (const answer of held) answer();
      const expected = [{ books: [{ title }] }, { all: [{ name: title }] }];
      expect(await answers).toEqual(at === 'first' ? expected : expected.reverse());
      expect(books.requests.length - before).toBe(1);
      await server.stop();
    },
  );

  it('share nothing with what was asked at another address, by the supergraph before', async () => {
    await using elsewhere = await startBooks();
    let update: (supergraphSdl: string) => void = () => {};
    const gateway = new TributaryGateway({
      sharing: { inbound: false, subgraph: true },
      supergraphSdl: async (hooks) => {
        update = hooks.update;
        return { supergraphSdl: compose([books, reviews]) };
      },
    });
    const server = new ApolloServer({ gateway });
    const before = server.executeOperation(TITLES);
    await until('the first request', () => books.requests.length === 1);
    const old = gateway.engine.current;
    update(compose([elsewhere, reviews]));
    await until('the other supergraph', () => gateway.engine.current !== old);
    const { body } = await server.executeOperation(TITLES);
    expect(elsewhere.requests).toHaveLength(1);
    expect(body.kind === 'single' && body.singleResult.data?.books).toHaveLength(3);
    release();
    await before;
    await server.stop();
  });

  it('are never mutations', async () => {
    await using gateway = await startTestGateway({ sharing: { inbound: true, subgraph: true } });
    const add = () => gateway.ask('mutation { addBook(title: "x") { title } }');
    await Promise.all([add(), add(), add()]);
    expect(gateway.books.requests).toHaveLength(3);
  });
});
