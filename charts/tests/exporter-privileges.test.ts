import { describe, expect, it } from 'vitest';
import { monitorRole } from '../../observability/files/elasticsearch/payloads.ts';
import { renderChart } from '../testing/render-chart.ts';
import { OBSERVABILITY } from './value-cases.ts';

/**
 * What each flag of elasticsearch_exporter has it ask, by the privileges that Elasticsearch wants for that.
 * https://github.com/prometheus-community/elasticsearch_exporter#elasticsearch-7x-security-privileges,
 * https://www.elastic.co/docs/reference/elasticsearch/security-privileges
 */
const NEEDED: Readonly<Record<string, { cluster?: readonly string[]; indices?: readonly string[] }>> = {
  // Where, and how it logs.
  'es.uri': {},
  'es.ca': {},
  'log.format': {},
  'es.all': { cluster: ['monitor'] },
  'es.indices': { indices: ['monitor'] },
  'es.shards': { indices: ['monitor'] },
  // GET _ilm/status, and GET _all/_ilm/explain.
  'collector.ilm': { cluster: ['read_ilm'], indices: ['view_index_metadata'] },
  // GET _snapshot, and GET _snapshot/REPOSITORY/_all.
  'collector.snapshots': { cluster: ['monitor_snapshot'] },
};

const SNAPSHOTS = { enabled: true, repository: 'backup', type: 's3', settings: { bucket: 'logs' } };

describe("the user of Elasticsearch's exporter", () => {
  const values = { elasticsearch: { mode: 'eck', snapshots: SNAPSHOTS } };
  const deployment = renderChart({ chart: OBSERVABILITY, values }).objects.find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'tributary-elasticsearch-exporter',
  );
  // biome-ignore lint/suspicious/noExplicitAny: a manifest is looked into
  const [{ args, env }] = (deployment as any).spec.template.spec.containers;
  const flags: string[] = args.map((arg: string) => arg.replace(/^--/, '').replace(/=.*/, ''));

  it('is the one that may no more than to monitor', () => {
    expect(env).toContainEqual({ name: 'ES_USERNAME', value: 'tributary_monitor' });
  });

  it.each(flags)('may what --%s asks', (flag) => {
    expect(NEEDED).toHaveProperty([flag]);
    const { cluster = [], indices = [] } = NEEDED[flag] ?? {};
    expect(monitorRole().cluster).toEqual(expect.arrayContaining([...cluster]));
    expect(monitorRole().indices).toEqual([{ names: ['*'], privileges: expect.arrayContaining([...indices]) }]);
  });

  it('may nothing that no flag asks', () => {
    const needed = flags.flatMap((flag) => NEEDED[flag]?.cluster ?? []);
    expect([...monitorRole().cluster].sort()).toEqual([...new Set(needed)].sort());
  });
});
