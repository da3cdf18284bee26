import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewayConfig } from '../src/config/gateway-config.ts';
import { startGateway } from '../src/start-gateway.ts';
import {
  linesYaml,
  startVersionedGateways,
  type VersionedGateway,
  type VersionedGateways,
} from './testing/versioned-gateways.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const NAMES: Record<number, string> = { 1: 'name', 2: 'displayName' };

let gateways: VersionedGateways;
/** With two lines. */
let both: VersionedGateway;
beforeAll(async () => {
  gateways = await startVersionedGateways();
  both = await gateways.serve({ 1: 'ga', 2: 'ga' }, { batching: { enabled: true } });
});
afterAll(async () => {
  await both[Symbol.asyncDispose]();
  await gateways[Symbol.asyncDispose]();
});

describe('version lines', () => {
  it('answer from one supergraph, each with its own names, types, arguments and values', async () => {
    const one = await both.ask('/v1/graphql', '{ me { name address { text } } favourites { id } }');
    expect(one.body).toEqual({
      data: { me: { name: 'Ada', address: { text: 'London' } }, favourites: [{ id: '1' }, { id: '1' }] },
    });
    const two = await both.ask('/v2/graphql', '{ me { displayName place { city } plan } favourites(limit: 1) { id } }');
    expect(two.body).toEqual({
      data: { me: { displayName: 'Ada L.', place: { city: 'London' }, plan: 'PAID' }, favourites: [{ id: '1' }] },
    });
    // What a subgraph gives that the line does not have is as if it were `@inaccessible`.
    const hidden = await both.ask('/v1/graphql', '{ me { plan } found { __typename } }');
    expect(hidden.body.data).toEqual({ me: { plan: null }, found: null });
    for (const wrong of [
      '{ me { displayName } }',
      '{ favourites(limit: 1) { id } }',
      '{ found { ... on Team { title } } }',
    ])
      expect((await both.ask('/v1/graphql', wrong)).codes, wrong).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect((await both.ask('/v2/graphql', '{ me { name } }')).codes).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  it.each([
    [1, 2],
    [2, 1],
  ])('keep apart what they know of a document, asked first in %i', async (first, second) => {
    for (const major of [first, second, first, second]) {
      for (const [own, name] of Object.entries(NAMES)) {
        const { codes } = await both.ask(`/v${major}/graphql`, `query First${first} { me { ${name} } }`);
        expect(codes, `${name} in ${major}`).toEqual(Number(own) === major ? [] : ['GRAPHQL_VALIDATION_FAILED']);
      }
      const variables = { to: { [NAMES[major] as string]: 'A' } };
      const other = { to: { [NAMES[3 - major] as string]: 'A' } };
      const query = `mutation First${first}($to: Change!) { change(to: $to) { id } }`;
      expect((await both.ask(`/v${major}/graphql`, { query, variables })).codes).toEqual([]);
      expect((await both.ask(`/v${major}/graphql`, { query, variables: other })).codes).toEqual(['BAD_USER_INPUT']);
    }
  });

  it('share the plan of what they have in common', async () => {
    const planned = async () => {
      const { values } = await both.metrics.get('graphql_plan_cache_lookups_total').get();
      return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
    };
    const query = '{ me { id posts } }';
    const before = await planned();
    for (const major of [1, 2])
      expect((await both.ask(`/v${major}/graphql`, query)).body.data.me.posts).toEqual(['Notes']);
    const after = await planned();
    expect([(after.miss ?? 0) - (before.miss ?? 0), (after.hit ?? 0) - (before.hit ?? 0)]).toEqual([1, 1]);
  });

  it('are told to introspection each as it is', async () => {
    const query =
      '{ __type(name: "User") { fields(includeDeprecated: true) { name } } __schema { directives { name } } }';
    const names = async (path: string) => {
      const { data } = (await both.ask(path, query)).body;
      return [
        data.__type.fields.map(({ name }: { name: string }) => name).toSorted(),
        data.__schema.directives.map(({ name }: { name: string }) => name),
      ];
    };
    const [one, directives] = await names('/v1/graphql');
    expect(one).toEqual(['address', 'id', 'name', 'plan', 'posts']);
    expect(directives).not.toContain('since');
    expect((await names('/v2/graphql'))[0]).toEqual(['displayName', 'id', 'place', 'plan', 'posts']);
    expect((await names('/graphql'))[0]).toEqual(one);
  });
});

describe('the version of a request', () => {
  it('is that of the path, or of x-api-version, or the oldest that is generally available', async () => {
    await using gateway = await gateways.serve({ 1: 'deprecated', 2: 'ga', 3: 'ga', 4: 'preview' });
    const names = '{ me { displayName } }';
    expect((await gateway.ask('/graphql', names)).codes).toEqual([]);
    expect((await gateway.ask('/graphql', '{ me { name } }')).codes).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    const byHeader = await gateway.ask('/graphql', '{ me { name } }', { 'x-api-version': '1' });
    expect([byHeader.codes, byHeader.headers.get('vary')]).toEqual([[], expect.stringContaining('x-api-version')]);
    expect((await gateway.ask('/v4/graphql', names)).codes).toEqual([]);
    const twice = await gateway.ask('/v1/graphql', '{ me { name } }', { 'x-api-version': '1' });
    expect(twice.codes).toEqual([]);
    expect(twice.headers.get('vary') ?? '').not.toContain('x-api-version');
  });

  it('is 404 where there is none such, and 400 where path and header disagree: nothing is parsed', async () => {
    await using gateway = await gateways.serve({ 1: 'ga', 2: 'preview' });
    const unknown = await gateway.ask('/v9/graphql', '{');
    expect([unknown.status, unknown.codes, unknown.body.errors[0].message]).toEqual([
      404,
      ['UNKNOWN_API_VERSION'],
      'There is no such version of the API: there is 1.',
    ]);
    for (const version of ['9', 'one', '', '1, 1', '01']) {
      const { status } = await gateway.ask('/graphql', '{ me { id } }', { 'x-api-version': version });
      expect(status, version).toBe(404);
    }
    expect((await gateway.ask('/v01/graphql', '{ me { id } }')).status).toBe(404);
    const { status, codes } = await gateway.ask('/v1/graphql', '{', { 'x-api-version': '2' });
    expect([status, codes]).toEqual([400, ['BAD_REQUEST']]);
  });

  it('has to be named while there are previews alone', async () => {
    await using gateway = await gateways.serve({ 2: 'preview' });
    expect((await gateway.ask('/graphql', '{ me { id } }')).codes).toEqual(['UNKNOWN_API_VERSION']);
    expect((await gateway.ask('/v2/graphql', '{ me { id } }')).codes).toEqual([]);
  });

  it('says when it ends and what comes after it, where it is deprecated', async () => {
    await using gateway = await gateways.serve({ 1: 'deprecated', 2: 'preview', 3: 'ga' });
    const said = async (path: string, headers = {}) => {
      const answer = await gateway.ask(path, '{ me { id } }', headers);
      return ['deprecation', 'sunset', 'link'].map((name) => answer.headers.get(name));
    };
    const documentation = '<https://docs.example.com/versions>';
    const expected = [
      `@${Date.UTC(2026, 10, 1) / 1000}`,
      'Wed, 30 Jun 2027 00:00:00 GMT',
      `</v3/graphql>; rel="successor-version", ${documentation}; rel="deprecation"; type="text/html", ${documentation}; rel="sunset"; type="text/html"`,
    ];
    expect(await said('/v1/graphql')).toEqual(expected);
    expect(await said('/graphql', { 'x-api-version': '1' })).toEqual(expected);
    expect(await said('/v3/graphql')).toEqual([null, null, null]);
    expect(await said('/v2/graphql')).toEqual([null, null, null]);
  });

  it('is 410 once it is retired, with the way to the next: by the file, without a restart', async () => {
    await using gateway = await gateways.serve({ 1: 'deprecated', 2: 'ga', 3: 'ga' });
    expect((await gateway.ask('/v1/graphql', '{ me { name } }')).status).toBe(200);
    gateway.write({ 1: 'retired', 2: 'ga', 3: 'ga' });
    const gone = await until('it is retired', async () => {
      const answer = await gateway.ask('/v1/graphql', '{ me { name } }');
      return answer.status === 410 ? answer : undefined;
    });
    expect(gone.codes).toEqual(['API_VERSION_RETIRED']);
    expect(gone.headers.get('link')).toMatch(/^<\/v2\/graphql>; rel="successor-version"/);
    expect((await gateway.ask('/graphql', '{ me { id } }', { 'x-api-version': '1' })).status).toBe(410);
  });

  it('can be one that was added to the file, and a file that is wrong changes nothing', async () => {
    await using gateway = await gateways.serve({ 1: 'ga' });
    gateway.write({ 1: 'nonsense' });
    await until('it is told', () => gateway.lines.find((line) => line.includes('version lines cannot be used')));
    expect((await gateway.ask('/v1/graphql', '{ me { name } }')).status).toBe(200);
    gateway.write({ 1: 'ga', 2: 'preview' });
    const added = await until('it is there', async () => {
      const answer = await gateway.ask('/v2/graphql', '{ me { displayName } }');
      return answer.status === 200 ? answer : undefined;
    });
    expect(added.body.data.me.displayName).toBe('Ada L.');
  });

  it('is in the access line, in counts of operations, and in no path where there are no lines', async () => {
    const counted = async () => {
      const { values } = await both.metrics.get('graphql_operations_total').get();
      const of = values.filter(({ labels }) => labels.line === '2' && labels.outcome === 'success');
      return of.reduce((sum, { value }) => sum + value, 0);
    };
    const before = await counted();
    await both.ask('/v2/graphql', 'query Access { me { displayName } }');
    const access = await until('its access line', () =>
      both.lines.map((line) => JSON.parse(line)).find(({ operation }) => operation === 'Access'),
    );
    expect([access.line, (await counted()) - before]).toEqual(['2', 1]);
    await using unversioned = await gateways.serve({ 1: 'ga' }, { lines: undefined });
    const { status, codes } = await unversioned.ask('/v1/graphql', '{ me { name } }');
    expect([status, codes]).toEqual([404, ['NOT_FOUND']]);
    const all = await unversioned.ask('/graphql', '{ me { name displayName } }', { 'x-api-version': '9' });
    expect(all.status).toBe(200);
    expect(all.headers.get('vary') ?? '').not.toContain('x-api-version');
  });
});

describe('a persisted document', () => {
  it('is what the line in which it is asked for says', async () => {
    const documents = join(gateways.folder, 'documents');
    mkdirSync(join(documents, 'app'), { recursive: true });
    writeFileSync(join(documents, 'app/me.graphql'), 'query Me { me { id name } }');
    const persistedDocuments = { mode: 'only', folder: documents };
    await using gateway = await gateways.serve({ 1: 'ga', 2: 'ga' }, { persistedDocuments });
    const document = { documentId: `sha256:${sha256('query Me { me { id name } }')}` };
    const headers = { 'apollographql-client-name': 'app' };
    for (const [major, codes] of [
      [2, ['GRAPHQL_VALIDATION_FAILED']],
      [1, []],
      [2, ['GRAPHQL_VALIDATION_FAILED']],
    ] as const)
      expect((await gateway.ask(`/v${major}/graphql`, document, headers)).codes, String(major)).toEqual(codes);
  });

  it('that was sent with its hash in one line is known in the others', async () => {
    const query = '{ me { id } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(query) } };
    expect((await both.ask('/v1/graphql', { query, extensions })).codes).toEqual([]);
    expect((await both.ask('/v2/graphql', { extensions })).body).toEqual({ data: { me: { id: '1' } } });
  });
});

it('the start page says which versions there are, but for previews', async () => {
  await using gateway = await gateways.serve({ 1: 'retired', 2: 'deprecated', 3: 'ga', 4: 'preview' });
  const text = await (await fetch(gateway.url)).text();
  expect(text.match(/<li>.*?<\/li>/g)?.map((item) => item.replaceAll(/<.*?>/g, ''))).toEqual([
    '/v1/graphql: retired. Its sunset was 2027-06-30.',
    '/v2/graphql: deprecated since 2026-11-01; it may be retired from 2027-06-30 on.',
    '/v3/graphql: generally available.',
  ]);
});

it('operations of a batch are all of its version', async () => {
  const { body } = await both.ask('/v2/graphql', [{ query: '{ me { displayName } }' }, { query: '{ me { name } }' }]);
  expect(body[0]).toEqual({ data: { me: { displayName: 'Ada L.' } } });
  expect(body[1].errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
});

it('a supergraph that has no such line stops the start, with the reason', async () => {
  const { supergraphSdl } = gateways.graph;
  const broken = supergraphSdl.replace(/type Place[^{]*\{/, (head) => head.replace('major: 2', 'major: 3'));
  expect(broken).not.toBe(supergraphSdl);
  const file = join(gateways.folder, 'broken.yaml');
  writeFileSync(file, linesYaml({ 1: 'ga', 2: 'ga' }));
  const config = gatewayConfig.parse({ server: { port: 0 }, admin: { port: 0 }, lines: { file } });
  const parts = { supergraphSdl: broken, logDestination: { write: () => {} }, processMetrics: false };
  await expect(startGateway(config, parts)).rejects.toThrow(/Version line 2 cannot be cut: .*User\.place/);
});
