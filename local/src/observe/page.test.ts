import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type ObserveServer, startObserveServer } from './observe-server.ts';
import { type OpenPage, openPage } from './testing/open-page.ts';
import { spanIdOf, spanOf, traceIdOf } from './testing/span-of.ts';
import { TraceStore } from './trace-store.ts';

const executablePath = inject('chromium');
const EVIL = '<img src=x onerror=alert(1)><script>alert(2)</script>';
const NOW = Date.now();

describe.skipIf(executablePath === undefined)('the page', () => {
  const store = new TraceStore();
  let server: ObserveServer;
  let opened: OpenPage;
  let url: string;

  beforeAll(async () => {
    const forwarder = { forward() {}, jaegerUrl: 'http://localhost:16686', stop() {} };
    server = await startObserveServer({ store, forwarder, metrics: () => undefined }, { host: '127.0.0.1', port: 0 });
    url = `http://localhost:${server.port}`;
    opened = await openPage(executablePath ?? '');
    store.add([
      spanOf({
        id: 1,
        name: 'POST /graphql',
        kind: 'server',
        startMs: NOW,
        durationMs: 100,
        attributes: { 'graphql.operation.name': 'PlaceOrder', 'graphql.operation.type': 'mutation' },
      }),
      spanOf({
        id: 2,
        parent: 1,
        service: 'orders',
        name: 'INSERT orders.orders',
        kind: 'client',
        startMs: NOW + 10,
        durationMs: 20,
        attributes: { 'db.query.text': 'insert into "orders" ("id") values ($1)', 'db.system.name': 'postgresql' },
      }),
      spanOf({ id: 3, parent: 1, service: 'payments', name: 'declined', startMs: NOW + 40, isError: true }),
      spanOf({ id: 4, parent: 3, service: 'payments', name: 'inner', startMs: NOW + 41, durationMs: 1 }),
      spanOf({
        trace: 2,
        id: 1,
        service: 'notifications',
        name: 'process orders.order.placed.v1',
        kind: 'consumer',
        startMs: NOW + 150,
        links: [{ traceId: traceIdOf(1), spanId: spanIdOf(2), attributes: {} }],
      }),
      spanOf({
        trace: 3,
        id: 1,
        service: EVIL,
        name: EVIL,
        kind: 'server',
        startMs: NOW - 1000,
        durationMs: 3,
        attributes: { [EVIL]: EVIL, 'db.query.text': EVIL, 'graphql.operation.name': EVIL, 'error.type': EVIL },
        events: [{ name: EVIL, atMs: NOW, attributes: { [EVIL]: EVIL } }],
        links: [{ traceId: traceIdOf(3), spanId: spanIdOf(9), attributes: { [EVIL]: EVIL } }],
      }),
    ]);
  });
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await server.stop();
  });
  afterEach(() => {
    expect(opened.errors).toEqual([]);
    expect(opened.outside).toEqual([]);
  });

  const operations = () => opened.page.locator('table.requests tbody tr a');
  const rows = () => opened.page.getByRole('treeitem');
  const chosen = () => opened.page.locator('[role=treeitem][aria-selected=true]').getAttribute('aria-label');

  it('lists requests, and what comes later by itself', async () => {
    const { page } = opened;
    await page.goto(`${url}/`);
    await operations().first().waitFor();
    expect(await operations().allTextContents()).toEqual(['PlaceOrder', EVIL]);
    store.add([spanOf({ trace: 4, id: 1, name: 'GET /late', kind: 'server', startMs: NOW + 500, durationMs: 700 })]);
    await page.getByRole('link', { name: 'GET /late' }).waitFor();
  });

  it('filters by words, errors, time and kind', async () => {
    const { page } = opened;
    await page.keyboard.press('/');
    await page.keyboard.type('place');
    await expect.poll(() => operations().allTextContents()).toEqual(['PlaceOrder']);
    await page.getByRole('searchbox').fill('');
    await page.getByLabel('Slower than').fill('500');
    await expect.poll(() => operations().allTextContents()).toEqual(['GET /late']);
    await page.getByLabel('Slower than').fill('');
    await page.getByLabel('Errors').check();
    await expect.poll(() => operations().allTextContents()).toEqual(['PlaceOrder', EVIL]);
    await page.getByLabel('Errors').uncheck();
    await page.getByLabel('Background too').check();
    await expect.poll(() => operations().allTextContents()).toContain('process orders.order.placed.v1');
    await page.getByLabel('Background too').uncheck();
    await page.getByRole('searchbox').fill('nothing like it');
    await page.getByText('Nothing like that was seen lately.').waitFor();
    await page.getByRole('searchbox').fill('');
  });

  it('draws a request as a waterfall, with what followed from it', async () => {
    const { page } = opened;
    await operations().filter({ hasText: 'PlaceOrder' }).click();
    await rows().first().waitFor();
    expect(await rows().evaluateAll((items) => items.map((item) => item.getAttribute('aria-label')))).toEqual([
      'gateway: POST /graphql, 100 ms',
      'orders: INSERT orders.orders, 20.0 ms',
      'payments: declined, 10.0 ms, failed',
      'payments: inner, 1.00 ms',
      'notifications: process orders.order.placed.v1, 10.0 ms',
    ]);
    expect(await rows().evaluateAll((items) => items.map((item) => item.getAttribute('aria-level')))).toEqual(
      '1 2 2 3 1'.split(' '),
    );
    const place = (index: number) =>
      rows()
        .nth(index)
        .locator('.bar')
        .evaluate(({ style }: { style: { left: string; width: string } }) => [style.left, style.width]);
    // Of 160 ms in all.
    expect(await place(1)).toEqual(['6.25%', '12.5%']);
    await page.getByRole('button', { name: 'Until the answer' }).click();
    expect(await place(1)).toEqual(['10%', '20%']);
    // What followed was later.
    expect(await rows().count()).toBe(4);
    await page.getByRole('button', { name: 'Everything' }).click();
    expect(await rows().count()).toBe(5);
    expect(await page.getByRole('link', { name: 'Open in Jaeger' }).getAttribute('href')).toBe(
      `http://localhost:16686/trace/${traceIdOf(1)}`,
    );
  });

  it('tells all of a span that is clicked: its statement, its attributes', async () => {
    const { page } = opened;
    await rows().nth(1).click();
    await page.locator('.details pre').waitFor();
    expect(await page.locator('.details pre').textContent()).toBe('insert into "orders" ("id")\nvalues ($1)');
    expect(await page.locator('.details').textContent()).toContain('db.system.namepostgresql');
    expect(await page.locator('.details').textContent()).toContain('begins10.0 ms after the start');
  });

  it('is walked and folded with the keyboard', async () => {
    const { page } = opened;
    await rows().first().click();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await chosen()).toBe('payments: declined, 10.0 ms, failed');
    await page.keyboard.press('ArrowLeft');
    expect(await rows().count()).toBe(4);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await chosen()).toBe('payments: inner, 1.00 ms');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await chosen()).toBe('gateway: POST /graphql, 100 ms');
    await page.keyboard.press('End');
    expect(await chosen()).toBe('notifications: process orders.order.placed.v1, 10.0 ms');
    expect(await page.locator('.details').textContent()).toContain(`span ${spanIdOf(2)} of trace`);
  });

  it('follows a link to the span that it names', async () => {
    const { page } = opened;
    await page.locator('.details').getByRole('link').click();
    await expect.poll(() => chosen().catch(() => '')).toBe('orders: INSERT orders.orders, 20.0 ms');
    await page.goto(`${url}/#/trace/${traceIdOf(2)}`);
    await page.getByRole('link', { name: 'Follows from PlaceOrder' }).waitFor();
  });

  it('draws spans that arrive while it is open, and keeps what is chosen', async () => {
    const { page } = opened;
    await page.goto(`${url}/#/trace/${traceIdOf(1)}/${spanIdOf(2)}`);
    await expect.poll(() => rows().count()).toBe(5);
    await rows().nth(1).focus();
    store.add([spanOf({ id: 5, parent: 2, service: 'orders', name: 'late', startMs: NOW + 11, durationMs: 1 })]);
    await expect.poll(() => rows().count(), { timeout: 5000 }).toBe(6);
    expect(await chosen()).toBe('orders: INSERT orders.orders, 20.0 ms');
    await page.keyboard.press('ArrowDown');
    expect(await chosen()).toBe('orders: late, 1.00 ms');
  });

  it('shows what came with a span as text, whatever it is', async () => {
    const { page } = opened;
    await page.goto(`${url}/#/trace/${traceIdOf(3)}`);
    await rows().first().waitFor();
    await page.locator('.details dl').first().waitFor();
    expect(await page.locator('.details').textContent()).toContain(EVIL);
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  it('says so when a trace is gone', async () => {
    const { page } = opened;
    await page.goto(`${url}/#/trace/${traceIdOf(99)}`);
    await page.getByText('This trace is not here').waitFor();
    // The browser itself tells of each answer with 404.
    opened.errors.length = 0;
  });
});
