import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { logMappings } from '../../observability/files/elasticsearch/mappings.ts';
import { lanes } from '../../scripts/testing/lanes.ts';
import { type Crd, crdSchema } from '../testing/crd-schema.ts';
import { renderChart } from '../testing/render-chart.ts';
import { schemaProblems } from '../testing/schema-problems.ts';
import { specFacts } from '../testing/spec-facts.ts';
import { specExceptions } from './spec-exceptions.ts';
import { OBSERVABILITY, UMBRELLA } from './value-cases.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds are looked into
type Manifest = any;

/** The log pipeline alone. */
const ALONE = Object.fromEntries(
  ['collector', 'jaeger', 'prometheus', 'alertmanager', 'grafana'].map((part) => [part, { enabled: false }]),
);
const EXISTING = { mode: 'existing', url: 'https://es.example.com', existingSecret: 'es', caSecret: 'es-ca' };
const EXISTING_KIBANA = { mode: 'existing', url: 'https://kibana.example.com:5601', caSecret: 'kibana-ca' };
const ECK = { mode: 'eck', replicas: 3, environment: 'production' };
const SNAPSHOTS = { enabled: true, repository: 'backup', type: 's3', settings: { bucket: 'logs' } };

const render = (values: object = {}): Manifest[] =>
  renderChart({ chart: OBSERVABILITY, values: { ...ALONE, ...values } }).objects;
const find = (objects: Manifest[], kind: string, name: string, graph = 'tributary'): Manifest =>
  objects.find((object) => object.kind === kind && object.metadata.name === `${graph}-${name}`);
const kindsOf = (objects: Manifest[]) => objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
const jobOf = (objects: Manifest[], name: string): Manifest =>
  objects.find(({ kind, metadata }) => kind === 'Job' && metadata.name.startsWith(`tributary-${name}-`));
const settingsOf = (objects: Manifest[]) =>
  JSON.parse(find(objects, 'ConfigMap', 'elasticsearch-setup').data['settings.json']);
const containerOf = (workload: Manifest): Manifest => workload.spec.template.spec.containers[0];
const environmentOf = (workload: Manifest): Record<string, Manifest> =>
  Object.fromEntries(containerOf(workload).env.map((each: Manifest) => [each.name, each.value ?? each.valueFrom]));
const refusedBy = (values: object): string => {
  try {
    render(values);
  } catch (error) {
    return (error as Error).message;
  }
  return 'rendered';
};
/** Secrets that somebody else makes. */
const external = (names: string[]) =>
  names.map((name) => ({ object: `Secret ${name}`, rule: 'reference', reason: 'made by others' }) as const);

