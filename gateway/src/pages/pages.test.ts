import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'tributary-documents-'));
const SANDBOX = 'https://studio.apollographql.com';

describe('the pages', () => {
  let gateway: TestGateway;
  let closed: TestGateway;
  beforeAll(async () => {
    mkdirSync(join(folder, 'reader'));
    writeFileSync(
      join(folder, 'reader/all-books.graphql'),
      '# Every book, with `rating`.\n# <script>alert(1)</script>\n\nquery AllBooks($genre: Genre = NOVEL) {\n  find(genre: $genre) { title } # "x" & <b>\n}\n',
    );
    writeFileSync(join(folder, 'reader/all-books.variables.json'), '{"genre":"</script>"}');
    writeFileSync(join(folder, 'README.md'), 'No document.');
    const home = {
      title: 'Books & more',
      documents: folder,
      links: [{ title: 'Mailbox', href: '/mailbox', description: '<mail>' }],
    };
    [gateway, closed] = await Promise.all([
      startTestGateway({ introspection: true, home }),
      startTestGateway({ home: { documents: folder } }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([gateway.stop(), closed.stop()]);
    rmSync(folder, { recursive: true });
  });
  const page = async (path: string, from = gateway) => {
    const response = await fetch(`${from.url}${path}`);
    return { response, text: await response.text() };
  };

  it('start at /, with the ways in, and everything in one file', async () => {
    const { response, text } = await page('/');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(text).toContain('<title>Books &amp; more</title>');
    expect(text).toContain(`${SANDBOX}/sandbox/explorer?endpoint=${encodeURIComponent(`${gateway.url}/graphql`)}`);
    expect(text).toContain('href="/graphiql"');
    expect(text).toContain('href="/sandbox"');
    expect(text).toContain('href="/mailbox"');
    expect(text).toContain('&lt;mail&gt;');
    expect(text).toContain(`curl ${gateway.url}/graphql`);
    expect(
      [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url).filter((url) => url?.startsWith('http')),
    ).toEqual([expect.stringContaining(SANDBOX)]);
    expect(text).not.toMatch(/@import|url\(/);
  });

  it('list known operations with what they are for, and open them in GraphiQL', async () => {
    const { text } = await page('/');
    expect(text).toContain('Every book, with <code>rating</code>. &lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain(
      '<span class="keyword">query</span> <span class="type">AllBooks</span>(<span class="variable">$genre</span>',
    );
    expect(text).toContain('<span class="comment"># &quot;x&quot; &amp; &lt;b&gt;</span>');
    expect(text).toContain('href="/graphiql?document=reader%2FAllBooks"');
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('href="/sandbox?document=reader%2FAllBooks"');
    const graphiql = await page('/graphiql?document=reader%2FAllBooks');
    expect(graphiql.text).toContain('"initialQuery": "query AllBooks(');
    expect((await page('/graphiql?document=nobody')).text).not.toContain('initialQuery');
  });

  it('escape the host that the request names', async () => {
    const response = await fetch(gateway.url, { headers: { 'x-forwarded-proto': 'https' } });
    expect(await response.text()).toContain('curl https://127.0.0.1');
    expect((await page('/?"><script>')).text).not.toContain('"><script>');
  });

  it('are framed by nobody and load nothing from elsewhere', async () => {
    const start = (await page('/')).response.headers.get('content-security-policy');
    expect(start).toMatch(/^default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+'; img-src data:/);
    const graphiql = (await page('/graphiql')).response.headers.get('content-security-policy');
    expect(graphiql).toMatch(/^default-src 'self'; script-src 'self'(?: 'sha256-\S+')+; style-src/);
    // Subscriptions go by WebSocket, to this host alone.
    const { host } = new URL(gateway.url);
    expect(graphiql).toContain(`connect-src 'self' ws://${host} wss://${host};`);
    for (const policy of [start, graphiql]) expect(policy).toContain("frame-ancestors 'none'");
  });

  it('have Sandbox in a frame, of which nothing but the frame and what makes it is from elsewhere', async () => {
    const { response, text } = await page('/sandbox?document=reader/AllBooks');
    const { host } = new URL(gateway.url);
    expect(response.headers.get('content-security-policy')).toMatch(
      new RegExp(
        `^default-src 'none'; style-src 'sha256-[^ ]+'; script-src 'sha256-[^ ]+' https://embeddable-sandbox[^ ]+\\.js; ` +
          `frame-src https://sandbox\\.embed\\.apollographql\\.com; img-src data:; connect-src 'self' ws://${host} wss://${host}; `,
      ),
    );
    expect(text).toContain('"document":"query AllBooks(');
    expect(text).toContain('"variables":{"genre":"\\u003c/script>"},"includeCookies":false');
    expect((await page('/sandbox?document=nobody')).text).not.toContain('"document"');
  });

  it('have GraphiQL with its files, from here alone', async () => {
    const { text } = await page('/graphiql');
    const files = [...text.matchAll(/(?:src|href)="([^"]*)"/g)]
      .map(([, url = '']) => url)
      .filter((url) => !url.startsWith('data:'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const { response } = await page(file);
      expect([file, response.status]).toEqual([file, 200]);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect((await page('/graphiql/static/nothing.js')).response.status).toBe(404);
    expect((await page('/graphiql/static/ruru.js.map')).response.status).toBe(404);
  });

  it('have neither GraphiQL nor Sandbox without introspection', async () => {
    const { text } = await page('/', closed);
    expect(text).not.toMatch(/graphiql|sandbox/i);
    expect(text).toContain('AllBooks');
    expect((await page('/graphiql', closed)).response.status).toBe(404);
    expect((await page('/sandbox', closed)).response.status).toBe(404);
  });

  it('lead to Sandbox, which introspection alone lets in, but not where a cookie would say who asks', async () => {
    const allowed = async (from: TestGateway) =>
      (await from.send({ method: 'OPTIONS', headers: { origin: SANDBOX } })).headers.get('access-control-allow-origin');
    expect([(await page('/')).text, await allowed(gateway)]).toEqual([
      expect.stringContaining('Sandbox on its own site'),
      SANDBOX,
    ]);
    expect(await allowed(closed)).toBeNull();
    await using signedIn = await startTestGateway({ introspection: true, identity: { cookie: {} } });
    expect([(await page('/', signedIn)).text, await allowed(signedIn)]).toEqual([
      expect.stringContaining(`add ${SANDBOX} to cors.origins`),
      null,
    ]);
    expect((await page('/sandbox', signedIn)).response.status).toBe(404);
  });

  it('name known operations and their applications in the metrics, and nothing else', async () => {
    const count = async (name: string, client: string) => {
      const answer = await gateway.ask(`query ${name} { books { isbn } }`, {
        headers: { 'apollographql-client-name': client },
      });
      expect(answer.status).toBe(200);
    };
    await count('AllBooks', 'reader');
    await count('Chosen1', 'chosen');
    await count('Chosen2', 'reader');
    const { values } = await gateway.metrics.get('graphql_operations_total').get();
    expect(
      values.map(({ labels, value }) => [
        labels.operation,
        labels.type,
        labels.outcome,
        labels.client,
        labels.line,
        value,
      ]),
    ).toEqual([
      ['AllBooks', 'query', 'success', 'reader', '', 1],
      ['other', 'query', 'success', 'other', '', 1],
      ['other', 'query', 'success', 'reader', '', 1],
    ]);
  });

  it('show the variables with which an operation can be tried, and GraphiQL begins with them', async () => {
    expect((await page('/')).text).toContain('&quot;genre&quot;: &quot;&lt;/script&gt;&quot;');
    const graphiql = (await page('/graphiql?document=reader/AllBooks')).text;
    expect(graphiql).toContain('initialVariables');
    expect(graphiql).not.toContain('"</script>"');
  });

  it('refuse variables that are not JSON at the start', async () => {
    const wrong = mkdtempSync(join(tmpdir(), 'tributary-documents-'));
    mkdirSync(join(wrong, 'app'));
    writeFileSync(join(wrong, 'app/a.graphql'), 'query A { a }');
    writeFileSync(join(wrong, 'app/a.variables.json'), '{ "a"');
    await expect(startTestGateway({ home: { documents: wrong } })).rejects.toThrow('a.variables.json is not JSON');
    rmSync(wrong, { recursive: true });
  });

  it.each([
    ['two operations', 'query A { a } query B { b }'],
    ['no name', '{ a }'],
    ['a syntax error', 'query A {'],
  ])('refuse a document with %s at the start', async (_what, text) => {
    const wrong = mkdtempSync(join(tmpdir(), 'tributary-documents-'));
    mkdirSync(join(wrong, 'app'));
    writeFileSync(join(wrong, 'app/a.graphql'), text);
    await expect(startTestGateway({ home: { documents: wrong } })).rejects.toThrow('is not one named operation');
    rmSync(wrong, { recursive: true });
    await expect(startTestGateway({ home: { documents: wrong } })).rejects.toThrow('ENOENT');
  });
});
