import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, createMetrics } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { persistedDocumentsConfig } from '../src/config/persisted-documents-config.ts';
import { PersistedDocuments } from '../src/persisted-documents/persisted-documents.ts';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const RESPONSE_JSON = 'application/graphql-response+json';
const JSON_TYPE = 'application/json';
const TITLES = '{ books { title } }';
const BOOKS = { books: [{ title: 'Emma' }, { title: 'Ulysses' }, { title: 'Beloved' }] };

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
/** As Apollo's links send it. */
const apq = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });

interface Reply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of many shapes
  body: any;
}

async function replyTo(response: Promise<Response>): Promise<Reply> {
  const { status, ...rest } = await response.then(async (answer) => ({
    status: answer.status,
    body: await answer.json(),
  }));
  return { status, ...rest };
}

const post = (gateway: TestGateway, params: object, headers: Record<string, string> = {}) =>
  replyTo(
    gateway.send({
      method: 'POST',
      headers: { 'content-type': JSON_TYPE, accept: RESPONSE_JSON, ...headers },
      body: JSON.stringify(params),
    }),
  );
const get = (gateway: TestGateway, params: Record<string, string>, accept = RESPONSE_JSON) =>
  replyTo(gateway.send({ headers: { accept } }, `?${new URLSearchParams(params)}`));

async function outcomes(gateway: TestGateway): Promise<Record<string, number>> {
  const { values } = await gateway.metrics.get('graphql_persisted_documents_total').get();
  return Object.fromEntries(
    values.filter(({ value }) => value > 0).map(({ labels, value }) => [labels.outcome, value]),
  );
}

/** Without a gateway: what stops its start. */
const start = async (config: z.input<typeof persistedDocumentsConfig>) => {
  const log = createLogger({ service: 'test', level: 'silent' });
  const metrics = createMetrics({ service: 'test', processMetrics: false });
  const documents = new PersistedDocuments(
    { folder: undefined, ...persistedDocumentsConfig.parse(config) },
    1024 ** 2,
    {
      log,
      metrics,
    },
  );
  await documents.start().finally(() => documents.stop());
};

const isUp = async (gateway: TestGateway) => {
  const { values } = await gateway.metrics.get('external_service_up').get();
  return values.find(({ labels }) => labels.service === 'documents')?.value;
};

