import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { inNamespace } from './specifications.ts';
import { backendsOf, outsidePod, podsBehind, podsOf, servicesOf } from './workloads.ts';

const namespaces = { shop: { team: 'a' } };

const template = (labels: Record<string, string>, spec: object = {}) => ({
  metadata: { labels },
  spec: { containers: [{ ports: [{ name: 'http', containerPort: 4000 }] }], ...spec },
});

const workload = (kind: string, name: string, labels: Record<string, string>, spec: object = {}): KubernetesObject => ({
  apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
  kind,
  metadata: { name, namespace: 'shop' },
  spec: { template: template(labels, spec) },
});

const service = (spec: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'users', namespace: 'shop' },
  spec,
});

describe('podsOf', () => {
  it('makes one pod of each workload, with its labels, account, and the ports of all containers', () => {
    const [pod] = podsOf(
      [
        workload(
          'Deployment',
          'users',
          { app: 'users' },
          {
            serviceAccountName: 'users',
            initContainers: [{ ports: [{ containerPort: 5000, protocol: 'UDP' }] }],
          },
        ),
      ],
      namespaces,
    );
    expect(pod).toEqual({
      kind: 'pod',
      id: 'shop/users',
      namespace: 'shop',
      namespaceLabels: { team: 'a', 'kubernetes.io/metadata.name': 'shop' },
      labels: { app: 'users' },
      annotations: {},
      serviceAccount: 'users',
      ports: [
        { number: 5000, protocol: 'UDP' },
        { name: 'http', number: 4000, protocol: 'TCP' },
      ],
      address: '10.244.0.10',
    });
  });

  it('knows StatefulSet, DaemonSet, Job, CronJob and Pod, and passes over what makes no pods', () => {
    const bare = { apiVersion: 'v1', kind: 'Pod', ...template({ app: 'test' }) } as unknown as KubernetesObject;
    const job = workload('Job', 'cleaner', { app: 'cleaner' });
    const nightly = { ...job, apiVersion: 'batch/v1', kind: 'CronJob', spec: { jobTemplate: { spec: job.spec } } };
    const pods = podsOf(
      [
        workload('StatefulSet', 'database', {}),
        workload('Job', 'provision', { app: 'tools' }),
        { ...bare, metadata: { ...bare.metadata, name: 'test', namespace: 'shop' } },
        workload('DaemonSet', 'agent', {}),
        nightly,
        service({ ports: [] }),
      ],
      namespaces,
    );
    expect(pods.map(({ id, serviceAccount }) => `${id} ${serviceAccount}`)).toEqual([
      'shop/database default',
      'shop/provision default',
      'shop/test default',
      'shop/agent default',
      'shop/cleaner default',
    ]);
    expect(pods[1]?.labels).toEqual({
      app: 'tools',
      'job-name': 'provision',
      'batch.kubernetes.io/job-name': 'provision',
    });
    expect(pods[2]?.labels).toEqual({ app: 'test' });
    expect(pods[4]?.labels).toEqual({ app: 'cleaner' });
  });

  it.each<[string, KubernetesObject]>([
    ['ReplicaSet agent is not simulated', workload('ReplicaSet', 'agent', {})],
    ['hostNetwork is not simulated', workload('Deployment', 'users', {}, { hostNetwork: true })],
    ['it has no namespace', { ...workload('Deployment', 'users', {}), metadata: { name: 'users' } }],
    ['namespace other is not described', { ...workload('Job', 'j', {}), metadata: { name: 'j', namespace: 'other' } }],
  ])('refuses what it could get wrong: %s', (message, object) => {
    expect(() => podsOf([object], namespaces)).toThrow(message);
  });
});

describe('inNamespace', () => {
  it('fills in the namespace where a template names none, and leaves another', () => {
    const objects = inNamespace(
      [
        { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } },
        { apiVersion: 'v1', kind: 'Service', metadata: { name: 'b', namespace: 'other' } },
      ],
      'shop',
    );
    expect(objects.map(({ metadata }) => metadata.namespace)).toEqual(['shop', 'other']);
  });
});

describe('backendsOf', () => {
  const pods = [
    ...podsOf(
      [workload('Deployment', 'users', { app: 'users' }), workload('Deployment', 'orders', { app: 'orders' })],
      namespaces,
    ),
    outsidePod({ id: 'elsewhere', namespace: 'other', labels: { app: 'users' } }, { other: {} }),
  ];
  const backends = (spec: object, port = 80) =>
    servicesOf([service(spec)]).flatMap((each) => backendsOf(each, port, pods).map((to) => `${to.pod.id}:${to.port}`));

  it.each<[string, object, string[]]>([
    [
      'a named target port',
      { selector: { app: 'users' }, ports: [{ port: 80, targetPort: 'http' }] },
      ['shop/users:4000'],
    ],
    [
      'a numbered one, declared or not',
      { selector: { app: 'users' }, ports: [{ port: 80, targetPort: 9 }] },
      ['shop/users:9'],
    ],
    ['no target port: the same number', { selector: { app: 'users' }, ports: [{ port: 80 }] }, ['shop/users:80']],
    ['a name that no container has', { selector: { app: 'users' }, ports: [{ port: 80, targetPort: 'web' }] }, []],
    ['no such port', { selector: { app: 'users' }, ports: [{ port: 81 }] }, []],
    ['no selector', { ports: [{ port: 80 }] }, []],
  ])('%s', (_, spec, expected) => {
    expect(backends(spec)).toEqual(expected);
  });

  it('selects pods of the own namespace only', () => {
    const [users] = servicesOf([service({ selector: { app: 'users' }, ports: [] })]);
    expect(users && podsBehind(users, pods).map(({ id }) => id)).toEqual(['shop/users']);
  });

  it('refuses an ExternalName', () => {
    expect(() => servicesOf([service({ type: 'ExternalName', ports: [] })])).toThrow('ExternalName');
  });
});
