import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoProducts } from './demo/add-demo-products.ts';
import { openTestWarehouse, type TestWarehouse } from './testing/test-warehouse.ts';

let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await openTestWarehouse();
});
afterAll(() => warehouse.stop());

const urlOf = (sku: string) => `${warehouse.url}/media/${sku.toLowerCase()}.svg`;
const [product] = demoProducts;
const sku = product?.sku ?? '';

it('serves an image to everybody, as a document that can do nothing', async () => {
  const response = await fetch(urlOf(sku));
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/svg+xml',
    'cache-control': expect.stringContaining('public, max-age='),
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'x-content-type-options': 'nosniff',
    etag: expect.stringMatching(/^"[\w-]+"$/),
  });
  expect(await response.text()).toContain('<svg xmlns="http://www.w3.org/2000/svg"');
});

it('answers 304 to those who have it', async () => {
  const { headers } = await fetch(urlOf(sku));
  const again = await fetch(urlOf(sku), { headers: { 'if-none-match': headers.get('etag') ?? '' } });
  expect([again.status, await again.text()]).toEqual([304, '']);
  expect(again.headers.get('cache-control')).toContain('max-age');
  const other = await fetch(urlOf(sku), { headers: { 'if-none-match': '"other"' } });
  expect(other.status).toBe(200);
});

it.each([
  '/media/',
  '/media/nothing.svg',
  '/media/../config.yaml',
  '/media/../../../../etc/passwd',
  '/media/%2e%2e%2fconfig.yaml',
  '/media/..%2fschema.graphql',
  '/media/..%5cschema.graphql',
  '/media/%00.svg',
  '/media/constructor',
  '/media/__proto__',
  `/media/${sku}.svg`,
])('has nothing at %s', async (path) => {
  // By hand, since fetch would tidy the path up.
  const socket = connect(Number(new URL(warehouse.url).port), '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  expect(answer).toContain('"code":"NOT_FOUND"');
});

it('has an image of its own for each demo product, without scripts or links to elsewhere', async () => {
  const images = await Promise.all(demoProducts.map(async (each) => (await fetch(urlOf(each.sku))).text()));
  expect(new Set(images).size).toBe(demoProducts.length);
  for (const image of images) expect(image).not.toMatch(/<script|\son\w+=|href|url\(|@import|<!|foreignObject/i);
});
