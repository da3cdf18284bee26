import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createApi } from '../../observability/files/elasticsearch/api.ts';
import { logMappings, rejectedMappings } from '../../observability/files/elasticsearch/mappings.ts';
import { mappingsComponent } from '../../observability/files/elasticsearch/payloads.ts';
import { setUpLogs } from '../../observability/files/elasticsearch/set-up-logs.ts';
import type { LogSettings } from '../../observability/files/elasticsearch/settings.ts';
import { alertRules, serverLog } from '../../observability/files/kibana/alert-rules.ts';
import { setUpKibana } from '../../observability/files/kibana/set-up-kibana.ts';
import { renderChart } from '../testing/render-chart.ts';
import { type Call, type FakeAnswer, startFakeServer } from './logging/fake-server.ts';
import { fullSettings } from './logging/settings.ts';
import { OBSERVABILITY } from './value-cases.ts';

const passwords = {
  writer: 'w-secret',
  reader: 'r-secret',
  monitor: 'm-secret',
  traces: 't-secret',
  kibana: 'k-secret',
};

/** Elasticsearch as far as the set-up sees it: data streams, and the mappings of the index that each writes to. */
function fakeElasticsearch(revisions: Record<string, string> = {}, streams = new Set<string>()) {
  const currentRevision = (stream: string) =>
    mappingsComponent(stream.includes('rejected') ? rejectedMappings : logMappings).template.mappings._meta.revision;
  const rollovers: string[] = [];
  const answer = ({ method, path }: Call): FakeAnswer => {
    const [, stream] = /^\/_data_stream\/(.+)$/.exec(path) ?? [];
    if (stream !== undefined && method === 'PUT') {
      if (streams.has(stream)) return { status: 400, body: { error: { type: 'resource_already_exists_exception' } } };
      streams.add(stream);
      revisions[stream] ??= currentRevision(stream);
      return { status: 200, body: { acknowledged: true } };
    }
    if (stream !== undefined)
      return { status: 200, body: { data_streams: [{ indices: [{ index_name: `.ds-${stream}` }] }] } };
    const [, mapped] = /^\/\.ds-(.+)\/_mapping$/.exec(path) ?? [];
    if (mapped !== undefined) {
      const mappings = { _meta: { revision: revisions[mapped] } };
      return { status: 200, body: { [`.ds-${mapped}`]: { mappings } } };
    }
    const [, rolled] = /^\/(.+)\/_rollover$/.exec(path) ?? [];
    if (rolled !== undefined) {
      rollovers.push(rolled);
      revisions[rolled] = currentRevision(rolled);
    }
    return { status: 200, body: { acknowledged: true } };
  };
  return { answer, rollovers };
}

async function setUp(answer: (call: Call) => FakeAnswer, settings: LogSettings = fullSettings, patienceMs = 5_000) {
  await using server = await startFakeServer(answer);
  const log: string[] = [];
  const options = { url: server.url, username: 'elastic', password: 'e-secret', firstWaitMs: 5, patienceMs };
  await setUpLogs(createApi({ ...options, log: (line) => log.push(line) }), settings, passwords, (line) =>
    log.push(line),
  );
  return {
    calls: server.calls,
    paths: server.calls.map(({ method, path }) => `${method} ${path}`),
    log: log.join('\n'),
  };
}