const refusal = (code: string, message?: string) => ({
  errors: [{ ...(message === undefined ? {} : { message }), extensions: { code } }],
});
const NOT_FOUND = refusal('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
const NOT_SUPPORTED = refusal('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
const UNKNOWN = refusal('PERSISTED_DOCUMENT_UNKNOWN');

describe('Automatic persisted queries', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());

  it('are Apollo’s: the hash alone, then with the document, then alone again, by POST and by GET', async () => {
    const before = await outcomes(gateway);
    const extensions = apq(sha256(TITLES));
    expect(await post(gateway, { operationName: '', variables: {}, extensions })).toMatchObject({
      status: 404,
      body: NOT_FOUND,
    });
    expect(await post(gateway, { query: TITLES, extensions })).toEqual({ status: 200, body: { data: BOOKS } });
    expect(await post(gateway, { extensions })).toEqual({ status: 200, body: { data: BOOKS } });
    expect(await post(gateway, { query: null, extensions })).toEqual({ status: 200, body: { data: BOOKS } });
    const byGet = { operationName: '', variables: '{}', extensions: JSON.stringify(extensions) };
    expect(await get(gateway, byGet)).toEqual({ status: 200, body: { data: BOOKS } });
    expect(await outcomes(gateway)).toEqual({ ...before, miss: 1, registered: 1, hit: 3 });
  });

  it('are answered 200 in application/json when they are not found, as Apollo Server does', async () => {
    const extensions = apq(sha256('{ books { isbn } }'));
    for (const reply of [
      post(gateway, { extensions }, { accept: JSON_TYPE }),
      get(gateway, { extensions: JSON.stringify(extensions) }, JSON_TYPE),
    ]) {
      expect(await reply).toMatchObject({ status: 200, body: NOT_FOUND });
    }
  });

  it('can be registered and sent as documentId too, in the standard’s form', async () => {
    const query = '{ books { pages } }';
    const documentId = `sha256:${sha256(query)}`;
    expect(await get(gateway, { documentId })).toMatchObject({ status: 404, body: NOT_FOUND });
    expect((await post(gateway, { query, documentId })).status).toBe(200);
    expect((await get(gateway, { documentId })).body.data.books).toHaveLength(3);
    expect((await post(gateway, { extensions: apq(sha256(query)) })).status).toBe(200);
  });

  it('are as cacheable by GET as what they ask for', async () => {
    const query = '{ books { title pages } }';
    const extensions = apq(sha256(query));
    await post(gateway, { query, extensions });
    gateway.books.answerWith((_request, response) => {
      const headers = { 'content-type': JSON_TYPE, 'cache-control': 'max-age=60, public' };
      response.writeHead(200, headers).end('{"data":{"books":[{"title":"Emma","pages":474}]}}');
    });
    const address = `?${new URLSearchParams({ extensions: JSON.stringify(extensions) })}`;
    const response = await gateway.send({ headers: { accept: JSON_TYPE } }, address);
    gateway.books.answerWith(undefined);
    expect(response.headers.get('cache-control')).toBe('max-age=60, public');
    const missing = apq(sha256('{ books { isbn pages } }'));
    const notFound = await gateway.send(
      { headers: { accept: JSON_TYPE } },
      `?${new URLSearchParams({ extensions: JSON.stringify(missing) })}`,
    );
    expect(notFound.headers.get('cache-control')).toBe('no-store');
  });

  it('are not the start page where a browser is given their address', async () => {
    await post(gateway, { query: TITLES, extensions: apq(sha256(TITLES)) });
    const accept = `text/html, ${JSON_TYPE};q=0.9`;
    for (const params of [
      { documentId: `sha256:${sha256(TITLES)}` },
      { extensions: JSON.stringify(apq(sha256(TITLES))) },
    ]) {
      expect(await get(gateway, params, accept)).toEqual({ status: 200, body: { data: BOOKS } });
    }
  });

  it('are refused with a hash that is another document’s, and that one stays as it is', async () => {
    await post(gateway, { query: TITLES, extensions: apq(sha256(TITLES)) });
    const wrong = { query: '{ books { isbn } }', extensions: apq(sha256(TITLES)) };
    expect(await post(gateway, wrong)).toMatchObject({ status: 400, body: refusal('PERSISTED_QUERY_HASH_MISMATCH') });
    expect((await post(gateway, { extensions: apq(sha256(TITLES)) })).body).toEqual({ data: BOOKS });
  });

  it.each([
    ['is no document', '{ books {'],
    ['does not fit the schema', '{ bookshelves }'],
    ['is over a limit', `{ ${'reviews { book { '.repeat(12)}title${' } }'.repeat(12)} }`],
    ['lacks a variable', 'query ($isbn: ID!) { book(isbn: $isbn) { title } }'],
  ])('are not registered where the document %s: nobody fills the store with it', async (_what, query) => {
    const { registered } = await outcomes(gateway);
    const extensions = apq(sha256(query));
    expect((await post(gateway, { query, extensions })).status).toBe(400);
    expect(await post(gateway, { extensions })).toMatchObject({ status: 404, body: NOT_FOUND });
    expect((await outcomes(gateway)).registered).toBe(registered);
  });

  it.each([
    ['of another version', { persistedQuery: { version: 2, sha256Hash: sha256(TITLES) } }],
    ['without a hash', { persistedQuery: { version: 1 } }],
    ['with a list for a hash', { persistedQuery: { version: 1, sha256Hash: ['a'] } }],
    ['with 1 KB for a hash', apq('a'.repeat(1024))],
    ['that is a text', { persistedQuery: 'a' }],
  ])('are refused as 400 %s', async (_what, extensions) => {
    expect(await post(gateway, { extensions })).toMatchObject({ status: 400, body: refusal('BAD_REQUEST') });
  });

  it.each(['a b', 'md5:00', '', '__proto__:x', 7])('refuse %j as a documentId', async (documentId) => {
    expect(await post(gateway, { documentId })).toMatchObject({ status: 400, body: refusal('BAD_REQUEST') });
  });

  it('keep the mutations behind POST', async () => {
    const query = 'mutation { addBook(title: "Persuasion") { isbn } }';
    expect((await post(gateway, { query, extensions: apq(sha256(query)) })).status).toBe(200);
    const asked = gateway.books.requests.length;
    expect((await get(gateway, { documentId: `sha256:${sha256(query)}` })).status).toBe(405);
    expect(gateway.books.requests).toHaveLength(asked);
  });

  it('can be switched off: clients are told so, and send documents alone', async () => {
    await using off = await startTestGateway({ persistedDocuments: { automatic: { enabled: false } } });
    const extensions = apq(sha256(TITLES));
    expect(await post(off, { extensions }, { accept: JSON_TYPE })).toMatchObject({ status: 200, body: NOT_SUPPORTED });
    expect(await post(off, { query: TITLES, extensions })).toMatchObject({ status: 400, body: NOT_SUPPORTED });
    expect((await post(off, { query: TITLES })).status).toBe(200);
  });
});

