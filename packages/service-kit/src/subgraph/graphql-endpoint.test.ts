import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../http/new-id.ts';
import { hashedId } from '../identity/hashed-id.ts';
import { type RunningNotes, startNotes } from '../testing/notes/start-notes.ts';
import { rawConnection } from '../testing/raw-connection.ts';
import { openPglite, type TestDatabase } from '../testing/test-database.ts';
import { until } from '../testing/until.ts';

let cluster: TestDatabase;
let notes: RunningNotes;
beforeAll(async () => {
  cluster = await openPglite();
  notes = await startNotes(cluster);
});
afterAll(async () => {
  await notes.stop();
  await cluster.close();
});

const requestId = expect.stringMatching(/^[\da-f-]{36}$/);
const sdl = '{ _service { sdl } }';
const entities = '{ _entities(representations: [{ __typename: "Note", id: "1" }]) { ... on Note { id } } }';

describe('without a service identity', () => {
  test.each([
    ['_service', { query: sdl }],
    ['_entities', { query: entities }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['__typename', { query: '{ __typename }' }],
    ['a batch', [{ query: sdl }]],
    ['what is no GraphQL', { query: '{' }],
    ['what is no request', {}],
    ['what is no JSON', '{'],
  ])('%s is answered 401', async (_, body) => {
    const other = await notes.token({ kind: 'user', userId: 'u', roles: ['admin'] }, 'orders');
    for (const authorization of ['', 'Bearer x.y.z', other]) {
      const answer = await notes.post(body, authorization);
      expect(answer).toMatchObject({
        status: 401,
        body: { errors: [{ extensions: { code: 'SERVICE_IDENTITY_REQUIRED', requestId } }] },
      });
      expect(answer.text).not.toMatch(/type Query|data/);
    }
  });

  test('the answer comes before the body was read', async () => {
    const { socket, received } = await rawConnection(Number(new URL(notes.url).port));
    socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n');
    await until('the answer', () => received().includes('SERVICE_IDENTITY_REQUIRED'));
    expect(received()).toMatch(/^HTTP\/1.1 401 /);
    socket.destroy();
  });

  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('%s is not even there', async (method) => {
    const response = await fetch(`${notes.url}/graphql?query={__typename}`, { method });
    expect(response.status).toBe(404);
  });
});

describe('with one', () => {
  test('the gateway gets the SDL and entities', async () => {
    expect((await notes.post({ query: sdl })).body.data._service.sdl).toContain('type Note');
    expect((await notes.post({ query: entities })).body.data).toEqual({ _entities: [{ id: '1' }] });
  });

  test.each([
    ['a syntax error', { query: '{ note(' }, 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: '{ nte }' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'two operations and no name',
      { query: 'query A { __typename } query B { __typename }' },
      400,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'a variable that does not fit',
      { query: 'query ($n: Int) { echo(number: $n) }', variables: { n: 'x' } },
      400,
      'BAD_USER_INPUT',
    ],
    ['a missing variable', { query: 'query ($id: ID!) { note(id: $id) { id } }' }, 400, 'BAD_USER_INPUT'],
    ['no query', {}, 400, 'BAD_REQUEST'],
    ['a batch', [{ query: sdl }], 400, 'BAD_REQUEST'],
    ['variables that are no object', { query: sdl, variables: 'x' }, 400, 'BAD_REQUEST'],
    ['no JSON', '{', 400, 'BAD_REQUEST'],
    ['an operation name that is none', { query: sdl, operationName: 'a b' }, 400, 'BAD_REQUEST'],
    ['a body of 5 MB', { query: sdl, padding: 'x'.repeat(5 * 1024 ** 2) }, 413, 'PAYLOAD_TOO_LARGE'],
  ])('%s has a code and the request id', async (_, body, status, code) => {
    const answer = await notes.post(body);
    expect(answer).toMatchObject({ status, body: { errors: [{ extensions: { code, requestId } }] } });
    expect(Object.keys(answer.body.errors[0].extensions).sort()).toEqual(['code', 'requestId']);
  });

  test.each([
    ['sql', 'INTERNAL_SERVER_ERROR'],
    ['error', 'INTERNAL_SERVER_ERROR'],
    ['text', 'INTERNAL_SERVER_ERROR'],
    ['wrongType', 'INTERNAL_SERVER_ERROR'],
    ['foreignCode', 'INTERNAL_SERVER_ERROR'],
    ['coded', 'FORBIDDEN'],
    ['badInput', 'BAD_USER_INPUT'],
  ])('a resolver that fails with %s answers %s, and nothing else', async (how, code) => {
    const answer = await notes.post({ query: 'query Boom($how: String!) { explode(how: $how) }', variables: { how } });
    expect(answer.body).toEqual({
      data: { explode: null },
      errors: [{ message: expect.any(String), path: ['explode'], extensions: { code, requestId } }],
    });
    const id = answer.body.errors[0].extensions.requestId;
    const logged = notes
      .logText()
      .split('\n')
      .filter((line) => line.includes(id) && line.includes('"level":"error"'));
    expect(logged).toHaveLength(code === 'INTERNAL_SERVER_ERROR' ? 1 : 0);
    if (how === 'sql') {
      expect(JSON.parse(logged[0] ?? '')).toMatchObject({
        operation: 'Boom',
        operation_type: 'query',
        path: 'explode',
      });
      expect(logged[0]).toContain('22P02');
    }
    // The message of a plain Error is written by a programmer; all else may quote a value.
    const text = how === 'error' ? answer.text : answer.text + notes.logText();
    expect(text.replaceAll('canary message', '')).not.toMatch(/canary|select|params/);
  });

  test('a hidden schema is not guessed at: no introspection, no "Did you mean"', async () => {
    const answers = await Promise.all(
      [
        { query: '{ __schema { types { name } } }' },
        { query: '{ __type(name: "Note") { name } }' },
        { query: '{ nte(id: "1") { id } }' },
        { query: '{ note(ide: "1") { id } }' },
        { query: '{ note(id: "1") }' },
        { query: '{ ... on Not { id } }' },
        { query: '{ echo(mood: GLADD) }' },
        { query: '{ echo(input: { pasword: "x", password: "y" }) }' },
        { query: 'query ($m: Moo) { echo(mood: $m) }' },
        { query: 'query ($m: Mood) { echo(mood: $m) }', variables: { m: 'GLADD' } },
        { query: 'query ($i: EchoInput) { echo(input: $i) }', variables: { i: { pasword: 'x' } } },
        { query: '{ note(id: "1") { id @skp(if: true) } }' },
      ].map((body) => notes.post(body)),
    );
    for (const { status, text } of answers) {
      expect(status).toBe(400);
      expect(text).not.toMatch(/did you mean|types"/i);
    }
  });

  test('developers may switch both on', async () => {
    await using own = await openPglite();
    const open = await startNotes(own, { introspection: true });
    expect((await open.post({ query: '{ __type(name: "Note") { name } }' })).body.data.__type).toEqual({
      name: 'Note',
    });
    expect((await open.post({ query: '{ nte }' })).text).toContain('Did you mean');
    await open.stop();
  });

  describe('values that the client sent', () => {
    const operation =
      'query Echo($number: Int, $mood: Mood, $at: DateTime, $input: EchoInput) { echo(number: $number, mood: $mood, at: $at, input: $input) }';

    test.each([
      ['a number', { number: 'hidden' }],
      ['a whole object', { number: { hidden: 1 } }],
      ['an enum value', { mood: 'HIDDEN' }],
      ['a scalar', { at: 'hidden' }],
      ['a field of an input', { input: { password: { hidden: 1 } } }],
      ['an unknown field beside a secret one', { input: { password: 'hidden', other: 1 } }],
      ['a missing field beside others', { input: { numbers: [1], hidden: 'x' } }],
      ['an item of a list', { input: { password: 'hidden', numbers: [1, 'x'] } }],
      ['a value with line breaks', { number: 'a\nhidden\nb' }],
    ])('in variables come back in no answer and no log: %s', async (_, variables) => {
      const answer = await notes.post({ query: operation, variables });
      expect(answer.status).toBe(400);
      for (const { message, extensions } of answer.body.errors) {
        expect(extensions.code).toBe('BAD_USER_INPUT');
        expect(message).toMatch(/^Variable "\$\w+" got invalid value: it does not have the type/);
      }
      expect(answer.text + notes.logText()).not.toMatch(/hidden/i);
    });

    test.each([
      '{ echo(number: "kanary") }',
      '{ echo(mood: KANARY) }',
      '{ echo(at: "kanary") }',
      '{ echo(input: { password: 1, numbers: ["kanary"] }) }',
      '{ echo(input: { kanary: 1 }) }',
      '{ echo(number: kanary',
    ])('in the document are in no log: %s', async (query) => {
      const answer = await notes.post({ query });
      expect(answer.status).toBe(400);
      expect(notes.logText()).not.toMatch(/kanary/i);
    });
  });

  describe('each line of a request says whose operation it is', () => {
    let number = 0;
    const query = '{ explode(how: "error") }';
    const baggage = 'graph.operation=PlaceOrder,graph.operation_type=mutation,graph.client=web,graph.line=2,tenant=x';
    const names = { operation: 'PlaceOrder', operation_type: 'mutation', client: 'web', line: '2' };

    /** The lines of one request: of the resolver that failed, where one did, and its access line. */
    async function linesOf(body: object, headers: Record<string, string>, authorization?: string) {
      const id = `names-${++number}`;
      await notes.post(body, authorization, { ...headers, 'x-request-id': id });
      const lines = () =>
        notes
          .logText()
          .split('\n')
          .filter((line) => line.includes(`"request_id":"${id}"`))
          .map((line) => JSON.parse(line));
      await until('the access line', () => lines().some(({ message }) => message === 'request'));
      return lines();
    }

    test('as the gateway does, and of which user by the token', async () => {
      const userId = newId();
      const asUser = await notes.token({ kind: 'user', userId, roles: ['customer'] });
      const lines = await linesOf({ query }, { baggage }, asUser);
      expect(lines).toMatchObject([
        { message: 'resolver failed', ...names, user: hashedId(userId) },
        { message: 'request', ...names, user: hashedId(userId), client: 'web', level: 'warn', outcome: 'partial' },
      ]);
      expect(JSON.stringify(lines)).not.toMatch(new RegExp(`tenant|${userId}`));
      const [line] = await linesOf({ query }, { baggage });
      expect(line).toMatchObject(names);
      expect(line).not.toHaveProperty('user');
    });

    test('by its document, where nobody says more', async () => {
      const [line] = await linesOf({ query: `query ${'n'.repeat(1000)} ${query}` }, {});
      expect(line).toMatchObject({ operation: 'n'.repeat(100), operation_type: 'query' });
      expect(line).not.toHaveProperty('client');
      const [named] = await linesOf({ query: `query Named ${query}`, operationName: 'Named' }, {});
      expect(named).toMatchObject({ operation: 'Named' });
    });

    test('but for what has not the form of a name', async () => {
      const bad = 'graph.operation=a%20b,graph.client=ada%40example.com,graph.line=x,graph.operation_type=query';
      const [line] = await linesOf({ query }, { baggage: bad });
      expect(line).toMatchObject({ message: 'resolver failed', operation_type: 'query' });
      for (const name of ['operation', 'client', 'line']) expect(line).not.toHaveProperty(name);
    });

    test('and not by anybody else: neither another service, nor whoever has no token', async () => {
      const asService = await notes.token({ kind: 'service', service: 'orders' });
      const [failed, access] = await linesOf({ query: `query Own ${query}` }, { baggage }, asService);
      const [refused] = await linesOf({ query }, { baggage }, 'Bearer x.y.z');
      expect([failed.operation, access.operation, refused.operation]).toEqual(['Own', 'Own', undefined]);
      expect(refused).toMatchObject({ status: '401', code: 'SERVICE_IDENTITY_REQUIRED' });
      for (const line of [failed, access, refused]) expect(line).not.toHaveProperty('client');
    });
  });

  test('the deadline of the caller reaches the resolvers', async () => {
    const hangUp = new AbortController();
    const before = notes.signals.length;
    const pending = fetch(`${notes.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: await notes.token() },
      body: JSON.stringify({ query: '{ explode(how: "hang") }' }),
      signal: hangUp.signal,
    });
    const signal = await until('the request', () => notes.signals[before]);
    hangUp.abort();
    await expect(pending).rejects.toThrow();
    await until('the abort', () => signal.aborted);
  });
});
