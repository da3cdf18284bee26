import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

/** The one script of a page that is not its own: what makes Sandbox's frame. */
const EMBED_SCRIPT = 'https://embeddable-sandbox.cdn.apollographql.com/v2/embeddable-sandbox.umd.production.min.js';
const SANDBOX = 'https://studio.apollographql.com';

describe('security headers', () => {
  let gateway: TestGateway;
  let open: TestGateway;
  beforeAll(async () => {
    const passthrough = [{ path: '/media/*', service: 'books' }];
    [gateway, open] = await Promise.all([
      startTestGateway({ passthrough }),
      startTestGateway({ introspection: true, cors: { origins: [SANDBOX] }, hsts: '365d', passthrough }),
    ]);
    open.books.answerOthersWith(({ path }, response) => {
      const own = path.endsWith('own')
        ? { 'referrer-policy': 'origin', 'x-powered-by': 'Express', server: 'nginx' }
        : {};
      response.writeHead(200, { 'content-type': 'image/png', ...own }).end('x');
    });
  });
  afterAll(() => Promise.all([gateway.stop(), open.stop()]));

  const ANSWERS: [string, RequestInit?][] = [
    ['/'],
    ['/graphql?query=%7B__typename%7D'],
    ['/graphql?query=%7Bnothing%7D'],
    ['/graphql', { method: 'OPTIONS' }],
    ['/graphql', { method: 'PUT' }],
    ['/graphql', { method: 'POST', body: ' '.repeat(300_000), headers: { 'content-type': 'application/json' } }],
    ['/nothing'],
    ['/%ff'],
    ['/media/x'],
    ['/graphiql'],
    ['/graphiql/static/ruru.css'],
    ['/sandbox'],
  ];

  it.each(ANSWERS)('are on %s %j', async (path, init) => {
    for (const from of [gateway, open]) {
      const { headers } = await fetch(`${from.url}${path}`, { redirect: 'manual', ...init });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toBe(from === open ? 'max-age=31536000' : null);
      expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null]);
    }
  });

  it('let no other site load an answer or a page as something else; pictures of a service it may', async () => {
    const policyOf = async (path: string) =>
      (await fetch(`${open.url}${path}`)).headers.get('cross-origin-resource-policy');
    for (const path of [
      '/',
      '/graphiql',
      '/sandbox',
      '/graphql?query=%7B__typename%7D',
      '/graphql?query=%7Bnothing%7D',
    ]) {
      expect([path, await policyOf(path)]).toEqual([path, 'same-origin']);
    }
    expect(await policyOf('/media/x')).toBeNull();
  });

  it('of a service are its own', async () => {
    const { headers } = await fetch(`${open.url}/media/own`);
    expect(headers.get('referrer-policy')).toBe('origin');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null]);
  });

  it.each(['/', '/graphiql', '/sandbox'])(
    'let a page run only its own scripts, and nobody frame it: %s',
    async (path) => {
      const response = await fetch(`${open.url}${path}`);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("base-uri 'none'");
      const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
      expect(scripts).not.toMatch(/unsafe|\*|data:/);
      expect(scripts.match(/https?:\S*/g) ?? []).toEqual(path === '/sandbox' ? [EMBED_SCRIPT] : []);
      const inline = [...(await response.text()).matchAll(/<script(?![^>]*src=)/g)].length;
      expect(inline).toBeGreaterThan(0);
      expect(scripts.match(/'sha256-/g)).toHaveLength(inline);
    },
  );

  it('Introspection: one switch opens introspection, suggestions, GraphiQL and what leads to Sandbox', async () => {
    for (const [from, isOpen] of [
      [gateway, false],
      [open, true],
    ] as const) {
      const introspected = await from.ask('{ __schema { queryType { name } } }');
      expect(introspected.errors === undefined).toBe(isOpen);
      const misspelt = JSON.stringify(await from.ask('{ boks { titel } }'));
      expect(misspelt.includes('Did you mean')).toBe(isOpen);
      for (const path of ['/graphiql', '/sandbox']) {
        expect((await fetch(`${from.url}${path}`)).status).toBe(isOpen ? 200 : 404);
      }
      expect((await (await fetch(from.url)).text()).includes(SANDBOX)).toBe(isOpen);
    }
  });
});
