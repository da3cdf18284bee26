import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, createApi } from '../../observability/files/elasticsearch/api.ts';
import { setUpLogs } from '../../observability/files/elasticsearch/set-up-logs.ts';
import { lanes } from '../../scripts/testing/lanes.ts';
import { findSearchNode, type SearchNode, startSearchNode } from '../testing/search-node.ts';
import { documentsOf } from './logging/run-ruby.ts';
import { fullSettings } from './logging/settings.ts';

const { stream, rejectedStream, snapshots: _, users: __, ...rest } = fullSettings;
const settings = { stream, rejectedStream, ...rest, copies: 0 };
const none = { writer: '', reader: '', monitor: '', traces: '', kibana: '' };

/**
 * OpenSearch in place of Elasticsearch: no lifecycles by ILM, and another name for fields that are flattened. Everything
 * else is sent as it is.
 */
const asOpenSearch =
  (api: Api): Api =>
  (method, path, body, accepted) => {
    if (path.startsWith('/_ilm/')) return Promise.resolve({ status: 200, body: { acknowledged: true } });
    const text = JSON.stringify(body ?? {}, (key, value) => {
      if (key === 'lifecycle') return undefined;
      return value?.type === 'flattened' ? { type: 'flat_object' } : value;
    });
    return api(method, path, body && JSON.parse(text), accepted);
  };

const line = (fields: object): Buffer =>
  Buffer.from(
    JSON.stringify({
      level: 'info',
      time: '2026-11-29T18:00:00.000Z',
      service: 'gateway',
      message: 'request',
      ...fields,
    }),
  );
const printed = {
  access: line({
    request_id: 'r-1',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    operation: 'PlaceOrder',
    status: '200',
    outcome: 'partial',
    code: 'SUBGRAPH_UNAVAILABLE',
    errors: 2,
    cost: 12.5,
  }),
  ended: line({ message: 'subscription ended', transport: 'sse', ended: 'left', results: 3, open_ms: 90_000.5 }),
  signIn: line({ service: 'users', message: 'audit', audit_event: 'sign_in', audit_outcome: 'refused' }),
  error: line({
    level: 'error',
    request_id: 'r-1',
    err: { type: 'E', stack: ['at a'], cause: { type: 'F' } },
    extra: { a: [1] },
  }),
  text: Buffer.from('plain text of others \xff', 'latin1'),
  json: Buffer.from('{"msg":"hello","level":30,"deep":{"er":{"est":true}}}'),
  long: line({ note: 'n'.repeat(1024 * 1024) }),
};

describe.skipIf(findSearchNode() === undefined || lanes.ruby.find() === undefined)('on a search node', () => {
  let node: SearchNode;
  let api: Api;
  let log: string[];
  beforeAll(async () => {
    node = await startSearchNode();
    api = asOpenSearch(createApi({ url: node.url, username: 'a', password: 'b' }));
    log = [];
    await setUpLogs(api, settings, none, (text) => log.push(text));
  }, 150_000);
  afterAll(async () => await node?.[Symbol.asyncDispose]());

  /** As Fluentd writes: `create`, with an id. Gives status and error of each. */
  async function write(documents: readonly (readonly [id: string, document: object])[], to = stream) {
    const body = documents.flatMap(([id, document]) => [
      JSON.stringify({ create: { _id: id } }),
      JSON.stringify({ '@timestamp': '2026-11-29T18:00:00Z', ...document }),
    ]);
    const response = await fetch(`${node.url}/${to}/_bulk?refresh=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: `${body.join('\n')}\n`,
    });
    const { items } = (await response.json()) as { items: { create: { status: number; error?: { type: string } } }[] };
    return items.map(({ create }) => [create.status, create.error?.type]);
  }

  const found = async (query: object): Promise<string[]> => {
    const { body } = await api('POST', `/${stream}/_search`, { query, _source: false, size: 50 });
    return body.hits.hits.map(({ _id }: { _id: string }) => _id).sort();
  };

  it('makes the streams, and finds them there the second time', async () => {
    expect(log).toContain(`/_data_stream/${stream}: made`);
    const again: string[] = [];
    await setUpLogs(api, settings, none, (text) => again.push(text));
    expect(again).toContain(`/_data_stream/${stream}: is there`);
    expect(again.join()).not.toContain('_rollover');
    const { body } = await api('GET', `/_data_stream/${stream}`);
    expect(body.data_streams[0].indices).toHaveLength(1);
  });

  it('has the shards that the template says', async () => {
    const { body } = await api('GET', `/${stream}/_settings`);
    const [index] = Object.values(body as Record<string, { settings: { index: object } }>);
    expect(index?.settings.index).toMatchObject({ number_of_shards: '2', number_of_replicas: '0' });
  });

  it('takes every kind of line, and finds each by what one would search for', async () => {
    const documents = documentsOf(Object.values(printed).map((message) => ({ message, stream: 'stdout' })));
    const ids = Object.keys(printed);
    const written = await write(documents.map(({ document }, index) => [ids[index] ?? '', document]));
    expect(written).toEqual(ids.map(() => [201, undefined]));
    expect(await found({ term: { request_id: 'r-1' } })).toEqual(['access', 'error']);
    expect(await found({ term: { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' } })).toEqual(['access']);
    expect(await found({ range: { status: { gte: 200, lt: 300 } } })).toEqual(['access']);
    expect(await found({ terms: { outcome: ['partial', 'failure'] } })).toEqual(['access']);
    expect(await found({ range: { errors: { gte: 1 } } })).toEqual(['access']);
    expect(await found({ range: { open_ms: { gte: 60_000 } } })).toEqual(['ended']);
    expect(await found({ exists: { field: 'audit_event' } })).toEqual(['signIn']);
    expect(await found({ match: { message: 'text others' } })).toEqual(['text']);
    expect(await found({ term: { 'err.type': 'E' } })).toEqual(['error']);
    expect(await found({ term: { 'fields.deep.er.est': 'true' } })).toEqual(['json']);
  });

  it('takes a document once, however often it is written', async () => {
    const document = { message: 'once' };
    expect(await write([['once', document]])).toEqual([[201, undefined]]);
    expect(await write([['once', document]])).toEqual([[409, 'version_conflict_engine_exception']]);
  });

  it('rejects a document with another field, and takes it as a rejected one', async () => {
    const stranger = { message: 'x', kubernetes: { pod_name: 'p', new_field: 1 } };
    expect(
      await write([
        ['strange', stranger],
        ['good', { message: 'y' }],
      ]),
    ).toEqual([
      [400, 'strict_dynamic_mapping_exception'],
      [201, undefined],
    ]);
    const rejected = { message: JSON.stringify(stranger), tag: 'kubernetes.var.log', another: 1 };
    expect(await write([['strange', rejected]], rejectedStream)).toEqual([[201, undefined]]);
  });

  it('rejects a document without a time of its own kind', async () => {
    expect(await write([['late', { '@timestamp': 'yesterday', message: 'x' }]])).toEqual([[400, expect.any(String)]]);
  });

  it('gives a stream another index where its mappings are older', async () => {
    const { body } = await api('GET', `/_data_stream/${stream}`);
    const index = body.data_streams[0].indices[0].index_name;
    await api('PUT', `/${index}/_mapping`, { _meta: { revision: 'of before' } });
    const lines: string[] = [];
    await setUpLogs(api, settings, none, (text) => lines.push(text));
    expect(lines.filter((text) => text.includes('_rollover'))).toHaveLength(1);
    const after = await api('GET', `/_data_stream/${stream}`);
    expect(after.body.data_streams[0].indices).toHaveLength(2);
  });
});
