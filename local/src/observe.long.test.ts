import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type OpenPage, openPage } from './observe/testing/open-page.ts';
import { readyMessage } from './ready-message.ts';
import { type RunningLocal, startLocal } from './start-local.ts';
import { graphClient, signIn } from './testing/graph-client.ts';
import { shopActions } from './testing/shop-actions.ts';

const PORT = 14_480;
const data = mkdtempSync(join(tmpdir(), 'tributary-observe-'));
const executablePath = inject('chromium');

describe.skipIf(executablePath === undefined)('npm start -- --observe', () => {
  let graph: RunningLocal;
  let opened: OpenPage;
  let url: string;

  beforeAll(async () => {
    const options = { dataFolder: data, fresh: false, port: PORT, logLevel: 'error', ports: 'free' } as const;
    [graph, opened] = await Promise.all([startLocal({ ...options, observe: true }), openPage(executablePath ?? '')]);
    url = graph.observeUrl?.replace('127.0.0.1', 'localhost') ?? '';
    const ask = graphClient(graph.gateway.url);
    const shop = shopActions(ask, await signIn(ask, 'admin@example.com', 'tributary-demo-3'));
    const customer = await shop.newCustomer('tok_visa');
    const purchase = await shop.buy(customer, await shop.newProduct(5), 1);
    await shop.paymentThatIs('CAPTURED', purchase);
  }, 120_000);
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await graph.stop();
    rmSync(data, { recursive: true });
  });

  it('names the page where it says that it is ready', () => {
    expect(readyMessage(graph)).toMatch(new RegExp(`Traces +\\S*http://localhost:${url.split(':')[2]}`));
  });

  it('shows a purchase across gateway, subgraphs, SQL and consumers', async () => {
    const { page } = opened;
    await page.goto(`${url}/#/`);
    // The operation has no name; the trace of it alone reserves stock.
    const rowsOf = () => page.getByRole('treeitem').evaluateAll((items) => items.map((item) => item.ariaLabel ?? ''));
    const traceId = await until('the purchase', async () => {
      const response = await fetch(`${graph.observeUrl}/api/traces`);
      const { traces } = (await response.json()) as { traces: { traceId: string; services: string[] }[] };
      return traces.find(({ services }) =>
        ['gateway', 'inventory', 'notifications', 'orders', 'payments'].every((name) => services.includes(name)),
      )?.traceId;
    });
    await page.locator(`a[href="#/trace/${traceId}"]`).click();
    for (const expected of [
      /^gateway: POST \/graphql/,
      /^gateway: fetch orders/,
      /^orders: POST \/graphql/,
      /^orders: INSERT orders\.orders/,
      /^orders: INSERT orders\.outbox/,
      /^inventory: process orders\.reservation\.requested\.v1/,
      /^payments: process orders\.payment\.requested\.v1/,
      /^notifications: process orders\.order\.confirmed\.v1/,
    ]) {
      await expect.poll(rowsOf, { timeout: 10_000 }).toContainEqual(expect.stringMatching(expected));
    }
    await page.getByRole('treeitem', { name: 'orders: INSERT orders.orders' }).click();
    expect(await page.locator('.details pre').textContent()).toMatch(/^insert into "orders"\."orders"/);
    expect(await page.locator('.details').textContent()).toContain('db.system.namepostgresql');
    expect(opened.errors).toEqual([]);
  });

  it('shows what the services measure', async () => {
    const { page } = opened;
    await page.getByRole('link', { name: 'Metrics' }).click();
    const row = (title: string, name: string) =>
      page.locator('section', { hasText: title }).getByRole('row').filter({ hasText: name }).allTextContents();
    for (const name of ['gateway', 'inventory', 'notifications', 'orders', 'payments', 'users']) {
      await expect.poll(() => row('Operations by service', name), { message: name }).toHaveLength(1);
    }
    await expect.poll(() => row('Fetches of the gateway', 'orders')).toHaveLength(1);
    await expect.poll(() => row('Orders and money', 'Orders · PAID')).toEqual(['Orders · PAID11']);
    await expect.poll(() => row('Outbox', 'orders')).toHaveLength(1);
    await expect.poll(() => row('Consumers', 'inventory')).toHaveLength(1);
    await expect.poll(() => row('This process', 'Event loop busy')).toHaveLength(1);
    const links = await page.locator('main a').evaluateAll((items) => items.map((item) => item.getAttribute('href')));
    expect(links).toContain(`${graph.gateway.adminUrl}/metrics`);
    expect(opened.errors).toEqual([]);
    expect(opened.outside).toEqual([]);
  });
});
