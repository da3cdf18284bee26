import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TributaryGateway } from '../src/engine/tributary-gateway.ts';
import { compose, startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const QUERY = '?query=%7Bbooks%7Btitle%7D%7D';
const MUTATION = `?query=${encodeURIComponent('mutation { addBook(title: "x") { isbn } }')}`;
const JSON_BODY = JSON.stringify({ query: 'mutation { addBook(title: "x") { isbn } }' });

/** What a page of another site can have a browser send without asking first. */
const FORMS: [string, RequestInit][] = [
  ['multipart/form-data', { method: 'POST', body: formData() }],
  ['multipart/form-data with an upload', { method: 'POST', body: upload() }],
  [
    'application/x-www-form-urlencoded',
    { method: 'POST', body: new URLSearchParams({ query: '{ books { title } }' }) },
  ],
  ['text/plain', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON_BODY }],
  [
    'text/plain that looks like JSON',
    { method: 'POST', headers: { 'content-type': 'text/plain; application/json' }, body: JSON_BODY },
  ],
  ['no type', { method: 'POST', body: new Blob([JSON_BODY]) }],
];

function formData(): FormData {
  const form = new FormData();
  form.set('query', '{ books { title } }');
  return form;
}

/** By the GraphQL multipart request specification. */
function upload(): FormData {
  const form = new FormData();
  form.set('operations', JSON_BODY);
  form.set('map', '{"0":["variables.file"]}');
  form.set('0', new Blob(['x']), 'x.txt');
  return form;
}

describe('CSRF', () => {
  let gateway: TestGateway;
  let dropIn: { url: string; stop(): Promise<void> };
  beforeAll(async () => {
    gateway = await startTestGateway({ cors: { origins: ['https://shop.example.com'] } });
    const server = new ApolloServer({
      gateway: new TributaryGateway({ supergraphSdl: compose([gateway.books, gateway.reviews]) }),
    });
    const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
    dropIn = { url, stop: () => server.stop() };
  });
  afterAll(() => Promise.all([gateway.stop(), dropIn.stop()]));
  beforeEach(() => void gateway.books.requests.splice(0));

  const ways = () => [`${gateway.url}/graphql`, dropIn.url];
  const send = async (url: string, init: RequestInit = {}, search = '') => {
    const response = await fetch(`${url}${search}`, init);
    await response.arrayBuffer();
    return response.status;
  };
  /** Nothing was executed, and nothing of the schema said. */
  const refused = () => expect(gateway.books.requests).toEqual([]);

  it('a GET with text/plain has 415, and as any other form 4xx, by either way in', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const headers = { 'content-type': type };
      expect(await send(`${gateway.url}/graphql`, { headers }, QUERY)).toBe(415);
      expect(await send(dropIn.url, { headers }, QUERY)).toBe(400);
      const preflighted = { ...headers, 'apollo-require-preflight': '1' };
      for (const url of ways()) expect([url, await send(url, { headers: preflighted }, QUERY)]).toEqual([url, 415]);
    }
    refused();
  });

  it('a mutation by GET has 405, by either way in', async () => {
    for (const url of ways()) {
      const headers = { 'apollo-require-preflight': '1', accept: 'application/graphql-response+json' };
      expect([url, await send(url, { headers }, MUTATION)]).toEqual([url, 405]);
    }
    refused();
  });

  it.each(FORMS)('a form POST of %s has 4xx, by either way in', async (_type, init) => {
    for (const url of ways()) {
      const status = await send(url, init);
      expect([url, status >= 400 && status < 500]).toEqual([url, true]);
    }
    expect(await send(`${gateway.url}/graphql`, init)).toBe(415);
    refused();
  });

  it('a compressed form is a form, and is not even expanded', async () => {
    const headers = { 'content-type': 'text/plain', 'content-encoding': 'gzip' };
    expect(await send(`${gateway.url}/graphql`, { method: 'POST', headers, body: 'no gzip' })).toBe(415);
    refused();
  });

  it('a GET that a browser makes for a page of another site has 400, unless a preflight let it', async () => {
    const url = `${gateway.url}/graphql`;
    const from = (site: string, more = {}) => send(url, { headers: { 'sec-fetch-site': site, ...more } }, QUERY);
    expect(await from('cross-site')).toBe(400);
    expect(await from('same-site')).toBe(400);
    expect(await from('cross-site', { origin: 'https://evil.example.com' })).toBe(400);
    expect(await from('cross-site', { origin: 'null' })).toBe(400);
    expect(await from('nonsense')).toBe(400);
    refused();
    expect(await from('cross-site', { origin: 'https://shop.example.com' })).toBe(200);
    expect(await from('cross-site', { 'apollographql-client-name': 'shop' })).toBe(200);
    expect(await from('same-origin')).toBe(200);
  });

  it('other methods execute nothing', async () => {
    const json = { 'content-type': 'application/json' };
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      expect(await send(`${gateway.url}/graphql`, { method, headers: json, body: JSON_BODY })).toBe(405);
    }
    expect(await send(`${gateway.url}/graphql`, { method: 'HEAD' }, QUERY)).toBe(405);
    refused();
  });
});