/** A folder of trusted documents: a file of `web`, a manifest of Apollo's for `phone`, one of Relay's for everybody. */
function trustedFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-documents-'));
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, `${path}.new`), text);
    renameSync(join(folder, `${path}.new`), join(folder, path));
  };
  write('web/titles.graphql', `# What the shelf shows.\n${WEB}\n`);
  write('web/titles.variables.json', '{}');
  write(
    'phone/manifest.json',
    JSON.stringify({
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: 'phone-1', name: 'Phone', type: 'query', body: PHONE }],
    }),
  );
  write('relay.json', JSON.stringify({ [RELAY_ID]: RELAY }));
  return { folder, write, remove: () => rmSync(folder, { recursive: true }) };
}

const WEB = 'query WebTitles { books { title } }';
const PHONE = 'query Phone { books { isbn title } }';
const RELAY = 'query Relay($isbn: ID!) { book(isbn: $isbn) { title } }';
const RELAY_ID = 'd41d8cd98f00b204e9800998ecf8427e';

describe('Trusted documents', () => {
  const documents = trustedFolder();
  const { folder } = documents;
  let only: TestGateway;
  let bound: TestGateway;
  let logging: TestGateway;
  beforeAll(async () => {
    [only, bound, logging] = await Promise.all([
      startTestGateway({ introspection: true, persistedDocuments: { mode: 'only', folder } }),
      startTestGateway({ persistedDocuments: { mode: 'only', folder, bindClient: true } }),
      startTestGateway({ persistedDocuments: { mode: 'log', folder } }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([only.stop(), bound.stop(), logging.stop()]);
    documents.remove();
  });

  it.each<[string, object]>([
    ['documentId and hash', { documentId: `sha256:${sha256(WEB)}` }],
    ['Apollo’s extension', { extensions: apq(sha256(WEB)) }],
    ['their text', { query: WEB }],
    ['their file’s text', { query: `# What the shelf shows.\n${WEB}\n` }],
    ['their text as graphql-js prints it', { query: 'query WebTitles {\n  books {\n    title\n  }\n}' }],
    ['text and hash', { query: WEB, extensions: apq(sha256(WEB)) }],
    ['the id of an Apollo manifest', { documentId: 'phone-1' }],
    ['that id in Apollo’s extension', { extensions: apq('phone-1') }],
    ['the hash of a text in a manifest', { documentId: `sha256:${sha256(PHONE)}` }],
    ['an id of Relay’s', { documentId: RELAY_ID, variables: { isbn: '1' } }],
  ])('are executed in the mode `only` by %s', async (_what, params) => {
    const reply = await post(only, params);
    expect(reply).toMatchObject({ status: 200 });
    expect(reply.body.errors).toBeUndefined();
  });

  it.each<[string, object]>([
    ['text', { query: '{ books { isbn } }' }],
    ['text that differs by a blank', { query: `${WEB} ` }],
    ['text that is no document', { query: '{{{' }],
    ['text with its own hash', { query: TITLES, extensions: apq(sha256(TITLES)) }],
    ['hash', { extensions: apq(sha256(TITLES)) }],
    ['id', { documentId: 'phone-2' }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
  ])('are the only ones in that mode: 403 for an unknown %s, and no request to a subgraph', async (_what, params) => {
    const asked = only.books.requests.length;
    const { refused = 0 } = await outcomes(only);
    expect(await post(only, params)).toMatchObject({ status: 403, body: UNKNOWN });
    expect(only.books.requests).toHaveLength(asked);
    expect((await outcomes(only)).refused).toBe(refused + 1);
    expect(await outcomes(only)).not.toHaveProperty('registered');
  });

  it('are, with bindClient, those of the client that names itself so', async () => {
    const as = (name: string, params: object) => post(bound, params, { 'apollographql-client-name': name });
    expect((await as('web', { query: WEB })).status).toBe(200);
    expect((await as('phone', { documentId: 'phone-1' })).status).toBe(200);
    expect((await as('phone', { documentId: RELAY_ID, variables: { isbn: '1' } })).status).toBe(200);
    for (const params of [{ query: WEB }, { documentId: `sha256:${sha256(WEB)}` }, { extensions: apq(sha256(WEB)) }]) {
      expect(await as('phone', params)).toMatchObject({ status: 403, body: UNKNOWN });
      expect(await post(bound, params)).toMatchObject({ status: 403, body: UNKNOWN });
    }
  });

  it('are told from others in the mode `log`, which executes both; a line a document, without its text', async () => {
    const secret = '{ find(filter: { password: "hunter2" }) { isbn } }';
    const client = { 'apollographql-client-name': 'curl' };
    const named = 'query Unheard { books { pages } }';
    for (let time = 0; time < 3; time++) {
      expect((await post(logging, { query: named }, client)).status).toBe(200);
      expect((await post(logging, { query: secret }, client)).status).toBe(200);
      expect((await post(logging, { query: WEB }, client)).status).toBe(200);
    }
    expect((await post(logging, { extensions: apq(sha256(named)) })).status).toBe(404);
    expect(await outcomes(logging)).toEqual({ unknown: 6, hit: 3, miss: 1 });
    const lines = logging.logLines.filter((line) => line.includes('document is not trusted'));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { client: 'curl', operation: 'Unheard', document_hash: sha256(named) },
      { client: 'curl', document_hash: sha256(secret) },
    ]);
    expect(logging.logLines.join()).not.toContain('hunter2');
  });

  it('give metrics their names', async () => {
    await post(logging, { query: WEB }, { 'apollographql-client-name': 'web' });
    const { values } = await logging.metrics.get('graphql_operations_total').get();
    expect(values.map(({ labels }) => [labels.operation, labels.client])).toContainEqual(['WebTitles', 'web']);
    expect(values.map(({ labels }) => labels.operation)).not.toContain('Unheard');
  });

  it('are read again when their folder changes, and stay when it gets worse', async () => {
    const next = 'query Next { books { pages } }';
    expect((await post(only, { query: next })).status).toBe(403);
    documents.write('web/next.graphql', next);
    await until('the new document', async () => (await post(only, { query: next })).status === 200);
    documents.write('tablet/first.graphql', 'query Tablet { books { isbn pages } }');
    const tablet = { documentId: `sha256:${sha256('query Tablet { books { isbn pages } }')}` };
    await until('the new folder', async () => (await post(only, tablet)).status === 200);
    documents.write('tablet/first.graphql', 'query Tablet { books {');
    await until('the warning', () => only.logLines.find((line) => line.includes('is no document with an operation')));
    expect((await post(only, tablet)).status).toBe(200);
    documents.write('tablet/first.graphql', 'query Tablet2 { books { isbn pages } }');
    await until('the old document to go', async () => (await post(only, tablet)).status === 403);
  });

  it('are expected where the mode tells them from others, and have to be read at the start', async () => {
    await expect(start({ mode: 'only' })).rejects.toThrow('the mode only expects a folder or a manifest');
    await expect(start({ mode: 'log' })).rejects.toThrow('the mode log expects a folder or a manifest');
    await expect(start({ folder: join(folder, 'nowhere') })).rejects.toThrow('cannot be read: ENOENT');
    const nested = trustedFolder();
    nested.write('web/nested.graphql', '{ a '.repeat(5000));
    await expect(start({ folder: nested.folder })).rejects.toThrow(
      /^persistedDocuments: .*nested\.graphql cannot be executed/,
    );
    nested.remove();
  });
});

describe('A manifest at a URL', () => {
  it('is polled with its ETag; while it is down, or wrong, the last good one stays', async () => {
    const seen: (string | undefined)[] = [];
    const operation = (id: string, body: string, clientName: string | null) => ({
      id,
      body,
      name: id,
      type: 'query',
      clientName,
    });
    const manifest = (...operations: object[]) =>
      JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });
    let published = { status: 200, text: manifest(operation('a', WEB, 'web')) };
    const server = createServer(({ headers }, response) => {
      seen.push(headers['if-none-match']);
      const etag = `"${sha256(published.text)}"`;
      const status = published.status === 200 && headers['if-none-match'] === etag ? 304 : published.status;
      response.writeHead(status, { etag }).end(status === 200 ? published.text : undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/manifest.json`;
    try {
      await using gateway = await startTestGateway({
        persistedDocuments: { mode: 'only', manifest: address, poll: '30ms', bindClient: true },
      });
      const statusOf = async (name: string, documentId: string) =>
        (await post(gateway, { documentId }, { 'apollographql-client-name': name })).status;
      expect(await statusOf('web', 'a')).toBe(200);
      expect(await statusOf('phone', 'a')).toBe(403);
      await until('a conditional request', () => seen.filter((etag) => etag !== undefined).length > 1);
      published = { status: 503, text: '' };
      await until('the line', () => gateway.logLines.find((line) => line.includes('status 503')));
      expect(await isUp(gateway)).toBe(0);
      expect(await statusOf('web', 'a')).toBe(200);
      published = { status: 200, text: '{"format":"another","operations":[]}' };
      await until('several requests', () => seen.length > 10 && published.status === 200);
      expect(await statusOf('web', 'a')).toBe(200);
      published = { status: 200, text: manifest(operation('b', PHONE, null)) };
      await until('the next manifest', async () => (await statusOf('phone', 'b')) === 200);
      expect(await statusOf('web', 'a')).toBe(403);
      expect(await isUp(gateway)).toBe(1);
      expect(gateway.logLines.filter((line) => line.includes('source of documents'))).toHaveLength(2);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('with a document that no limits allow is refused with its id; it ends neither the gateway nor another one’s start', async () => {
    const nested = `${'{ a '.repeat(5000)}${'}'.repeat(5000)}`;
    const spreading = Array.from({ length: 30 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`);
    let text = JSON.stringify({ good: WEB });
    const server = createServer((_request, response) => response.end(text));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const manifest = `http://127.0.0.1:${(server.address() as AddressInfo).port}/manifest.json`;
    try {
      await using gateway = await startTestGateway({ persistedDocuments: { mode: 'only', manifest, poll: '30ms' } });
      for (const [id, body] of Object.entries({ nested, spreading: `{ ...F0 } ${spreading.join(' ')}` })) {
        text = JSON.stringify({ good: WEB, [id]: body });
        await until('the warning', () => gateway.logLines.find((line) => line.includes(`${id} cannot be executed`)));
        expect((await post(gateway, { documentId: 'good' })).status).toBe(200);
        await using another = await startTestGateway({ persistedDocuments: { manifest } });
        expect((await post(another, { query: TITLES })).status).toBe(200);
        text = JSON.stringify({ good: WEB });
        await until('it to be good again', async () => (await isUp(gateway)) === 1);
      }
      text = JSON.stringify({ next: PHONE });
      await until('the next manifest', async () => (await post(gateway, { documentId: 'next' })).status === 200);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('that cannot be had stops the start in the mode `only` alone', async () => {
    const manifest = 'http://127.0.0.1:9/manifest.json';
    await expect(start({ mode: 'only', manifest })).rejects.toThrow(
      'The manifest http://127.0.0.1:9/manifest.json cannot be had',
    );
    await using gateway = await startTestGateway({ persistedDocuments: { manifest } });
    expect((await post(gateway, { query: TITLES })).status).toBe(200);
  });
});
