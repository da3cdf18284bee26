import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVersionedGateways, type VersionedGateways } from './testing/versioned-gateways.ts';

const ROUTES = {
  me: 'query Me @rest(path: "/me", result: "me") { me { id } }',
  name: 'query Name @rest(path: "/name", result: "me", until: 1) { me { name } }',
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

  const get = async (url: string) => {
    const response = await fetch(url);
    const said = ['deprecation', 'sunset', 'link'].map((name) => response.headers.get(name));
    const type = response.headers.get('content-type');
    return { status: response.status, said, type, body: await response.json() };
  };
  const PROBLEM = 'application/problem+json; charset=utf-8';
  const docs = '<https://docs.example.com/versions>';
  /** What is said of a line that ends. */
  const ending = (path: string) => [
    `@${Date.UTC(2026, 10, 1) / 1000}`,
    'Wed, 30 Jun 2027 00:00:00 GMT',
    `</v2/${path}>; rel="successor-version", ${docs}; rel="deprecation"; type="text/html", ${docs}; rel="sunset"; type="text/html"`,
  ];

  it('a route and its description say when their line ends, and where the next is', async () => {
    await using gateway = await gateways.serve({ 1: 'deprecated', 2: 'ga' }, { rest: { documents } });
    expect(await get(`${gateway.url}/v1/me`)).toMatchObject({ status: 200, said: ending('me'), body: { id: '1' } });
    expect((await get(`${gateway.url}/v1/openapi.json`)).said).toEqual(ending('openapi.json'));
    // What is refused says it, too.
    const unknown = await get(`${gateway.url}/v1/nothing`);
    expect(unknown).toMatchObject({ status: 404, type: PROBLEM, said: ending('nothing') });
    expect(await get(`${gateway.url}/v2/me`)).toMatchObject({ status: 200, said: [null, null, null] });
  });

  it('a route of a line that is retired is a problem: 410, with the way to the next', async () => {
    await using gateway = await gateways.serve({ 1: 'deprecated', 2: 'ga' }, { rest: { documents } });
    expect(await get(`${gateway.url}/v1/name`)).toMatchObject({ status: 200, body: { name: 'Ada' } });
    gateway.write({ 1: 'retired', 2: 'ga' });
    const gone = await until('it is retired', async () => {
      const answer = await get(`${gateway.url}/v1/name`);
      return answer.status === 410 ? answer : undefined;
    });
    const body = { status: 410, title: 'Gone', code: 'API_VERSION_RETIRED', requestId: expect.any(String) };
    expect(gone).toMatchObject({ type: PROBLEM, said: ending('name'), body });
    expect(await get(`${gateway.url}/v1/openapi.json`)).toMatchObject({ status: 410, type: PROBLEM, body });
    expect((await fetch(`${gateway.url}/v1/me`, { method: 'OPTIONS' })).status).toBe(410);
  });

  it('a line has its own routes, and what is no line is not there', async () => {
    await using gateway = await gateways.serve({ 1: 'ga', 2: 'ga' }, { rest: { documents } });
    expect(await get(`${gateway.url}/v2/name`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    const unknown = { status: 404, type: PROBLEM, body: { code: 'UNKNOWN_API_VERSION' } };
    expect(await get(`${gateway.url}/v9/me`)).toMatchObject(unknown);
    expect(await get(`${gateway.url}/v9/openapi.json`)).toMatchObject(unknown);
  });
});
