import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenApiDocument } from '@tributary/rest';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVersionedGateways, type VersionedGateways } from './testing/versioned-gateways.ts';

const ROUTES = {
  me: 'query Me @rest(path: "/me", result: "me") { me { id } }',
  name: 'query Name @rest(path: "/name", result: "me", until: 1) { me { name } }',
  note: 'mutation Note($note: String) @rest(path: "/notes/{note}", result: "change") { change(to: { note: $note }) { id } }',
  myself: 'query Myself @rest(path: "/myself", result: "myself") { myself { id } }',
};

describe('REST by version lines', () => {
  let gateways: VersionedGateways;
  let documents: string;
  beforeAll(async () => {
    gateways = await startVersionedGateways();
    documents = join(gateways.folder, 'rest');
    mkdirSync(documents);
    for (const [name, text] of Object.entries(ROUTES)) writeFileSync(join(documents, `${name}.graphql`), text);
    writeFileSync(join(documents, 'openapi.yaml'), 'title: People\n');
  });
  afterAll(() => gateways[Symbol.asyncDispose]());

  const get = async (url: string, init?: RequestInit) => {
    const response = await fetch(url, init);
    const said = ['deprecation', 'sunset', 'link'].map((name) => response.headers.get(name));
    const type = response.headers.get('content-type');
    return { status: response.status, said, type, body: await response.json() };
  };
  const PROBLEM = 'application/problem+json; charset=utf-8';
  const docs = '<https://docs.example.com/versions>';
  const explained = `${docs}; rel="deprecation"; type="text/html", ${docs}; rel="sunset"; type="text/html"`;
  const deprecation = `@${Date.UTC(2026, 10, 1) / 1000}`;
  const sunset = 'Wed, 30 Jun 2027 00:00:00 GMT';
  /** What is said of a line that ends. */
  const ending = (path: string) => [deprecation, sunset, `</v2/${path}>; rel="successor-version", ${explained}`];
  /** The same where the next does not have the path. */
  const endingAlone = [deprecation, sunset, explained];

  it('a route and its description say when their line ends, and where the next is', async () => {
    await using gateway = await gateways.serve({ 1: 'deprecated', 2: 'ga' }, { rest: { documents } });
    expect(await get(`${gateway.url}/v1/me`)).toMatchObject({ status: 200, said: ending('me'), body: { id: '1' } });
    expect((await get(`${gateway.url}/v1/openapi.json`)).said).toEqual(ending('openapi.json'));
    // What is refused says it, too.
    const unknown = await get(`${gateway.url}/v1/nothing`);
    expect(unknown).toMatchObject({ status: 404, type: PROBLEM, said: endingAlone });
    expect(await get(`${gateway.url}/v2/me`)).toMatchObject({ status: 200, said: [null, null, null] });
  });

  it('the next is named by the path as it was sent, and only where it has that path', async () => {
    await using gateway = await gateways.serve({ 1: 'deprecated', 2: 'ga' }, { rest: { documents } });
    expect(await get(`${gateway.url}/v1/name`)).toMatchObject({ status: 200, said: endingAlone });
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    const noted = await get(`${gateway.url}/v1/notes/a%3Fb%2F100%25`, json);
    expect(noted).toMatchObject({ status: 200, said: ending('notes/a%3Fb%2F100%25') });
  });

  it('a route says when it goes with its root field, if that is before its line', async () => {
    const july = 'Sat, 31 Jul 2027 00:00:00 GMT';
    await using gateway = await gateways.serve({ 1: 'deprecated', 2: 'ga' }, { rest: { documents } });
    expect(await get(`${gateway.url}/v2/myself`)).toMatchObject({ status: 200, said: [null, july, explained] });
    expect(await get(`${gateway.url}/v1/myself`)).toMatchObject({ status: 200, said: ending('myself') });
    const { paths } = (await get(`${gateway.url}/v2/openapi.json`)).body as OpenApiDocument;
    expect(paths['/myself']?.get).toMatchObject({ deprecated: true, 'x-sunset': '2027-07-31' });
    expect(paths['/me']?.get).not.toHaveProperty('deprecated');
    expect(paths['/notes/{note}']?.post?.parameters).toMatchObject([{ name: 'note', in: 'path', deprecated: true }]);
  });

  it('a route of a line that is retired is a problem: 410, with the way to the next', async () => {
    const origin = 'https://shop.example.com';
    const config = { rest: { documents }, cors: { origins: [origin] } };
    await using gateway = await gateways.serve({ 1: 'deprecated', 2: 'ga' }, config);
    expect(await get(`${gateway.url}/v1/name`)).toMatchObject({ status: 200, body: { name: 'Ada' } });
    gateway.write({ 1: 'retired', 2: 'ga' });
    const gone = await until('it is retired', async () => {
      const answer = await get(`${gateway.url}/v1/name`);
      return answer.status === 410 ? answer : undefined;
    });
    const body = { status: 410, title: 'Gone', code: 'API_VERSION_RETIRED', requestId: expect.any(String) };
    expect(gone).toMatchObject({ type: PROBLEM, said: endingAlone, body });
    expect(await get(`${gateway.url}/v1/openapi.json`)).toMatchObject({ status: 410, type: PROBLEM, body });
    expect(await get(`${gateway.url}/v1/me`)).toMatchObject({ status: 410, said: ending('me') });
    expect((await fetch(`${gateway.url}/v1/me`, { method: 'OPTIONS' })).status).toBe(410);
    // A browser lets its script read that once it may ask.
    const headers = { origin, 'access-control-request-method': 'GET' };
    const preflight = await fetch(`${gateway.url}/v1/me`, { method: 'OPTIONS', headers });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    const seen = await fetch(`${gateway.url}/v1/me`, { headers: { origin } });
    expect(seen.headers.get('access-control-expose-headers')).toContain('link');
  });

  it('a line has its own routes, and what is no line is not there', async () => {
    await using gateway = await gateways.serve({ 1: 'ga', 2: 'ga' }, { rest: { documents } });
    expect(await get(`${gateway.url}/v2/name`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    const unknown = { status: 404, type: PROBLEM, body: { code: 'UNKNOWN_API_VERSION' } };
    expect(await get(`${gateway.url}/v9/me`)).toMatchObject(unknown);
    expect(await get(`${gateway.url}/v9/openapi.json`)).toMatchObject(unknown);
  });
});
