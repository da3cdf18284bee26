import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rawConnection, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { json } from '../src/testing/fake-subgraph.ts';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const ROUTES = {
  'list-books': 'query ListBooks @rest(path: "/books", result: "books") { books { isbn title } }',
  'get-book':
    'query GetBook($isbn: ID!) @rest(path: "/books/{isbn}", result: "book") { book(isbn: $isbn) { title rating } }',
  'find-books': `query FindBooks($title: String, $maxPages: Int, $genre: Genre)
    @rest(path: "/found", result: "find") { find(filter: { title: $title, maxPages: $maxPages }, genre: $genre) { isbn } }`,
  'add-book': `mutation AddBook($title: String!) @rest(path: "/books", result: "addBook", status: 201) {
    addBook(title: $title) { isbn title } }`,
  broken: 'query Broken @rest(path: "/broken", result: "broken") { broken }',
  refused: 'query Refused @rest(path: "/refused", result: "refused") { refused }',
  denied: 'query Denied @rest(path: "/denied", result: "denied") { denied }',
  'add-emma': 'mutation AddEmma @rest(path: "/emma", result: "addBook") { addBook(title: "Emma") { isbn } }',
  'find-titled': `query FindTitled($title: String! @header(name: "Book-Title"))
    @rest(path: "/titled", result: "find") { find(filter: { title: $title }) { isbn } }`,
  gone: 'query Gone @rest(path: "/gone", result: "gone") { gone }',
};

