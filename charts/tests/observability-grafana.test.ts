import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderChart } from '../testing/render-chart.ts';
import { OBSERVABILITY } from './value-cases.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds are looked into
type Manifest = any;

const render = (values: object = {}): Manifest[] => renderChart({ chart: OBSERVABILITY, values }).objects;
const find = (objects: Manifest[], kind: string, name: string): Manifest =>
  objects.find((object) => object.kind === kind && object.metadata.name === `tributary-${name}`);
const dataSources = (values: object = {}): Manifest[] =>
  parse(find(render(values), 'ConfigMap', 'grafana-provisioning').data['datasources.yaml']).datasources;
const source = (values: object, uid: string) => dataSources(values).find((each) => each.uid === uid);
const envOf = (objects: Manifest[]) =>
  Object.fromEntries(
    find(objects, 'StatefulSet', 'grafana').spec.template.spec.containers[0].env.map(
      ({ name, value, valueFrom }: Manifest) => [
        name,
        value ?? `${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`,
      ],
    ),
  );

describe('Grafana', () => {
  it('lets nobody in without signing in, with a password that is made once and kept', () => {
    const env = envOf(render());
    expect(env).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
      GF_USERS_ALLOW_SIGN_UP: 'false',
      GF_SECURITY_ADMIN_PASSWORD: 'tributary-grafana/admin-password',
    });
    const secret = find(render(), 'Secret', 'grafana');
    expect(secret.metadata.annotations['helm.sh/resource-policy']).toBe('keep');
    expect(Buffer.from(secret.data['admin-password'], 'base64').toString()).toMatch(/^[A-Za-z0-9]{48}$/);
  });

  it('takes an existing password', () => {
    const objects = render({ grafana: { existingSecret: 'grafana-admin' } });
    expect(envOf(objects).GF_SECURITY_ADMIN_PASSWORD).toBe('grafana-admin/admin-password');
    expect(find(objects, 'Secret', 'grafana')).toBeUndefined();
  });

  it('knows every data source by the uid that dashboards and alert rules have', () => {
    expect(dataSources().map(({ uid, type }) => [uid, type])).toEqual([
      ['prometheus', 'prometheus'],
      ['jaeger', 'jaeger'],
      ['elasticsearch', 'elasticsearch'],
      ['alertmanager', 'alertmanager'],
    ]);
    const alerts = render().find(({ metadata }) => metadata.name === 'tributary-grafana-provisioning').data;
    const asked = Object.entries(alerts)
      .filter(([file]) => file.startsWith('alerts-'))
      .flatMap(([, text]) => [...(text as string).matchAll(/datasourceUid: (\w+)/g)].map(([, uid]) => uid));
    expect(asked.length).toBeGreaterThan(0);
    expect([...new Set(asked)].filter((uid) => uid !== '__expr__').sort()).toEqual(['elasticsearch', 'prometheus']);
  });

  it('leads from a metric to its trace, from a trace to its lines, and from a line to its trace', () => {
    const values = { kibana: { publicUrl: 'https://logs.example.com/' } };
    expect(source(values, 'prometheus').jsonData.exemplarTraceIdDestinations).toEqual([
      { name: 'trace_id', datasourceUid: 'jaeger', urlDisplayLabel: 'Trace' },
      { name: 'trace_id', url: expect.stringContaining('https://logs.example.com/app/'), urlDisplayLabel: 'Log lines' },
    ]);
    expect(source(values, 'jaeger').jsonData.tracesToLogsV2).toMatchObject({
      datasourceUid: 'elasticsearch',
      query: 'trace_id:"$${__trace.traceId}"',
    });
    expect(source(values, 'elasticsearch').jsonData.dataLinks[0]).toMatchObject({
      field: 'trace_id',
      datasourceUid: 'jaeger',
      url: '$${__value.raw}',
    });
  });

  it('leads to nothing that is not there', () => {
    const text = JSON.stringify(dataSources({ jaeger: { enabled: false }, collector: { enabled: false } }));
    expect(text).not.toContain('jaeger');
    const logless = { elasticsearch: { enabled: false }, fluentd: { enabled: false }, kibana: { enabled: false } };
    const sources = dataSources({ ...logless, jaeger: { storage: 'memory', replicas: 1 } });
    expect(JSON.stringify(sources)).not.toMatch(/elasticsearch|discover/);
  });

  it('reads the lines of the graph and environment, as a user that may do no more', () => {
    const logs = source({}, 'elasticsearch');
    expect(logs.jsonData.index).toMatch(/^logs-tributary-/);
    expect(logs.basicAuthUser).toBe('$ES_USERNAME');
    expect(logs.secureJsonData.basicAuthPassword).toBe('$ES_PASSWORD');
    expect(envOf(render())).toMatchObject({
      ES_USERNAME: 'tributary_reader',
      ES_PASSWORD: 'tributary-elasticsearch/reader-password',
    });
  });
});