describe('the set-up of Elasticsearch', () => {
  it('makes what a template needs, the template, and then the stream', async () => {
    const { paths } = await setUp(fakeElasticsearch().answer);
    const stream = 'logs-tributary-production';
    expect(paths.slice(0, 7)).toEqual([
      `PUT /_ilm/policy/${stream}`,
      `PUT /_component_template/${stream}@mappings`,
      `PUT /_component_template/${stream}@settings`,
      `PUT /_index_template/${stream}`,
      `PUT /_data_stream/${stream}`,
      `GET /_data_stream/${stream}`,
      `GET /.ds-${stream}/_mapping`,
    ]);
    expect(paths.slice(14)).toEqual([
      ...['writer', 'reader', 'monitor', 'traces'].flatMap((user) => [
        `PUT /_security/role/tributary_${user}`,
        `PUT /_security/user/tributary_${user}`,
      ]),
      'PUT /_security/user/kibana_system/_password',
      'PUT /_snapshot/backup',
      `PUT /_slm/policy/${stream}`,
    ]);
  });

  it('has made everything else where the repository of snapshots is none', async () => {
    const put: string[] = [];
    const { answer } = fakeElasticsearch();
    const refusing = (call: Call): FakeAnswer => {
      put.push(call.path);
      if (!call.path.startsWith('/_snapshot/')) return answer(call);
      return { status: 500, body: { error: { type: 'repository_verification_exception', reason: 'no such bucket' } } };
    };
    await expect(setUp(refusing, fullSettings, 100)).rejects.toThrow(/^PUT \/_snapshot\/backup: 500 no such bucket$/);
    expect(put).toContain('/_security/user/kibana_system/_password');
  });

  it('does the same a second time, and changes nothing that is there', async () => {
    const { answer, rollovers } = fakeElasticsearch();
    const first = await setUp(answer);
    const second = await setUp(answer);
    expect(second.paths).toEqual(first.paths);
    expect(second.calls.map(({ body }) => body)).toEqual(first.calls.map(({ body }) => body));
    expect(rollovers).toEqual([]);
    expect(second.log).toContain('/_data_stream/logs-tributary-production: is there');
  });

  it('gives a stream with older mappings a new index, once', async () => {
    const stream = 'logs-tributary-production';
    const { answer, rollovers } = fakeElasticsearch({ [stream]: 'of before' }, new Set([stream]));
    await setUp(answer);
    await setUp(answer);
    expect(rollovers).toEqual([stream]);
  });

  it('takes 409 for done by another', async () => {
    const { answer } = fakeElasticsearch();
    const { log } = await setUp((call) => (call.path.startsWith('/_ilm/') ? { status: 409 } : answer(call)));
    expect(log).toContain('/_ilm/policy/logs-tributary-production: is being put by another');
  });

  it.each([429, 500, 503])('asks again after %i', async (status) => {
    const { answer } = fakeElasticsearch();
    let failures = 3;
    const { paths } = await setUp((call) => (failures-- > 0 ? { status } : answer(call)));
    expect(paths.slice(0, 4)).toEqual(Array(4).fill('PUT /_ilm/policy/logs-tributary-production'));
    expect(paths).toHaveLength(3 + 25);
  });

  it('ends with what was refused, and says no password', async () => {
    const refusing = (call: Call) =>
      call.path.includes('_component_template')
        ? { status: 400, body: { error: { type: 'mapper_parsing_exception', reason: 'no such type' } } }
        : fakeElasticsearch().answer(call);
    await expect(setUp(refusing)).rejects.toThrow(
      /^PUT \/_component_template\/logs-tributary-production@mappings: 400 no such type$/,
    );
    const { log } = await setUp(fakeElasticsearch().answer);
    expect(log).not.toMatch(/secret/);
  });

  it('ends when patience does', async () => {
    await expect(setUp(() => ({ status: 503 }), fullSettings, 100)).rejects.toThrow(/policy.*503/);
  });

  it('takes no other 400 for a stream that is there', async () => {
    const { answer } = fakeElasticsearch();
    const refusing = (call: Call): FakeAnswer =>
      call.method === 'PUT' && call.path.startsWith('/_data_stream')
        ? { status: 400, body: { error: { type: 'illegal_argument_exception', reason: 'no template' } } }
        : answer(call);
    await expect(setUp(refusing)).rejects.toThrow(/illegal_argument_exception/);
  });

  it('makes no users and snapshots where they are the affair of others', async () => {
    const { snapshots: _, users: __, ...rest } = fullSettings;
    const { paths } = await setUp(fakeElasticsearch().answer, rest);
    expect(paths.filter((path) => /_snapshot|_slm|_security/.test(path))).toEqual([]);
  });

  it('says who it is', async () => {
    const { calls } = await setUp(fakeElasticsearch().answer);
    const expected = `Basic ${Buffer.from('elastic:e-secret').toString('base64')}`;
    expect(new Set(calls.map(({ headers }) => headers.authorization))).toEqual(new Set([expected]));
  });
});

/** Kibana as far as the set-up sees it. */
function fakeKibana(refused: unknown[] = []) {
  const made = new Set<string>();
  return ({ method, path, body }: Call): FakeAnswer => {
    if (path.startsWith('/api/saved_objects/_import')) {
      const successCount = body.split('\n').filter((line) => line.startsWith('{')).length;
      return { status: 200, body: { success: refused.length === 0, successCount, errors: refused } };
    }
    if (path === '/api/data_views/default') return { status: 200 };
    if (method === 'POST' && made.has(path)) return { status: 409 };
    if (method === 'PUT' && !made.has(path)) return { status: 404 };
    made.add(path);
    return { status: 200 };
  };
}

const setUpInKibana = async (answer: (call: Call) => FakeAnswer) => {
  await using server = await startFakeServer(answer);
  const api = createApi({
    url: server.url,
    username: 'elastic',
    password: 'e-secret',
    headers: { 'kbn-xsrf': 'true' },
    firstWaitMs: 5,
    log: () => {},
  });
  const log: string[] = [];
  await setUpKibana(api, fullSettings, (line) => log.push(line));
  return { calls: server.calls, log };
};