describe('the log pipeline', () => {
  it.each<[string, object, string[]]>([
    ['bundled', {}, []],
    [
      'with snapshots, of another environment',
      {
        elasticsearch: { ...EXISTING, environment: 'staging', snapshots: SNAPSHOTS },
        kibana: { existingSecret: 'kibana' },
      },
      ['es', 'es-ca', 'kibana'],
    ],
    [
      'with an Elasticsearch that is there',
      { elasticsearch: EXISTING, kibana: { existingSecret: 'kibana' } },
      ['es', 'es-ca', 'kibana'],
    ],
    ['with all of it there', { elasticsearch: EXISTING, kibana: EXISTING_KIBANA }, ['es', 'es-ca', 'kibana-ca']],
    ['without Kibana', { kibana: { enabled: false } }, []],
    ['without Fluentd', { fluentd: { enabled: false } }, []],
  ])('is valid %s', (_, values, secrets) => {
    const objects = render(values);
    expect(objects.flatMap((object) => schemaProblems(object))).toEqual([]);
    expect(specFacts(objects, [...specExceptions, ...external(secrets)])).toEqual([]);
  });

  it('is not there when it is off', () => {
    const off = { elasticsearch: { enabled: false }, fluentd: { enabled: false }, kibana: { enabled: false } };
    expect(kindsOf(render(off)).filter((name) => /fluentd|elasticsearch|kibana/.test(name))).toEqual([]);
  });

  it('makes no servers where there are some', () => {
    const kinds = kindsOf(render({ elasticsearch: EXISTING, kibana: EXISTING_KIBANA }));
    expect(kinds.filter((kind) => /^(StatefulSet|Deployment|DaemonSet|Secret)/.test(kind))).toEqual([
      'DaemonSet tributary-fluentd',
      'Deployment tributary-elasticsearch-exporter',
    ]);
  });

  it.each<[string, object, RegExp]>([
    [
      'an Elasticsearch of nowhere',
      { elasticsearch: { mode: 'existing', existingSecret: 'es' } },
      /elasticsearch\.url: .*where Elasticsearch is/,
    ],
    [
      'an Elasticsearch for nobody',
      { elasticsearch: { mode: 'existing', url: 'https://a' } },
      /elasticsearch\.existingSecret: .*username and password/,
    ],
    [
      'a bundled cluster',
      { elasticsearch: { replicas: 3 } },
      /one node, for evaluation: set elasticsearch\.mode to eck/,
    ],
    [
      'an environment without retention',
      { elasticsearch: { environment: 'test' } },
      /elasticsearch\.retention\.test\.rolloverAge: expected how long/,
    ],
    [
      'lines that are kept for ever',
      { elasticsearch: { retention: { evaluation: { deleteAfter: null } } } },
      /retention\.evaluation\.deleteAfter/,
    ],
    [
      'snapshots to nowhere',
      { elasticsearch: { snapshots: { enabled: true } } },
      /snapshots\.repository: expected the name/,
    ],
    [
      'snapshots of the bundled node, which reaches no repository',
      { elasticsearch: { snapshots: SNAPSHOTS } },
      /snapshots\.enabled: the bundled Elasticsearch .* set elasticsearch\.mode to eck or existing/,
    ],
    [
      'snapshots to a folder that nodes do not share',
      { elasticsearch: { ...ECK, snapshots: { ...SNAPSHOTS, type: 'fs' } } },
      /snapshots\.type is fs, .* expected s3, gcs or azure/,
    ],
    [
      'Fluentd without Elasticsearch',
      { elasticsearch: { enabled: false }, kibana: { enabled: false } },
      /fluentd\.enabled: .*set elasticsearch\.enabled/,
    ],
    [
      'Kibana without Elasticsearch',
      { elasticsearch: { enabled: false }, fluentd: { enabled: false } },
      /kibana\.enabled: .*set elasticsearch\.enabled/,
    ],
    ['a Kibana of nowhere', { kibana: { mode: 'existing' } }, /kibana\.url: .*where Kibana is/],
    ['a Kibana that nobody knows', { elasticsearch: EXISTING }, /kibana\.existingSecret: .*kibana_system/],
    ['a time without a unit', { elasticsearch: { retention: { evaluation: { deleteAfter: '3' } } } }, /deleteAfter/],
  ])('refuses %s', (_, values, message) => {
    expect(refusedBy(values)).toMatch(message);
  });
});