describe('alerts of Grafana’s own', () => {
  const notifications = (values: object = {}) => {
    const { data } = find(render(values), 'ConfigMap', 'grafana-provisioning');
    return data['alertmanager.yaml'] === undefined ? undefined : parse(data['alertmanager.yaml']);
  };
  const urlsOf = (values: object = {}) => notifications(values)?.contactPoints[0].receivers[0].settings.url;

  it('go to each Alertmanager, by a contact point and a policy as Grafana provisions them', () => {
    const { contactPoints, policies, ...more } = notifications();
    expect(more).toEqual({ apiVersion: 1 });
    expect(contactPoints).toEqual([
      {
        orgId: 1,
        name: 'Alertmanager',
        receivers: [{ uid: 'alertmanager', type: 'prometheus-alertmanager', settings: { url: expect.any(String) } }],
      },
    ]);
    expect(policies).toEqual([expect.objectContaining({ orgId: 1, receiver: 'Alertmanager', group_by: ['...'] })]);
    const replica = (index: number) => `http://tributary-alertmanager-${index}.tributary-alertmanager.shop.svc:9093`;
    expect(urlsOf()).toBe(`${replica(0)},${replica(1)}`);
    expect(urlsOf({ alertmanager: { replicas: 1 } })).toBe(replica(0));
    const there = { mode: 'existing', url: 'https://alerts.example.com/am', existingSecret: 'r' };
    expect(urlsOf({ alertmanager: there })).toBe('https://alerts.example.com/am');
  });

  it('are where Grafana looks for them', () => {
    const [{ volumeMounts }] = find(render(), 'StatefulSet', 'grafana').spec.template.spec.containers;
    const mounted = volumeMounts.filter(({ mountPath }: Manifest) => mountPath.includes('/provisioning/alerting/'));
    expect(mounted.map(({ subPath }: Manifest) => subPath).sort()).toEqual([
      'alertmanager.yaml',
      'alerts-logs.yaml',
      'alerts-prometheus.yaml',
    ]);
  });

  it('are told again long before Alertmanager would hold them for resolved', () => {
    const seconds = (duration: string) =>
      Number.parseInt(duration, 10) * ({ s: 1, m: 60, h: 3600 }[duration.slice(-1)] ?? Number.NaN);
    const [{ group_interval, repeat_interval }] = notifications().policies;
    // Its default; the configuration that is shipped says nothing else.
    const resolveTimeout = 300;
    const config = parse(find(render(), 'Secret', 'alertmanager').stringData['alertmanager.yaml']);
    expect(config.global?.resolve_timeout).toBeUndefined();
    // A repetition waits for the next interval; and one may get lost.
    expect(2 * (seconds(group_interval) + seconds(repeat_interval))).toBeLessThan(resolveTimeout);
  });

  it('go to nobody where there is no Alertmanager', () => {
    expect(notifications({ alertmanager: { enabled: false } })).toBeUndefined();
    expect(notifications({ grafana: { mode: 'existing' } })).toBeUndefined();
  });
});

describe('dashboards', () => {
  const dashboardsOf = (values: object) =>
    render(values).filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.labels.grafana_dashboard === '1');

  it('are mounted all, and are the same for another Grafana', () => {
    const own = dashboardsOf({});
    const [volume] = find(render(), 'StatefulSet', 'grafana').spec.template.spec.volumes.filter(
      ({ name }: Manifest) => name === 'dashboards',
    );
    expect(own.length).toBeGreaterThan(8);
    expect(volume.projected.sources.map(({ configMap }: Manifest) => configMap.name)).toEqual(
      own.map(({ metadata }) => metadata.name),
    );
    const other = dashboardsOf({ grafana: { mode: 'existing' } });
    expect(other.map(({ data }) => data)).toEqual(own.map(({ data }) => data));
  });

  it('lead to the Kibana of the values', () => {
    const text = JSON.stringify(dashboardsOf({ kibana: { publicUrl: 'https://logs.example.com' } }));
    expect(text).toContain('https://logs.example.com');
    expect(text).not.toContain('localhost');
  });

  it('of another Grafana come with data sources for its sidecar, but for those that it has itself', () => {
    const objects = render({ grafana: { mode: 'existing' } });
    expect(find(objects, 'ConfigMap', 'grafana-provisioning').metadata.labels.grafana_datasource).toBe('1');
    expect(dataSources({ grafana: { mode: 'existing' } }).map(({ uid }) => uid)).toEqual(['jaeger', 'elasticsearch']);
    expect(find(objects, 'StatefulSet', 'grafana')).toBeUndefined();
  });
});
