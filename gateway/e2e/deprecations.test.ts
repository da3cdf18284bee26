import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVersionedGateways, type VersionedGateway, type VersionedGateways } from './testing/versioned-gateways.ts';

const TELL = { 'x-graphql-deprecations': '1' };
const NAME = {
  coordinate: 'User.name',
  reason: 'Use displayName.',
  sunset: '2027-06-30',
  replacement: 'User.displayName',
};

let gateways: VersionedGateways;
let gateway: VersionedGateway;
beforeAll(async () => {
  gateways = await startVersionedGateways();
  gateway = await gateways.serve({ 1: 'ga', 2: 'ga' });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await gateways[Symbol.asyncDispose]();
});

describe('extensions.deprecations', () => {
  it('names what an operation uses that is deprecated, to who asks for it', async () => {
    const query = '{ me { name ...plan address(short: true) { text } } } fragment plan on User { plan }';
    const told = await gateway.ask('/v1/graphql', query, TELL);
    expect(told.body.data.me.name).toBe('Ada');
    expect(told.body.extensions).toEqual({
      deprecations: [
        NAME,
        { coordinate: 'User.address(short:)', reason: 'It is always short.' },
        { coordinate: 'User.plan', reason: 'There are no plans.' },
      ],
    });
    // Nobody may keep it for those who did not ask.
    expect(told.headers.get('cache-control')).toBe('no-store');
    expect((await gateway.ask('/v1/graphql', query)).body.extensions).toBeUndefined();
    expect(
      (await gateway.ask('/v1/graphql', query, { 'x-graphql-deprecations': '0' })).body.extensions,
    ).toBeUndefined();
    expect((await gateway.ask('/v2/graphql', '{ me { displayName } }', TELL)).body.extensions).toEqual({
      deprecations: [],
    });
  });

  it('has what literals and variables hold', async () => {
    const query = 'mutation ($to: Change!) { change(to: $to) { id } }';
    const told = async (to: object) => {
      const { body } = await gateway.ask('/v1/graphql', { query, variables: { to } }, TELL);
      return body.extensions.deprecations.map(({ coordinate }: { coordinate: string }) => coordinate);
    };
    expect(await told({ note: 'x' })).toEqual(['Change.note']);
    expect(await told({ kind: 'OLD' })).toEqual(['ChangeKind.OLD']);
    expect(await told({ name: 'x', kind: 'NEW' })).toEqual([]);
    const literal = await gateway.ask('/v1/graphql', 'mutation { change(to: { note: "x", kind: OLD }) { id } }', TELL);
    expect(literal.body.extensions.deprecations).toHaveLength(2);
  });

  it('names 50 at most, of the operation that is executed alone', async () => {
    const fields = Array.from({ length: 60 }, (_, at) => `old${at}`).join(' ');
    const query = `query A { many { ${fields} } } query B { many { old1 } }`;
    const told = async (operationName: string) =>
      (await gateway.ask('/v1/graphql', { query, operationName }, TELL)).body.extensions.deprecations.length;
    expect(await told('A')).toBe(50);
    expect(await told('B')).toBe(1);
  });
});

describe('metrics', () => {
  it('count who uses what is deprecated by line, coordinate and known client, once an operation', async () => {
    await using fresh = await gateways.serve({ 1: 'ga', 2: 'ga' });
    const client = { 'apollographql-client-name': 'a-client-that-nobody-knows' };
    for (const query of ['{ me { name } }', '{ a: me { name } b: me { name } }', '{ me { id } }', '{ me { nothing } }'])
      await fresh.ask('/v1/graphql', query, client);
    await fresh.ask('/v2/graphql', 'mutation { change(to: { kind: OLD }) { id } }', client);
    const { values } = await fresh.metrics.get('graph_deprecated_usage_total').get();
    expect(values.map(({ labels, value }) => [labels, value])).toEqual([
      [{ line: '1', coordinate: 'User.name', client: 'other' }, 2],
      [{ line: '2', coordinate: 'ChangeKind.OLD', client: 'other' }, 1],
    ]);
  });

  it('have a hundred coordinates at most', async () => {
    const fields = (from: number) => Array.from({ length: 70 }, (_, at) => `old${at + from}`).join(' ');
    for (const from of [0, 60]) await gateway.ask('/v1/graphql', `{ myself { id } many { ${fields(from)} } }`);
    const { values } = await gateway.metrics.get('graph_deprecated_usage_total').get();
    const coordinates = new Set(values.map(({ labels }) => labels.coordinate));
    expect([coordinates.size, coordinates.has('other')]).toEqual([101, true]);
  });

  it('say how many days are left of what has a sunset', async () => {
    const text = await gateway.metrics.scrape();
    const [, days] = /^graph_sunset_days\{coordinate="User\.name",service="gateway"\} (-?\d+)$/m.exec(text) ?? [];
    expect(Number(days)).toBe(Date.parse('2027-06-30') / 86_400_000 - Math.floor(Date.now() / 86_400_000));
    // The other is `Query.myself`.
    expect(text.match(/^graph_sunset_days\{/gm)).toHaveLength(2);
  });
});
