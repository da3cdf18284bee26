import { type Browser, chromium, type Page } from 'playwright-core';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];

export interface OpenPage extends AsyncDisposable {
  page: Page;
  /** What failed: scripts, and what the page's policy forbids. */
  errors: string[];
  /** Addresses outside of this machine that were asked for; none was answered. */
  outside: string[];
}

/** A page in a browser without internet. */
export async function openPage(executablePath: string): Promise<OpenPage> {
  const browser: Browser = await chromium.launch({ executablePath, args: FLAGS });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const errors: string[] = [];
  const outside: string[] = [];
  await context.route(
    (url) => url.hostname !== 'localhost',
    (route) => {
      outside.push(route.request().url());
      return route.abort();
    },
  );
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('dialog', (dialog) => {
    errors.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { page, errors, outside, [Symbol.asyncDispose]: () => browser.close() };
}
