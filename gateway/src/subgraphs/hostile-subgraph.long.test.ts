import { once } from 'node:events';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { until } from '@tributary/service-kit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, type RawAnswer } from '../testing/fake-subgraph.ts';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

const MIB = 1024 ** 2;

/** Begins to look at how much more memory buffers take. @returns what ends that, and gives the most that it was */
function peakOfBuffers(): () => number {
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const look = () => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  };
  const sampled = setInterval(look, 2);
  return () => {
    clearInterval(sampled);
    look();
    return most;
  };
}

describe('a subgraph that misbehaves', () => {
  let gateway: TestGateway;
  beforeEach(async () => {
    gateway = await startTestGateway({ subgraphRequest: { timeout: '1s' } });
  });
  afterEach(() => gateway.stop());

  const QUERY = '{ books { title rating } again: books { pages } }';
  const BOOKS = { again: [{ pages: 474 }, { pages: 730 }, { pages: 324 }] };
  const requestId = expect.any(String);
  /** What is left, and where it is missing: the books are all there, the ratings are not. */
  const withoutRatings = (code: string, message: string) => ({
    status: 200,
    data: {
      ...BOOKS,
      books: ['Emma', 'Ulysses', 'Beloved'].map((title) => ({ title, rating: null })),
    },
    errors: [0, 1, 2].map((index) => ({ message, path: ['books', index, 'rating'], extensions: { code, requestId } })),
  });
  const INVALID = ['SUBGRAPH_RESPONSE_INVALID', 'A part of the graph gave an answer that cannot be used.'] as const;
  const UNAVAILABLE = ['SUBGRAPH_UNAVAILABLE', 'A part of the graph cannot be reached at the moment.'] as const;
  const LATE = ['DEADLINE_EXCEEDED', 'The request took too long and was stopped.'] as const;

  const text =
    (
      body: string | Buffer,
      headers: Record<string, string> = { 'content-type': 'application/json' },
      status = 200,
    ): RawAnswer =>
    (_request, response) =>
      response.writeHead(status, headers).end(body);

  it.each<[string, RawAnswer, readonly [string, string]]>([
    ['sends bad JSON', text('{"data":{"_entities":[{"rating":1},'), INVALID],
    ['sends bad UTF-8', text(Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])), INVALID],
    ['sends a page', text('<h1>10.0.0.7 says hello</h1>', { 'content-type': 'text/html' }), INVALID],
    ['sends no content type', text('{"data":{}}', {}), INVALID],
    ['sends an empty body', text(''), INVALID],
    ['sends a list', json([]), INVALID],
    ['sends neither data nor errors', json({}), INVALID],
    ['sends a string for data', json({ data: 'x' }), INVALID],
    ['sends an object for errors', json({ data: null, errors: {} }), INVALID],
    ['sends too few entities', json({ data: { _entities: [{ rating: 1 }] } }), INVALID],
    ['sends entities that are strings', json({ data: { _entities: ['a', 'b', 'c'] } }), INVALID],
    ['redirects', text('', { location: 'http://127.0.0.1:1/secret' }, 302), INVALID],
    [
      'redirects with JSON',
      text('{}', { location: 'http://127.0.0.1:1/', 'content-type': 'application/json' }, 307),
      INVALID,
    ],
    ['is behind a proxy that has lost it', text('bad gateway', { 'content-type': 'text/plain' }, 502), UNAVAILABLE],
    [
      'refuses our identity',
      json({ errors: [{ message: 'no token', extensions: { code: 'SERVICE_IDENTITY_REQUIRED' } }] }, 401),
      INVALID,
    ],
    [
      'does not know a field',
      json(
        {
          errors: [
            {
              message: 'Cannot query field "rating" on type "Secret".',
              extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
            },
          ],
        },
        400,
      ),
      INVALID,
    ],
    ['hangs up', (_request, response) => response.destroy(), UNAVAILABLE],
    [
      'hangs up in the middle',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"data":', () => response.destroy());
      },
      INVALID,
    ],
    ['sends headers of 100 KB', text('{}', { 'content-type': 'application/json', bomb: 'x'.repeat(100_000) }), INVALID],
    [
      'sends thousands of headers',
      text('{}', Object.fromEntries([...Array(5000).keys()].map((n) => [`x-${n}`, 'x']))),
      INVALID,
    ],
    [
      'sends two lengths',
      (_request, response) =>
        response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 9\r\n\r\n{}'),
      INVALID,
    ],
    ['does not talk HTTP', (_request, response) => response.socket?.end('220 mail.example.com ESMTP\r\n'), INVALID],
    [
      'sends early hints without end',
      (_request, response) => {
        const timer = setInterval(() => response.writeEarlyHints({ link: '</x>; rel=preload' }), 5);
        response.once('close', () => clearInterval(timer));
      },
      LATE,
    ],
    [
      'sends a bomb of gzip that nobody asked for',
      text(gzipSync(Buffer.alloc(64 * MIB, ' ')), { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
      INVALID,
    ],
    ['never answers', () => {}, LATE],
    [
      'drips',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const timer = setInterval(() => response.write(' '), 20);
        response.once('close', () => clearInterval(timer));
      },
      LATE,
    ],
  ])('loses only its own fields when it %s', async (_what, answer, [code, message]) => {
    gateway.reviews.answerWith(answer);
    const { headers: _, ...got } = await gateway.ask(QUERY);
    expect(got).toEqual(withoutRatings(code, message));
    // What may have been an accident is sent once more.
    const isAccident = code === UNAVAILABLE[0];
    expect(gateway.reviews.requests).toHaveLength(isAccident ? 2 : 1);
    const failed = gateway.logLines.find((line) => line.includes('subgraph'));
    expect(failed).toMatch(/"subgraph":"reviews"/);
    expect(gateway.logLines.join('')).not.toMatch(/10\.0\.0\.7|secret/i);
  });

  it('is cut off at 10 MiB of 100, and costs no more memory than that', async () => {
    let sent = 0;
    gateway.reviews.answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const piece = Buffer.alloc(MIB, ' ');
      const more = () => {
        while (sent < 100 && !response.destroyed) {
          sent++;
          if (!response.write(piece)) return;
        }
        if (!response.destroyed) response.end('{}');
      };
      response.on('drain', more);
      more();
    });
    const most = peakOfBuffers();
    const { headers: _, ...got } = await gateway.ask(QUERY);
    expect(got).toEqual(withoutRatings(...INVALID));
    expect(sent).toBeLessThan(40);
    expect(most()).toBeLessThan(60 * MIB);
  });

  it('costs no more memory than what it may send, as often as it is asked at once', async () => {
    const piece = Buffer.alloc(MIB, ' ');
    gateway.reviews.answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      let sent = 0;
      const more = () => {
        while (sent < 100 && !response.destroyed) if (++sent && !response.write(piece)) return;
      };
      response.on('drain', more);
      more();
    });
    const peak = peakOfBuffers();
    await Promise.all(Array.from({ length: 5 }, () => gateway.ask(QUERY)));
    await Promise.all(Array.from({ length: 50 }, () => gateway.ask(QUERY)));
    const most = peak();
    console.log(`55 answers of 100 MiB: ${Math.round(most / MIB)} MiB at most, the subgraph's own included`);
    // One is read as far as 10 MiB, and of each other one no more than 256 KiB until its turn comes.
    expect(most).toBeLessThan(150 * MIB);
  });

  it('is not read at all when it announces too much', async () => {
    gateway.reviews.answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(11 * MIB) });
      response.flushHeaders();
    });
    const { headers: _, ...got } = await gateway.ask(QUERY);
    expect(got).toEqual(withoutRatings(...INVALID));
  });

  it('loses only its own fields when nobody listens at its port', async () => {
    const socket = createServer().listen(0, '127.0.0.1');
    await once(socket, 'listening');
    await gateway.reviews.close();
    const { headers: _, ...got } = await gateway.ask(QUERY);
    socket.close();
    expect(got).toEqual(withoutRatings(...UNAVAILABLE));
  });

  it.each([
    ['an object for a list', { books: {}, echo: 'x' }],
    ['a string for a list', { books: 'many', echo: 'x' }],
    ['a list for an object', { books: [[{ isbn: '1', title: 'Emma' }]], echo: 'x' }],
    ['a number for an object', { books: [42], echo: 'x' }],
  ])('loses only the field in which it sends %s', async (_what, data) => {
    gateway.books.answerWith(json({ data }));
    const answer = await gateway.ask('{ echo books { title rating } }');
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({ echo: 'x', books: null });
    expect(answer.errors).toMatchObject([
      { path: Array.isArray(data.books) ? ['books', 0] : ['books'], extensions: { code: INVALID[0] } },
    ]);
  });

  it('loses only the numbers that are too large for JSON to say', async () => {
    gateway.reviews.answerWith(text(`{"data":{"_entities":[${'{"rating":1e999},'.repeat(2)}{"rating":-1e999}]}}`));
    const { headers: _, ...got } = await gateway.ask(QUERY, { headers: { 'x-graphql-cost': '1' } });
    expect(got).toMatchObject(withoutRatings(...INVALID));
  });

  it.each([
    ['a value', '"echo":', [['echo']], { books: [{ title: 'Emma' }] }],
    ['a list', '"books":', [undefined], { echo: 'x' }],
  ])('loses only %s that is nested 50,000 levels deep', async (_what, name, paths, left) => {
    const others = JSON.stringify(left).slice(1, -1);
    gateway.books.answerWith(text(`{"data":{${name}${'['.repeat(50_000)}${']'.repeat(50_000)},${others}}}`));
    const answer = await gateway.ask('{ echo books { title rating } }');
    expect([answer.status, answer.data]).toEqual([200, expect.objectContaining({ echo: 'echo' in left ? 'x' : null })]);
    expect(answer.data.books?.[0].title).toBe('books' in left ? 'Emma' : undefined);
    expect(answer.errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual(
      paths.map((path) => [path, INVALID[0]]),
    );
  });

  it('says where a value is not of its type', async () => {
    gateway.books.answerWith(json({ data: { books: [{ title: { no: 'string' }, pages: 'many' }], echo: 1 } }));
    const answer = await gateway.ask('{ books { title pages } echo }');
    expect(answer.data).toEqual({ books: null, echo: 1 });
    expect(answer.errors?.every(({ extensions }) => extensions.code === INVALID[0])).toBe(true);
    expect(Object.keys(answer)).not.toContain('extensions');
  });

  it('cannot say that something failed which the client did not ask for', async () => {
    const failed = { message: 'Gone.', extensions: { code: 'GONE' } };
    const errors = [
      { ...failed, path: ['books', 0, 'isbn'] },
      { ...failed, path: ['secret'] },
    ];
    gateway.books.answerWith(json({ data: { books: [] }, errors }));
    const answer = await gateway.ask('{ books { rating } }');
    expect(answer.errors).toEqual([
      { message: 'Gone.', path: ['books', 0], extensions: { code: 'GONE', requestId } },
      { message: 'Gone.', extensions: { code: 'GONE', requestId } },
    ]);
  });

  it('cannot put anything into its errors but a message and a code', async () => {
    gateway.reviews.answerWith(
      json({
        data: { _entities: [{ rating: 1 }, { rating: null }, { rating: null }] },
        errors: [
          {
            message: 'Seen.',
            path: ['_entities', 1, 'rating'],
            locations: [{ line: 1, column: 2 }],
            extensions: { code: 'SEEN', stacktrace: ['at x'], serviceName: 'y' },
          },
          { message: 'password=hunter2', path: ['_entities', 2, 'rating'] },
          { message: 'x', path: ['_entities', 99, 'rating'], extensions: { code: 'not a code' } },
          { message: 7, path: 'here', extensions: { code: 'TEAPOT' } },
          { path: ['_entities', 0, { __proto__: 1 }], extensions: null },
        ],
      }),
    );
    const { errors } = await gateway.ask(QUERY);
    const masked = 'Something went wrong on our side.';
    expect(errors).toEqual([
      { message: 'Seen.', path: ['books', 1, 'rating'], extensions: { code: 'SEEN', requestId } },
      { message: masked, path: ['books', 2, 'rating'], extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } },
      { message: masked, path: ['books', 0, 'rating'], extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } },
      { message: 'TEAPOT', path: ['books', 0, 'rating'], extensions: { code: 'TEAPOT', requestId } },
    ]);
    expect(gateway.logLines.join('')).not.toContain('hunter2');
  });

  it('has its error stay where it says, when a null has spread to everything', async () => {
    const answer = await gateway.ask('{ denied broken }');
    expect(answer.data).toBeNull();
    expect(answer.errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['broken'], 'INTERNAL_SERVER_ERROR'],
      [['denied'], 'FORBIDDEN'],
    ]);
  });

  it('leaves prototypes as they are', async () => {
    gateway.books.answerWith((_request, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(
          '{"data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"echo":{"__proto__":{"polluted":1}}},"__proto__":{"polluted":1}}',
        ),
    );
    const answer = await gateway.ask('{ echo }');
    expect(answer.status).toBe(200);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it('is not asked any more when the time of the request is over', async () => {
    await using slow = await startTestGateway({ deadline: '1s', subgraphRequest: { timeout: '5s' } });
    slow.books.answerWith(() => {});
    const startedMs = performance.now();
    const answer = await slow.ask('{ books { rating } latestReviews { book { title } } }');
    expect(performance.now() - startedMs).toBeLessThan(4500);
    expect(answer.data).toEqual({ books: null, latestReviews: null });
    expect(new Set(answer.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set([LATE[0]]));
    expect(Number(slow.books.requests[0]?.headers['x-deadline-ms'])).toBeGreaterThan(100);
    expect(Number(slow.books.requests[0]?.headers['x-deadline-ms'])).toBeLessThanOrEqual(1000);
  });

  it('hears when the client has gone from a query, and finishes a mutation', async () => {
    const ended: string[] = [];
    await using patient = await startTestGateway();
    patient.books.answerWith((request, response) => {
      response.once('close', () => ended.push(response.writableFinished ? 'finished' : 'cut'));
      if (request.body.query.startsWith('mutation'))
        setTimeout(() => json({ data: { addBook: null } })(request, response), 300);
    });
    const leave = async (query: string) => {
      const controller = new AbortController();
      const asked = patient.books.requests.length;
      const request = patient.send({
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
        signal: controller.signal,
      });
      await until('the subgraph to be asked', () => patient.books.requests.length > asked);
      controller.abort();
      await request.catch(() => {});
    };
    await leave('{ books { title } }');
    await until('the query to be cut', () => ended.length === 1);
    await leave('mutation { addBook(title: "x") { isbn } }');
    await until('the mutation to finish', () => ended.length === 2);
    expect(ended).toEqual(['cut', 'finished']);
  });
});
