import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { json } from '../src/testing/fake-subgraph.ts';
import { always, type LoggedGateway, query, startLoggedGateway } from './testing/logged-gateway.ts';

let logged: LoggedGateway;
beforeAll(async () => {
  logged = await startLoggedGateway();
});
afterAll(() => logged[Symbol.asyncDispose]());
afterEach(() => logged.gateway.books.answerWith(undefined));

async function ask(text: string, headers: Record<string, string> = {}) {
  const id = logged.newId();
  await logged.gateway.ask(text, { headers: { 'x-request-id': id, ...headers } });
  return await logged.linesOf(id);
}

describe('access lines of a request', () => {
  it('that was answered', async () => {
    expect(await ask('query Titles { books { title } }')).toEqual([{ ...always, ...query('Titles') }]);
  });

  it('by GET', async () => {
    const id = logged.newId();
    const search = `?query=${encodeURIComponent('query Titles { books { title } }')}`;
    await logged.gateway.send({ headers: { 'x-request-id': id } }, search);
    expect(await logged.linesOf(id)).toEqual([{ ...always, method: 'GET', ...query('Titles') }]);
  });

  it('of which a part failed by our fault: a warning, with the first code that is ours', async () => {
    const errors = [
      { message: 'x', path: ['books', 0, 'title'], extensions: { code: 'FORBIDDEN' } },
      { message: 'x', path: ['books', 1, 'title'], extensions: { code: 'DEADLINE_EXCEEDED' } },
    ];
    logged.gateway.books.answerWith(json({ data: { books: [null, null] }, errors }));
    const ours = { level: 'warn', outcome: 'partial', code: 'DEADLINE_EXCEEDED', errors: 2 };
    expect(await ask('query Titles { books { title } }')).toContainEqual({ ...always, ...query('Titles'), ...ours });
    logged.gateway.books.answerWith(undefined);
    // Of a code that is not ours nobody can say whose fault it is.
    const other = { level: 'warn', outcome: 'partial', code: 'other', errors: 1 };
    expect(await ask('query Rated { books { rating } }')).toContainEqual({ ...always, ...query('Rated'), ...other });
  });

  it('that failed as a whole', async () => {
    const failed = { level: 'warn', outcome: 'failure', code: 'INTERNAL_SERVER_ERROR', errors: 1 };
    logged.gateway.books.answerWith(
      json({ data: { denied: null }, errors: [{ message: 'x', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }),
    );
    expect(await ask('query Whole { denied }')).toContainEqual({ ...always, ...query('Whole'), ...failed });
  });

  it('that was refused: what is the client’s fault is no warning', async () => {
    const refused = { outcome: 'refused', code: 'GRAPHQL_VALIDATION_FAILED', errors: 1 };
    expect(await ask('query Wrong { nothing }')).toEqual([{ ...always, status: '400', ...query('Wrong'), ...refused }]);
    const forbidden = { outcome: 'refused', code: 'FORBIDDEN', errors: 1 };
    expect(await ask('query Denied { denied }')).toContainEqual({ ...always, ...query('Denied'), ...forbidden });
    const token = { status: '401', outcome: 'refused', code: 'TOKEN_INVALID', errors: 1, cause: 'ERR_JWT_INVALID' };
    expect(await ask('{ __typename }', { authorization: 'Bearer x.y.z' })).toEqual([{ ...always, ...token }]);
  });

  it('for nothing that there is', async () => {
    const id = logged.newId();
    await fetch(`${logged.gateway.url}/nowhere`, { headers: { 'x-request-id': id } });
    const { client: _, ...unnamed } = always;
    const missing = { outcome: 'refused', code: 'NOT_FOUND', errors: 1 };
    expect(await logged.linesOf(id)).toEqual([
      { ...unnamed, method: 'GET', route: 'unknown', status: '404', ...missing },
    ]);
  });

  it('of several operations: one each, with fields of its own, and one of all', async () => {
    const id = logged.newId();
    const batch = ['query A { books { title } }', 'query B { nothing }', 'query C { books { rating } }'];
    await logged.gateway.send({
      ...{ method: 'POST', headers: { 'content-type': 'application/json', 'x-request-id': id } },
      body: JSON.stringify(batch.map((text) => ({ query: text }))),
    });
    const all = (await logged.linesOf(id, 4)).filter(({ message }) => message === 'request');
    const wrong = { outcome: 'refused', code: 'GRAPHQL_VALIDATION_FAILED', errors: 1 };
    const partial = { level: 'warn', outcome: 'partial', code: 'other', errors: 1 };
    expect(all.toSorted((a, b) => (a.part ?? 3) - (b.part ?? 3))).toEqual([
      { ...always, ...query('A'), part: 0 },
      { ...always, ...query('B'), part: 1, ...wrong },
      { ...always, ...query('C'), part: 2, ...partial },
      { ...always, batch: 3, ...partial, errors: 2 },
    ]);
  });

  it.each([
    ['what is not there', '/v1/books/9', 404, { outcome: 'refused', code: 'NOT_FOUND' }],
    ['what fails in part', '/v1/rated/3', 500, { level: 'warn', outcome: 'failure', code: 'other' }],
    ['a conflict', '/v1/taken', 409, { outcome: 'refused', code: 'other' }],
  ])('by a route of REST, of %s: what is sent', async (_, path, status, told) => {
    const id = logged.newId();
    const response = await fetch(`${logged.gateway.url}${path}`, { headers: { 'x-request-id': id } });
    expect(response.status).toBe(status);
    const access = (await logged.linesOf(id)).filter(({ message }) => message === 'request');
    expect(access).toMatchObject([{ level: 'info', ...told, status: String(status), errors: 1 }]);
  });

  it('by a route of REST: with the route’s template, as its metric', async () => {
    const id = logged.newId();
    await fetch(`${logged.gateway.url}/v1/books/2`, { headers: { 'x-request-id': id } });
    const route = '/v1/books/{isbn}';
    expect(await logged.linesOf(id)).toEqual([{ ...always, method: 'GET', route, ...query('GetBook') }]);
    expect(await logged.requestsCounted(route, '200')).toBe(1);
    const other = logged.newId();
    await fetch(`${logged.gateway.url}/v1/nothing/2`, { headers: { 'x-request-id': other } });
    expect(await logged.linesOf(other)).toMatchObject([
      { route: '/v:major(^\\d+$)/*', status: '404', code: 'NOT_FOUND' },
    ]);
  });
});
