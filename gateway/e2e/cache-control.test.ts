import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TributaryGateway } from '../src/engine/tributary-gateway.ts';
import { AUDIENCE, ISSUER, newKey, startFakeIssuer } from '../src/testing/fake-issuer.ts';
import type { FakeSubgraph } from '../src/testing/fake-subgraph.ts';
import { compose, startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const BOTH = '{ books { title rating } }';
const BOOKS_ONLY = '{ books { title } }';
/** Long enough to be recorded. */
const MANY_BOOKS = Array.from({ length: 200 }, (_, index) => ({ isbn: String(index), title: 'x'.repeat(50) }));

/** Answers as it would, with this header. */
function cacheable(subgraph: FakeSubgraph, properly: FakeSubgraph, cacheControl: string | undefined): void {
  subgraph.answerWith(async ({ text, path }, response) => {
    const answer = await fetch(new URL(path, properly.url), { method: 'POST', body: text });
    const headers = { 'content-type': 'application/json', ...(cacheControl && { 'cache-control': cacheControl }) };
    response.writeHead(200, headers).end(Buffer.from(await answer.arrayBuffer()));
  });
}

describe('Cache-Control', () => {
  let gateway: TestGateway;
  let twins: { books: FakeSubgraph; reviews: FakeSubgraph };
  beforeAll(async () => {
    const twin = await startTestGateway();
    twins = twin;
    gateway = await startTestGateway({ cors: { origins: ['https://shop.example.com'] } });
  });
  afterAll(() => Promise.all([gateway.stop(), (twins as TestGateway).stop()]));

  const say = (books?: string, reviews?: string, to: Pick<TestGateway, 'books' | 'reviews'> = gateway) => {
    cacheable(to.books, twins.books, books);
    cacheable(to.reviews, twins.reviews, reviews);
  };
  beforeEach(() => say());
  const headerOf = async (query: string, headers: Record<string, string> = {}, from = gateway) => {
    const answer = await from.ask(query, { headers });
    expect(answer.data).toBeDefined();
    return answer.headers.get('cache-control');
  };
  const isbns = '{ books { isbn } }';

  it.each([
    [undefined, undefined, 'no-store'],
    ['max-age=60, public', undefined, 'no-store'],
    ['max-age=60, public', 'no-store', 'no-store'],
    ['max-age=60, public', 'max-age=0, public', 'no-store'],
    ['max-age=60, public', 'max-age=30, public', 'max-age=30, public'],
    ['max-age=60, public', 'max-age=90, private', 'max-age=60, private'],
    ['max-age=60, public', 'max-age=90', 'max-age=60, private'],
  ])('is the least that all subgraphs of a query allow: %s and %s is %s', async (books, reviews, expected) => {
    say(books, reviews);
    // A book whose rating is no error.
    const query = '{ book(isbn: "1") { title rating } }';
    expect(await headerOf(query)).toBe(expected);
    expect(await headerOf('{ book(isbn: "1") { title } }')).toBe(books === undefined ? 'no-store' : books);
  });

  it('names all of the request that the answer hangs on', async () => {
    say('max-age=60, public');
    const answer = await gateway.ask(BOOKS_ONLY);
    expect(answer.headers.get('vary')).toBe('origin, accept, accept-encoding, authorization, canary');
  });

  it('is no-store for errors, also of one field', async () => {
    say('max-age=60, public', 'max-age=60, public');
    // The third book has no rating.
    const answer = await gateway.ask(BOTH);
    expect(answer.errors).toHaveLength(1);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    gateway.reviews.answerWith((_request, response) => response.destroy());
    expect(await headerOf(BOTH)).toBe('no-store');
    const refused = await gateway.ask('{ nothing }');
    expect(refused.headers.get('cache-control')).toBe('no-store');
  });

  it('is no-store for mutations, and where nobody was asked', async () => {
    say('max-age=60, public');
    expect(await headerOf('mutation { addBook(title: "x") { title } }')).toBe('no-store');
    expect(await headerOf('{ __typename }')).toBe('no-store');
  });

  it('is never public for somebody: what they see is not for all', async () => {
    const key = await newKey('k');
    await using issuer = await startFakeIssuer([key]);
    const issuers = [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }];
    await using known = await startTestGateway({ identity: { issuers } });
    say('max-age=60, public', undefined, known);
    const authorization = `Bearer ${await key.sign()}`;
    expect(await headerOf(BOOKS_ONLY, { authorization }, known)).toBe('max-age=60, private');
    expect(await headerOf(BOOKS_ONLY, {}, known)).toBe('max-age=60, public');
  });

  it('is what the subgraphs say now, also where the answer is a recorded one', async () => {
    const body = JSON.stringify({ data: { books: MANY_BOOKS } });
    const sayOfMany = (cacheControl: string) =>
      gateway.books.answerWith((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'cache-control': cacheControl }).end(body);
      });
    for (const maxAge of [60, 60, 60, 60, 7, 7]) {
      sayOfMany(`max-age=${maxAge}, public`);
      expect(await headerOf('{ books { isbn title } }')).toBe(`max-age=${maxAge}, public`);
    }
    sayOfMany('no-store');
    expect(await headerOf('{ books { isbn title } }')).toBe('no-store');
  });

  it.each([{ inbound: true }, { subgraph: true }])('is shared with the answer: %j', async (sharing) => {
    await using shared = await startTestGateway({ sharing });
    const waiting: (() => void)[] = [];
    shared.books.answerWith((_request, response) => {
      waiting.push(() => {
        response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=9, public' });
        response.end(JSON.stringify({ data: { books: [{ __typename: 'Book', isbn: '1' }] } }));
      });
      if (waiting.length > 1) return;
      setTimeout(() => {
        for (const answer of waiting) answer();
      }, 100);
    });
    const headers = await Promise.all(Array.from({ length: 4 }, () => headerOf(isbns, {}, shared)));
    expect(headers).toEqual(Array.from({ length: 4 }, () => 'max-age=9, public'));
    expect(shared.books.requests).toHaveLength(1);
  });

  it('goes through the drop-in as well', async () => {
    const server = new ApolloServer({
      gateway: new TributaryGateway({ supergraphSdl: compose([gateway.books, gateway.reviews]) }),
    });
    const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
    const ask = async (query: string) => {
      const body = JSON.stringify({ query });
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      expect(((await response.json()) as { data: unknown }).data).toBeTruthy();
      return response.headers.get('cache-control');
    };
    say('max-age=60, public', 'max-age=30, public');
    expect(await ask('{ book(isbn: "1") { title rating } }')).toBe('max-age=30, public');
    say('max-age=60', 'max-age=30, public');
    expect(await ask('{ book(isbn: "1") { title rating } }')).toBe('max-age=30, private');
    say('max-age=60, public');
    expect(await ask('{ book(isbn: "1") { title rating } }')).toBe('no-store');
    expect(await ask('mutation { addBook(title: "x") { title } }')).toBe('no-store');
    await server.stop();
  });
});