describe('Fluentd', () => {
  it('has the files of the chart, and starts anew when one changes', () => {
    const objects = render();
    const { data } = find(objects, 'ConfigMap', 'fluentd');
    const file = (name: string) => readFileSync(`${OBSERVABILITY}/files/fluentd/${name}`, 'utf8');
    for (const name of Object.keys(data)) expect(data[name], name).toBe(file(name));
    expect(Object.keys(data)).toEqual(expect.arrayContaining(['fluent.conf', 'filter_log_line.rb', 'log_line.rb']));
    const { annotations } = find(objects, 'DaemonSet', 'fluentd').spec.template.metadata;
    expect(annotations['checksum/config']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is told everything that its configuration reads from the environment', () => {
    const environment = environmentOf(
      find(render({ elasticsearch: EXISTING, kibana: EXISTING_KIBANA }), 'DaemonSet', 'fluentd'),
    );
    const { data } = find(render(), 'ConfigMap', 'fluentd');
    const read = Object.values(data as Record<string, string>).flatMap((text) =>
      [...text.matchAll(/ENV\['(\w+)'\]/g)].map(([, name]) => name ?? ''),
    );
    // Only tests read lines elsewhere.
    expect(new Set(read)).toEqual(
      new Set([...Object.keys(environment).filter((name) => name !== 'K8S_NODE_NAME'), 'CONTAINER_LOGS']),
    );
  });

  it('writes as somebody who can add lines only, with a password of a Secret', () => {
    const objects = render();
    expect(environmentOf(find(objects, 'DaemonSet', 'fluentd'))).toMatchObject({
      ELASTICSEARCH_USERNAME: 'tributary_writer',
      ELASTICSEARCH_PASSWORD: { secretKeyRef: { name: 'tributary-elasticsearch', key: 'writer-password' } },
      LOG_STREAM: settingsOf(objects).stream,
      REJECTED_STREAM: settingsOf(objects).rejectedStream,
    });
  });

  it('is root of files alone: no capability, no privilege, nothing of the node that it could write but its own folder', () => {
    const { spec } = find(render(), 'DaemonSet', 'fluentd').spec.template;
    const [{ securityContext, volumeMounts }] = spec.containers;
    expect(securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    const ofHost = spec.volumes.filter(({ hostPath }: Manifest) => hostPath).map(({ name }: Manifest) => name);
    const writable = volumeMounts.filter(({ readOnly }: Manifest) => !readOnly).map(({ name }: Manifest) => name);
    expect(ofHost.filter((name: string) => writable.includes(name))).toEqual(['state']);
    expect(spec.hostNetwork).toBeUndefined();
  });
});

describe('Elasticsearch', () => {
  it.each([
    [1, 1],
    [30, 1],
    [31, 2],
    [100, 4],
    [10_000, 8],
  ])('has for %i GB a day %i shards', (gigabytesPerDay, shards) => {
    expect(settingsOf(render({ elasticsearch: { gigabytesPerDay } })).shards).toBe(shards);
  });

  it('keeps lines by environment, and has copies where there are nodes for them', () => {
    const settings = settingsOf(render());
    expect(settings).toMatchObject({
      stream: 'logs-tributary-evaluation',
      copies: 0,
      retention: { deleteAfter: '3d' },
    });
    const production = settingsOf(
      render({ elasticsearch: { ...EXISTING, environment: 'production' }, kibana: EXISTING_KIBANA }),
    );
    expect(production).toMatchObject({
      stream: 'logs-tributary-production',
      copies: 1,
      retention: { deleteAfter: '30d' },
    });
  });

  it.each([
    ['bundled', 1, 0],
    ['eck', 1, 0],
    ['eck', 3, 1],
    ['existing', 1, 1],
  ] as const)('%s with %i nodes has %i copies of traces, as of lines', (mode, replicas, copies) => {
    const elasticsearch = { ...(mode === 'existing' ? EXISTING : {}), mode, replicas };
    const objects = render({ elasticsearch, kibana: { existingSecret: 'kibana' }, jaeger: { enabled: true } });
    const config = parse(find(objects, 'ConfigMap', 'jaeger').data['config.yaml']);
    const { indices } = config.extensions.jaeger_storage.backends.traces.elasticsearch;
    expect(indices.spans).toEqual({ shards: 1, replicas: copies });
    expect(settingsOf(objects).copies).toBe(copies);
  });

  it('makes users of its own, and leaves those of another Elasticsearch alone', () => {
    expect(settingsOf(render()).users).toEqual({
      writer: 'tributary_writer',
      reader: 'tributary_reader',
      monitor: 'tributary_monitor',
      traces: 'tributary_traces',
      traceIndices: 'tributary-jaeger-*',
      kibana: true,
    });
    expect(settingsOf(render({ elasticsearch: EXISTING, kibana: EXISTING_KIBANA })).users).toBeUndefined();
  });

  it('names a stream without the hyphens of a graph, which would separate its parts', () => {
    const config = find(render({ graph: 'my-shop' }), 'ConfigMap', 'elasticsearch-setup', 'my-shop');
    expect(JSON.parse(config.data['settings.json']).stream).toBe('logs-my_shop-evaluation');
  });

  it('is set up by a Job that has every file that it imports, and is another one when something changes', () => {
    for (const name of ['elasticsearch-setup', 'kibana-setup']) {
      const objects = render();
      const job = jobOf(objects, name);
      const { data } = find(objects, 'ConfigMap', name);
      const { items } = job.spec.template.spec.volumes[0].configMap;
      const paths = new Set(items.map(({ path }: Manifest) => path));
      expect(new Set(items.map(({ key }: Manifest) => key))).toEqual(new Set(Object.keys(data)));
      for (const { key, path } of items) {
        if (!path.endsWith('.ts')) continue;
        expect(data[key], path).toBe(readFileSync(`${OBSERVABILITY}/files/${path}`, 'utf8'));
        for (const [, imported] of data[key].matchAll(/from '(\.[^']+)'/g)) {
          const target = new URL(imported, `file:///${path}`).pathname.slice(1);
          expect(paths.has(target), `${path} imports ${imported}`).toBe(true);
        }
      }
      expect(paths.has(containerOf(job).args[0].replace('/set-up/', ''))).toBe(true);
      const other = jobOf(render({ elasticsearch: { environment: 'staging' } }), name);
      expect(other.metadata.name).not.toBe(job.metadata.name);
    }
  });

  it('is set up anew by the command of docs/logging.md', () => {
    const guide = readFileSync(new URL('../../docs/logging.md', import.meta.url), 'utf8');
    const [, names = ''] = /delete job -l 'app\.kubernetes\.io\/name in \((.*)\)'/.exec(guide) ?? [];
    const jobs = render().filter(({ kind }) => kind === 'Job');
    expect(names.split(', ')).toEqual(jobs.map(({ metadata }) => metadata.labels['app.kubernetes.io/name']));
  });

  it('has no password in a ConfigMap', () => {
    for (const object of render()) {
      if (object.kind === 'ConfigMap') expect(JSON.stringify(object.data)).not.toMatch(/password"?: ?"[^"$#]/i);
    }
  });
});

describe('Kibana', () => {
  it('has keys that are made once and kept', () => {
    const objects = render();
    const secret = find(objects, 'Secret', 'kibana');
    expect(secret.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
    const environment = environmentOf(find(objects, 'Deployment', 'kibana'));
    const keys = Object.entries(environment).filter(([name]) => name.endsWith('ENCRYPTIONKEY'));
    expect(keys).toHaveLength(3);
    for (const [, { secretKeyRef }] of keys) expect(Object.keys(secret.data)).toContain(secretKeyRef.key);
    // At least 32 characters.
    for (const value of Object.values(secret.data as Record<string, string>)) {
      expect(Buffer.from(value, 'base64').length).toBeGreaterThanOrEqual(32);
    }
  });
});

describe.skipIf(lanes.eckCrds.find() === undefined)("with ECK's objects", () => {
  const crds = parseAllDocuments(readFileSync(lanes.eckCrds.find() ?? '/dev/null', 'utf8')).map(
    (document) => document.toJSON() as Crd | null,
  );
  const definitions = JSON.parse(readFileSync(new URL('../testing/schemas/definitions.json', import.meta.url), 'utf8'));
  const problemsOf = (object: Manifest): string[] => {
    const ajv = new Ajv({ allErrors: true, strict: false }).addSchema(definitions, 'definitions.json');
    const validate = ajv.compile(crdSchema(crds, object).schema);
    return validate(object)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
  const objects = render({ elasticsearch: { ...ECK, snapshots: { ...SNAPSHOTS, existingSecret: 's3-keys' } } });
  const isEck = ({ apiVersion }: Manifest) => apiVersion.includes('k8s.elastic.co');

  it('is valid', () => {
    expect(objects.filter(isEck).map(({ kind }) => kind)).toEqual(['Elasticsearch', 'Kibana']);
    expect(objects.filter(isEck).flatMap(problemsOf)).toEqual([]);
    expect(objects.filter((object) => !isEck(object)).flatMap((object) => schemaProblems(object))).toEqual([]);
    const certificates = ['tributary-elasticsearch-es-http-certs-public', 'tributary-kibana-kb-http-certs-public'];
    const made = external([...certificates, 's3-keys']);
    expect(specFacts(objects, [...specExceptions, ...made])).toEqual([]);
  });

  it('would not be, with a misspelt field', () => {
    const [cluster] = objects.filter(isEck);
    expect(problemsOf({ ...cluster, spec: { ...cluster.spec, nodeSet: [] } }).join()).toMatch(/additional properties/);
  });

  it('asks over TLS, and knows who signed', () => {
    const environment = environmentOf(find(objects, 'DaemonSet', 'fluentd'));
    expect(environment.ELASTICSEARCH_URL).toBe('https://tributary-elasticsearch-es-http.shop.svc:9200');
    expect(environment.ELASTICSEARCH_CA).toBe('/etc/elasticsearch-ca/ca.crt');
    expect(environmentOf(jobOf(objects, 'kibana-setup')).NODE_EXTRA_CA_CERTS).toBe('/etc/kibana-ca/ca.crt');
  });

  it('makes a user of the Secret that everything else asks as, and gives nodes the keys to their repository', () => {
    const cluster = find(objects, 'Elasticsearch', 'elasticsearch');
    expect(cluster.spec.auth.fileRealm).toEqual([{ secretName: 'tributary-elasticsearch' }]);
    expect(cluster.spec.secureSettings).toEqual([{ secretName: 's3-keys' }]);
    expect(settingsOf(objects).snapshots).not.toHaveProperty('existingSecret');
    const { data } = find(objects, 'Secret', 'elasticsearch');
    expect(Buffer.from(data.roles, 'base64').toString()).toBe('superuser');
  });
});

it('is set up by the umbrella with the image of tools that the umbrella has', () => {
  const values = { image: { repository: 'registry.example.com/shop', tag: '7' }, observability: { enabled: true } };
  const { objects } = renderChart({ chart: UMBRELLA, values });
  for (const name of ['elasticsearch-setup', 'kibana-setup']) {
    expect(containerOf(jobOf(objects, name)).image).toBe('registry.example.com/shop/tools:7');
  }
});

it.each(['docs/observability.md', 'observability/README.head.md'])(
  'is set up by itself with the image that %s names',
  (path) => {
    const guide = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    const [, text = ''] = /```yaml\n(# observability\.yaml\n[^`]*)```/.exec(guide) ?? [];
    const values = parse(text);
    const { objects } = renderChart({ chart: OBSERVABILITY, values });
    for (const name of ['elasticsearch-setup', 'kibana-setup']) {
      expect(containerOf(jobOf(objects, name)).image).toBe(
        `${values.tools.image.repository}:${values.tools.image.tag}`,
      );
    }
  },
);

it('knows the fields that links and rules elsewhere search for', () => {
  expect(Object.keys(logMappings.properties)).toEqual(
    expect.arrayContaining(['@timestamp', 'message', 'level', 'service', 'trace_id', 'request_id']),
  );
});
