import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from './kubernetes-object.ts';
import { schemaName } from './schema-name.ts';
import { schemaProblems } from './schema-problems.ts';
import { customKinds } from './schema-sources.ts';

const metadata = { name: 'a' };
const labels = { app: 'a' };

const deployment = (over: { container?: object; pod?: object; metadata?: object } = {}): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { ...metadata, ...over.metadata },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            name: 'a',
            image: 'a:1',
            ports: [{ containerPort: 80 }],
            resources: { limits: { memory: '512Mi', cpu: 0.5 } },
            readinessProbe: { httpGet: { port: 'http' } },
            livenessProbe: { httpGet: { port: 80 } },
            env: [{ name: 'A', value: '1' }],
            ...over.container,
          },
        ],
        ...over.pod,
      },
    },
  },
});

const custom = (apiVersion: string, kind: string, spec: unknown): KubernetesObject => ({
  apiVersion,
  kind,
  metadata,
  spec,
});

describe('kinds of Kubernetes', () => {
  const container = '/spec/template/spec/containers/0';

  it('has nothing to say of a good object, null being as good as missing', () => {
    expect(schemaProblems(deployment({ pod: { nodeSelector: null, volumes: null } }))).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['an unknown field', { container: { imagePullPolice: 'Always' } }, `${container}/imagePullPolice is unknown`],
    ['a missing field', { container: { name: undefined } }, `${container} must have required property 'name'`],
    ['a wrong type', { container: { env: [{ name: 'A', value: 1 }] } }, '/env/0/value must be string,null, not 1'],
    ['a quantity', { container: { resources: { limits: { memory: '512MB' } } } }, '/limits/memory must match pattern'],
    ['a port that is neither', { container: { livenessProbe: { httpGet: { port: 1.5 } } } }, '/httpGet/port must be'],
    [
      'a variable that stands twice',
      { container: { env: [{ name: 'A' }, { name: 'A' }] } },
      `${container}/env must not have two entries of one name`,
    ],
    ['a label that is none', { metadata: { labels: { app: 'a b' } } }, '/metadata/labels/app must match pattern'],
    ['a label that is too long', { metadata: { labels: { app: 'a'.repeat(64) } } }, '/metadata/labels/app must match'],
    ['an annotation that is no text', { metadata: { annotations: { a: true } } }, '/metadata/annotations/a must be'],
    ['a name that is none', { metadata: { name: 'A_b' } }, '/metadata/name must match pattern'],
  ])('finds %s', (_, over, problem) => {
    const found = schemaProblems(deployment(over));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(problem);
  });

  it('leaves the keys of a map alone', () => {
    expect(schemaProblems({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { anything: 'a' } })).toEqual([]);
  });
});

describe('kinds of CRDs', () => {
  const port = { number: 80, name: 'http', protocol: 'HTTP' };
  const gateway = custom('networking.istio.io/v1', 'Gateway', { servers: [{ port, hosts: ['*'] }] });
  const peer = (mode: string) => custom('security.istio.io/v1', 'PeerAuthentication', { mtls: { mode } });
  const scaled = (trigger: object) =>
    custom('keda.sh/v1alpha1', 'ScaledObject', { scaleTargetRef: { name: 'a' }, triggers: [trigger] });
  const filter = custom('networking.istio.io/v1alpha3', 'EnvoyFilter', {
    configPatches: [{ applyTo: 'CLUSTER', patch: { operation: 'MERGE', value: { anything: [{ at: 'all' }] } } }],
  });
  const budget = (minAvailable: unknown) => custom('policy/v1', 'PodDisruptionBudget', { minAvailable });

  it('tells kinds of one name and two groups apart', () => {
    expect(schemaProblems(gateway)).toEqual([]);
    expect(schemaProblems({ ...gateway, apiVersion: 'gateway.networking.k8s.io/v1' })).toContain(
      'Gateway a: /spec/servers is unknown',
    );
  });

  it('finds an unknown field, at any depth', () => {
    expect(schemaProblems(scaled({ type: 'prometheus', metadata: { query: 'up' } }))).toEqual([]);
    expect(schemaProblems(scaled({ type: 'prometheus', metadata: {}, metricNames: 'a' }))).toEqual([
      'ScaledObject a: /spec/triggers/0/metricNames is unknown',
    ]);
  });

  it('finds a value that is not among those allowed', () => {
    expect(schemaProblems(peer('STRICT'))).toEqual([]);
    expect(schemaProblems(peer('STRICTLY'))).toEqual([
      'PeerAuthentication a: /spec/mtls/mode must be one of UNSET, DISABLE, PERMISSIVE, STRICT, not "STRICTLY"',
    ]);
  });

  it('takes anything where the CRD preserves unknown fields', () => {
    expect(schemaProblems(filter)).toEqual([]);
  });

  it('takes a number or a text where both are allowed', () => {
    for (const good of [1, '50%']) expect(schemaProblems(budget(good))).toEqual([]);
    expect(schemaProblems(budget(true))).toHaveLength(1);
  });
});

it('has no schema for a kind that no chart may use', () => {
  expect(schemaProblems(custom('example.com/v1', 'Deployment', {}))).toEqual([
    'Deployment a: no schema for example.com/v1 Deployment',
  ]);
});

it('compiles every schema there is', () => {
  for (const kind of customKinds.flatMap(({ kinds }) => kinds)) {
    const [problem] = schemaProblems({ ...kind, metadata, unheardOf: 1 });
    expect(problem, schemaName(kind)).toBeDefined();
    expect(problem).not.toContain('no schema');
  }
});

it('is documented with the versions that the schemas come from', () => {
  const readme = readFileSync(new URL('schemas/README.md', import.meta.url), 'utf8');
  for (const { module } of customKinds) expect(readme).toContain(module.replace('@', ' '));
});