describe('REST', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-rest-'));
  let gateway: TestGateway;
  beforeAll(async () => {
    for (const [name, text] of Object.entries(ROUTES)) writeFileSync(join(folder, `${name}.graphql`), text);
    writeFileSync(join(folder, 'openapi.yaml'), 'title: Library\n');
    gateway = await startTestGateway({
      rest: { documents: folder },
      cors: { origins: ['https://shop.example.com'] },
      server: { bodyLimit: '1KiB' },
      // Nobody else's documents are executed.
      persistedDocuments: { mode: 'only', folder: mkdtempSync(join(folder, 'documents-')) },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => void gateway.books.requests.splice(0));

  const send = (path: string, init?: RequestInit) => fetch(`${gateway.url}/v1${path}`, init);
  const post = (path: string, body: unknown, type = 'application/json') =>
    send(path, { method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(body) });

  async function problemOf(response: Promise<Response>) {
    const { status, headers, ...rest } = await response.then(async (one) => ({
      status: one.status,
      headers: one.headers,
      body: await one.json(),
    }));
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(rest.body).toMatchObject({ status, requestId: headers.get('x-request-id') });
    return { status, ...(rest.body as { code: string; detail: string; errors?: object[] }) };
  }

  it('a route answers what its document selects', async () => {
    const response = await send('/books');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual([
      { isbn: '1', title: 'Emma' },
      { isbn: '2', title: 'Ulysses' },
      { isbn: '3', title: 'Beloved' },
    ]);
    expect(await (await send('/books/2')).json()).toEqual({ title: 'Ulysses', rating: 4.5 });
  });

  it('a path is split before it is decoded, and decoded once', async () => {
    const asked = async (path: string) => {
      gateway.books.requests.splice(0);
      expect((await send(path)).status).toBe(404);
      return Object.values(gateway.books.requests[0]?.body.variables ?? {});
    };
    expect(await asked('/books/a%2Fb')).toEqual(['a/b']);
    expect(await asked('/books/100%25')).toEqual(['100%']);
    expect(await asked('/books/a%252Fb')).toEqual(['a%2Fb']);
    expect(await asked('/books/a%3Fb?')).toEqual(['a?b']);
    // What is one part for a proxy is one part here.
    expect(await asked('/books%2F2')).toEqual([]);
    const options = (path: string) => send(path, { method: 'OPTIONS' });
    expect((await options('/books/a%2Fb')).headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    expect((await options('/books%2F2')).status).toBe(404);
  });

  it('the same answer has the same ETag, and is not sent again', async () => {
    const etag = (await send('/books')).headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"[\w-]{27}"$/);
    const zipped = await send('/books', { headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers.get('etag')).toBe(etag);
    expect((await send('/books/2')).headers.get('etag')).not.toBe(etag);
    for (const known of [etag, etag.slice(2), `"x", ${etag}`, '*']) {
      const again = await send('/books', { headers: { 'if-none-match': known } });
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
      // They would be those of what is not sent.
      for (const name of ['content-length', 'content-type']) expect(again.headers.get(name)).toBeNull();
      expect(again.headers.get('cache-control')).toBe('no-store');
    }
    expect((await send('/books', { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
    const head = await send('/books', { method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, '']);
  });

  it('parameters become variables of their types', async () => {
    expect(await (await send('/found?title=a%26b&maxPages=7&genre=POEM')).json()).toHaveLength(3);
    expect(Object.values(gateway.books.requests[0]?.body.variables ?? {})).toEqual(
      expect.arrayContaining(['a&b', 7, 'POEM']),
    );
    gateway.books.requests.splice(0);
    expect(await problemOf(send('/found?maxPages=x&title=a&title=b&color=red'))).toMatchObject({
      status: 400,
      code: 'BAD_USER_INPUT',
      detail: 'query.title: It is there more than once.',
      errors: [{ path: 'query.title' }, { path: 'query.maxPages' }, { path: 'query.color' }],
    });
    expect(await problemOf(send('/found?genre=CRIME'))).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    expect(gateway.books.requests).toEqual([]);
  });

  it('a mutation takes a JSON body, and nothing that a form could send', async () => {
    const added = await post('/books', { title: 'Dune' });
    expect([added.status, added.headers.get('etag'), await added.json()]).toEqual([
      201,
      null,
      { isbn: '4', title: 'Dune' },
    ]);
    // Where it can be read: by the variable of the route below this one.
    expect(added.headers.get('location')).toBe('/v1/books/4');
    gateway.books.requests.splice(0);
    expect(await problemOf(post('/books', { title: 'Dune' }, 'text/plain'))).toMatchObject({ status: 415 });
    expect(await problemOf(send('/books', { method: 'POST' }))).toMatchObject({ status: 415 });
    expect(await problemOf(post('/books', { title: 1 }))).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    expect(await problemOf(post('/books', [1]))).toMatchObject({
      status: 400,
      errors: [{ path: 'body' }, { path: 'body.title' }],
    });
    expect(await problemOf(post('/books', { title: 'Dune', isbn: '9' }))).toMatchObject({
      errors: [{ path: 'body.isbn' }],
    });
    expect(await problemOf(post('/books', { title: 'x'.repeat(2000) }))).toMatchObject({ status: 413 });
    const headers = { 'content-type': 'application/json' };
    expect(await problemOf(send('/books', { method: 'POST', headers, body: '{' }))).toMatchObject({ status: 400 });
    expect((await post('/emma', {})).status).toBe(200);
    gateway.books.requests.splice(0);
    expect(await problemOf(send('/emma', { method: 'POST' }))).toMatchObject({ status: 415 });
    const reading = { headers: { 'content-type': 'text/plain' } };
    expect(await problemOf(send('/books', reading))).toMatchObject({ status: 415 });
    const forged = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example.com' };
    expect(await problemOf(send('/books', { headers: forged }))).toMatchObject({ status: 400, code: 'CSRF_PREVENTED' });
    expect(gateway.books.requests).toEqual([]);
  });

  it('what is not there, or not so, is a problem', async () => {
    expect(await problemOf(send('/nothing'))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await problemOf(send('/books/9'))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await problemOf(fetch(`${gateway.url}/v2/books`))).toMatchObject({
      status: 404,
      code: 'UNKNOWN_API_VERSION',
    });
    expect(await problemOf(send('/books', { headers: { accept: 'text/csv' } }))).toMatchObject({ status: 406 });
    const deleting = await send('/books', { method: 'DELETE' });
    expect([deleting.status, deleting.headers.get('allow')]).toEqual([405, 'GET, POST, HEAD, OPTIONS']);
  });

  it('an error is the whole answer: what is null because of it cannot be told from nothing', async () => {
    const failed = { status: 500, code: 'INTERNAL_SERVER_ERROR', errors: [{ path: 'broken' }] };
    const problem = await problemOf(send('/broken'));
    expect(problem).toMatchObject(failed);
    expect(JSON.stringify(problem)).not.toContain('postgres');
    expect(await problemOf(send('/denied'))).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect(await problemOf(send('/refused'))).toMatchObject({ status: 500, code: 'LIBRARY_CLOSED' });
    expect(await problemOf(send('/books/3'))).toMatchObject({
      status: 500,
      code: 'NOT_RATED',
      errors: [{ path: 'book.rating' }],
    });
  });

  it('what a subgraph says is not there is not, if it is what the route answers', async () => {
    const failing = (data: object, path: string[]) =>
      gateway.books.answerWith(json({ data, errors: [{ message: 'No.', path, extensions: { code: 'NOT_FOUND' } }] }));
    failing({ book: null }, ['book']);
    expect(await problemOf(send('/books/1'))).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
      errors: [{ path: 'book' }],
    });
    // Of a part of it, it is a failure; as it is of what is never missing.
    failing({ book: null }, ['book', 'title']);
    expect(await problemOf(send('/books/1'))).toMatchObject({ status: 500, code: 'NOT_FOUND' });
    failing({ denied: null }, ['denied']);
    expect(await problemOf(send('/denied'))).toMatchObject({ status: 500, code: 'NOT_FOUND' });
    gateway.books.answerWith(undefined);
  });

  it('a path that cannot be decoded is a problem', async () => {
    const undecodable = { status: 400, code: 'BAD_REQUEST', detail: 'The path cannot be decoded.' };
    expect(await problemOf(send('/books/%'))).toMatchObject(undecodable);
    const elsewhere = await fetch(`${gateway.url}/media/%`);
    expect([elsewhere.status, Object.keys((await elsewhere.json()) as object)]).toEqual([400, ['errors']]);
  });

  it('a route that the schema does not have is not there, and is told of once', async () => {
    expect(await problemOf(send('/gone'))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    const told = gateway.logLines.filter((line) => line.includes('GET /gone'));
    expect(told).toHaveLength(1);
  });

  it('scripts of listed sites may use it', async () => {
    const headers = { origin: 'https://shop.example.com', 'access-control-request-method': 'DELETE' };
    const preflight = await send('/books', { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(headers.origin);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, POST, PUT, PATCH, DELETE');
    expect(preflight.headers.get('access-control-expose-headers')).toMatch(/^allow,.*etag.*location.*www-authenticate/);
    // What a route takes as a header can be sent.
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/\bbook-title$/);
    const graphql = await fetch(`${gateway.url}/graphql`, { method: 'OPTIONS', headers });
    expect(graphql.headers.get('access-control-allow-headers')).not.toContain('book-title');
    // That there is nothing, the request itself is told.
    expect((await send('/nothing', { method: 'OPTIONS', headers })).status).toBe(204);
    const stranger = { ...headers, origin: 'https://evil.example.com' };
    const refused = await send('/nothing', { method: 'OPTIONS', headers: stranger });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([404, null]);
  });

  it('is described by OpenAPI, in both versions', async () => {
    const [newer, older] = await Promise.all(
      ['', '?version=3.0'].map(async (query) => (await send(`/openapi.json${query}`)).json()),
    );
    expect(newer).toMatchObject({ openapi: '3.1.1', info: { title: 'Library', version: '1.0.0' } });
    expect(older).toMatchObject({ openapi: '3.0.4' });
    expect(Object.keys((newer as { paths: object }).paths)).toEqual([
      '/books',
      '/books/{isbn}',
      '/broken',
      '/denied',
      '/emma',
      '/found',
      '/refused',
      '/titled',
    ]);
    expect(await (await fetch(gateway.url)).text()).toContain('href="/v1/openapi.json"');
    expect(await problemOf(send('/openapi.json?version=2.0'))).toMatchObject({ status: 400 });
    expect(await problemOf(fetch(`${gateway.url}/v2/openapi.json`))).toMatchObject({ status: 404 });
    for (const method of ['OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const { status, headers } = await send('/openapi.json', { method });
      expect([method, status, headers.get('allow')]).toEqual([
        method,
        method === 'OPTIONS' ? 204 : 405,
        'GET, HEAD, OPTIONS',
      ]);
    }
  });

  it('counts and logs the operation under its name', async () => {
    await send('/books');
    const { values } = await gateway.metrics.get('graphql_operations_total').get();
    expect(values.find(({ labels }) => labels.operation === 'ListBooks')?.value).toBeGreaterThan(0);
  });

  it('is limited by address before a body is read', async () => {
    const limits = [{ key: 'ip' as const, rate: '1/1h', burst: 1 }];
    const cors = { origins: ['https://shop.example.com'] };
    await using limited = await startTestGateway({ rest: { documents: folder }, rateLimit: { limits }, cors });
    const headers = { origin: 'https://shop.example.com', 'access-control-request-method': 'GET' };
    // A browser's question is not charged, nor refused: its script is told by the request itself.
    const preflight = () => fetch(`${limited.url}/v1/books`, { method: 'OPTIONS', headers });
    expect((await preflight()).status).toBe(204);
    expect((await fetch(`${limited.url}/v1/books`)).status).toBe(200);
    const { socket, received } = await rawConnection(Number(new URL(limited.url).port));
    const head = ['POST /v1/books HTTP/1.1', 'host: a', 'content-type: application/json', 'content-length: 200000'];
    socket.write([...head, '', ''].join('\r\n'));
    const answer = await until('an answer without a body', () => received().includes('RATE_LIMITED') && received());
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 429 /);
    expect(answer).toMatch(/\r\ncontent-type: application\/problem\+json/i);
    expect(await problemOf(fetch(`${limited.url}/v1/openapi.json`))).toMatchObject({ status: 429 });
    expect((await preflight()).status).toBe(204);
  });
});
