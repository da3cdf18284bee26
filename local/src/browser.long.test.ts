import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@tributary/service-kit/testing';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type RunningLocal, startLocal } from './start-local.ts';

const PORT = 14_400;
const data = mkdtempSync(join(tmpdir(), 'tributary-browser-'));
const executablePath = inject('chromium');
const QUERY = '{ product(sku: "AUD-HEADPHONES-01") { name } }';
/** As Apollo's: it makes the frame, and asks what the frame tells it to. */
const EMBED_SCRIPT = `window.EmbeddedSandbox = class {
  constructor({ target, initialEndpoint }) {
    const frame = document.createElement('iframe');
    frame.src = 'https://sandbox.embed.apollographql.com/sandbox/explorer';
    document.querySelector(target).append(frame);
    addEventListener('message', async ({ data, source, origin }) => {
      const answer = await fetch(initialEndpoint, { method: 'POST', headers: { 'content-type': 'application/json' }, body: data });
      source.postMessage(await answer.text(), origin);
    });
  }
};`;
const FRAME = `<p></p><script>
addEventListener('message', ({ data }) => { document.querySelector('p').textContent = data; });
parent.postMessage(${JSON.stringify(JSON.stringify({ query: QUERY }))}, '*');
</script>`;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];

describe.skipIf(executablePath === undefined)('in a browser without internet', () => {
  const outside: string[] = [];
  const errors: string[] = [];
  let graph: RunningLocal;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    graph = await startLocal({ dataFolder: data, fresh: false, port: PORT, logLevel: 'error', ports: 'free' });
    browser = await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: FLAGS });
    context = await browser.newContext();
    await context.route(
      (url) => url.hostname !== 'localhost',
      (route) => {
        outside.push(route.request().url());
        return route.abort();
      },
    );
    page = await context.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
  });
  afterAll(async () => {
    await browser.close();
    await graph.stop();
    rmSync(data, { recursive: true });
  });

  it('the start page leads to GraphiQL, Sandbox and the mailbox', async () => {
    await page.goto(`http://localhost:${PORT}/`);
    for (const target of ['/graphiql', '/sandbox', 'studio.apollographql.com/sandbox', '/mailbox']) {
      expect(await page.locator(`a[href*="${target}"]`).count(), target).toBeGreaterThan(0);
    }
    expect(await page.getByText('PlaceOrder').count()).toBeGreaterThan(0);
  });

  it('GraphiQL runs a query', { timeout: 90_000 }, async () => {
    await page.goto(`http://localhost:${PORT}/graphiql`);
    const editor = page.locator('.view-lines').first();
    await editor.getByText('Write a query').waitFor();
    // The editor is drawn before it takes what is typed, and Ctrl-Enter works once the schema is there.
    await until(
      'the query in the editor',
      async () => {
        await editor.click();
        await page.keyboard.press('Control+a');
        await page.keyboard.press('Delete');
        await page.keyboard.insertText(QUERY);
        return (await editor.textContent())?.replaceAll('\u00a0', ' ') === QUERY;
      },
      30_000,
    );
    const answer = page.locator('.result-window').getByText('Aria over-ear headphones');
    await until(
      'the answer',
      async () => {
        await page.keyboard.press('Control+Enter');
        return answer.waitFor({ timeout: 3000 }).then(
          () => true,
          () => false,
        );
      },
      45_000,
    );
  });

  it('Sandbox says that it needs the internet', async () => {
    await page.goto(`http://localhost:${PORT}/sandbox`);
    await page.getByText('which your browser does not reach').waitFor();
    expect(outside.splice(0)).toEqual([expect.stringMatching(/^https:\/\/embeddable-sandbox\..*\.js$/)]);
  });

  it('Sandbox runs a query from its frame, by way of the page, which lets in nothing else', async () => {
    const online = await context.newPage();
    const html = (body: string) => ({ contentType: 'text/html', body });
    await online.route(/embeddable-sandbox/, (route) =>
      route.fulfill({ contentType: 'text/javascript', body: EMBED_SCRIPT }),
    );
    await online.route(/sandbox\.embed/, (route) => route.fulfill(html(FRAME)));
    await online.goto(`http://localhost:${PORT}/sandbox`);
    await online.frameLocator('iframe').getByText('Aria over-ear headphones').waitFor();
    const reachable = (url: string) =>
      online.evaluate(
        (to) =>
          fetch(to).then(
            () => true,
            () => false,
          ),
        url,
      );
    expect([await reachable(`http://localhost:${PORT}/`), await reachable('https://elsewhere.example/')]).toEqual([
      true,
      false,
    ]);
    expect(outside).toEqual([]);
    await online.close();
  });

  it('asks nothing outside, and no script fails', () => {
    expect(outside).toEqual([]);
    expect(errors).toEqual([]);
  });
});