describe('the set-up of Kibana', () => {
  it('imports its objects, and makes the connector and each rule', async () => {
    const { calls } = await setUpInKibana(fakeKibana());
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /api/saved_objects/_import?overwrite=true',
      'POST /api/data_views/default',
      `POST /api/actions/connector/${serverLog.id}`,
      ...alertRules.map(({ id }) => `POST /api/alerting/rule/${id}`),
    ]);
    expect(calls.every(({ headers }) => headers['kbn-xsrf'] === 'true')).toBe(true);
    expect(calls[0]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(calls[0]?.body).toContain('filename="tributary.ndjson"');
  });

  it('replaces what is there a second time', async () => {
    const answer = fakeKibana();
    await setUpInKibana(answer);
    const { calls, log } = await setUpInKibana(answer);
    const rule = `/api/alerting/rule/${alertRules[0]?.id}`;
    expect(calls.filter(({ path }) => path === rule).map(({ method }) => method)).toEqual(['POST', 'PUT']);
    // What PUT does not take.
    const [, put] = calls.filter(({ path }) => path === rule);
    expect(Object.keys(JSON.parse(put?.body ?? '{}'))).toEqual(['name', 'tags', 'schedule', 'params', 'actions']);
    const [, connector] = calls.filter(({ path }) => path.startsWith('/api/actions/connector'));
    expect(Object.keys(JSON.parse(connector?.body ?? '{}'))).toEqual(['name', 'config', 'secrets']);
    expect(log.filter((line) => line.endsWith('replaced'))).toHaveLength(1 + alertRules.length);
  });

  it('waits for a Kibana that starts', async () => {
    const answer = fakeKibana();
    let failures = 2;
    const { calls } = await setUpInKibana((call) => (failures-- > 0 ? { status: 503 } : answer(call)));
    expect(calls.filter(({ path }) => path.includes('_import'))).toHaveLength(3);
  });

  it('fails when an object is refused, although the answer is 200', async () => {
    const refused = [{ type: 'dashboard', id: 'tributary-slow', error: { type: 'missing_references' } }];
    await expect(setUpInKibana(fakeKibana(refused))).rejects.toThrow(/refused: .*missing_references/);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: a manifest
type Manifest = any;

/** Runs what a Job of the chart runs, in a folder as the kubelet lays out a ConfigMap: files are links to links. */
async function runJob(name: string, urlVariable: string, answer: (call: Call) => FakeAnswer) {
  const { objects } = renderChart({ chart: OBSERVABILITY });
  const find = (kind: string): Manifest =>
    objects.find((object) => object.kind === kind && object.metadata.name.startsWith(`tributary-${name}`));
  const { spec } = find('Job').spec.template;
  const folder = mkdtempSync(join(tmpdir(), 'tributary-job-'));
  await using server = await startFakeServer(answer);
  try {
    const version = join(folder, '..2026_11_29');
    const paths: string[] = spec.volumes[0].configMap.items.map(({ path }: Manifest) => path);
    for (const { key, path } of spec.volumes[0].configMap.items) {
      mkdirSync(dirname(join(version, path)), { recursive: true });
      writeFileSync(join(version, path), find('ConfigMap').data[key]);
    }
    symlinkSync('..2026_11_29', join(folder, '..data'));
    for (const top of new Set(paths.map((path) => path.split('/')[0] ?? '')))
      symlinkSync(`..data/${top}`, join(folder, top));
    const [{ args, env }] = spec.containers;
    const given = Object.fromEntries(
      env.map(({ name: variable, value }: Manifest) => [variable, value ?? `of ${variable}`]),
    );
    const child = spawn(
      process.execPath,
      args.map((arg: string) => arg.replace('/set-up/', `${folder}/`)),
      {
        env: { ...given, [urlVariable]: server.url },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    const [code] = await once(child, 'close');
    return { code, stdout, stderr, calls: server.calls };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('as the chart runs it', () => {
  it('sets up Elasticsearch, says what it did, and no password', async () => {
    const { code, stdout, stderr, calls } = await runJob(
      'elasticsearch-setup',
      'ELASTICSEARCH_URL',
      fakeElasticsearch().answer,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('/_index_template/logs-tributary-evaluation: put');
    expect(stdout).not.toMatch(/of \w+_PASSWORD/);
    const users = calls.filter(({ path }) => path.startsWith('/_security/user/'));
    expect(users.map(({ body }) => JSON.parse(body).password)).toEqual(
      ['WRITER', 'READER', 'MONITOR', 'TRACES', 'KIBANA'].map((user) => `of ${user}_PASSWORD`),
    );
  });

  it('sets up Kibana', async () => {
    const { code, stdout, stderr } = await runJob('kibana-setup', 'KIBANA_URL', fakeKibana());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/_import: \d+ objects/);
  });

  it('fails where something is refused', async () => {
    const { code, stderr } = await runJob('elasticsearch-setup', 'ELASTICSEARCH_URL', () => ({ status: 401 }));
    expect(code).toBe(1);
    expect(stderr).toContain('PUT /_ilm/policy/logs-tributary-evaluation: 401');
  });
});
