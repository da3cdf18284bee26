import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from './kubernetes-object.ts';
import { excuses, type SpecRuleName, specFacts, specFindings } from './spec-facts.ts';

// biome-ignore lint/suspicious/noExplicitAny: each test breaks something deep in it
type Rendered = Record<'deployment' | 'job' | 'budget' | 'service' | 'account' | 'config' | 'secret' | 'hpa', any>;

const probe = { httpGet: { path: '/health', port: 'admin' } };
const securityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};
const resources = { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '512Mi' } };
const image = { image: 'registry.example.com:5000/users:1.2.3', imagePullPolicy: 'IfNotPresent' };
const podSecurity = { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } };
const labels = { name: 'users' };

const pod = {
  automountServiceAccountToken: false,
  serviceAccountName: 'users',
  securityContext: podSecurity,
  initContainers: [{ name: 'migrate', ...image, securityContext, resources }],
};

/** Objects in which every rule holds. */
const sound = (): Rendered =>
  structuredClone({
    deployment: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'users' },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } },
        template: {
          metadata: { labels, annotations: { 'checksum/config': 'abc' } },
          spec: {
            ...pod,
            terminationGracePeriodSeconds: 27,
            topologySpreadConstraints: [
              { topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: labels } },
            ],
            containers: [
              {
                name: 'users',
                ...image,
                ...{ securityContext, resources, startupProbe: probe, readinessProbe: probe, livenessProbe: probe },
                env: [{ name: 'URL', valueFrom: { secretKeyRef: { name: 'users', key: 'url' } } }],
                ports: [
                  { name: 'http', containerPort: 4000 },
                  { name: 'admin', containerPort: 9400 },
                ],
                lifecycle: { preStop: { sleep: { seconds: 5 } } },
                volumeMounts: [{ name: 'config', mountPath: '/etc/users' }],
              },
            ],
            volumes: [{ name: 'config', configMap: { name: 'users' } }],
          },
        },
      },
    },
    job: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'provision' },
      spec: {
        template: {
          metadata: { labels: { name: 'provision' } },
          spec: { ...pod, containers: [{ name: 'provision', ...image, securityContext, resources }] },
        },
      },
    },
    budget: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'users' },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'users' },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 'http' }, { port: 4000 }] },
    },
    account: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'users' },
      automountServiceAccountToken: false,
    },
    config: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'users' },
      data: { 'config.yaml': 'server: { drainTimeout: 20s }' },
    },
    secret: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'users' }, data: { url: 'eA==' } },
    hpa: {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'users' },
      spec: { scaleTargetRef: { kind: 'Deployment', name: 'users' }, minReplicas: 3 },
    },
  });

const podOf = ({ deployment }: Rendered) => deployment.spec.template.spec;
const containerOf = (rendered: Rendered) => podOf(rendered).containers[0];

/** One break each, of exactly that rule. */
const breaks: [SpecRuleName, string, (rendered: Rendered) => void][] = [
  ['run-as-non-root', 'not said', (all) => delete podOf(all).securityContext.runAsNonRoot],
  ['run-as-non-root', "a container's own", (all) => (containerOf(all).securityContext.runAsNonRoot = false)],
  ['numeric-user', 'root', (all) => (podOf(all).securityContext.runAsUser = 0)],
  ['read-only-root', 'not said', (all) => delete containerOf(all).securityContext.readOnlyRootFilesystem],
  [
    'no-privilege-escalation',
    'of an init container',
    ({ job }) => delete job.spec.template.spec.initContainers[0].securityContext.allowPrivilegeEscalation,
  ],
  ['no-capabilities', 'kept', (all) => (containerOf(all).securityContext.capabilities.drop = ['NET_RAW'])],
  ['no-capabilities', 'added', (all) => (containerOf(all).securityContext.capabilities.add = ['NET_ADMIN'])],
  ['seccomp', 'not confined', (all) => (podOf(all).securityContext.seccompProfile.type = 'Unconfined')],
  ['no-privileged-container', 'privileged', (all) => (containerOf(all).securityContext.privileged = true)],
  ['no-host-port', 'a port', (all) => (containerOf(all).ports[0].hostPort = 80)],
  ['no-host-access', 'its network', (all) => (podOf(all).hostNetwork = true)],
  ['no-host-access', 'its processes', (all) => (podOf(all).hostPID = true)],
  ['no-host-access', 'its files', (all) => mount(all, { hostPath: { path: '/' } })],
  ['no-token', 'of a pod', (all) => delete podOf(all).automountServiceAccountToken],
  ['no-token', 'of a service account', ({ account }) => delete account.automountServiceAccountToken],
  ['resources', 'no limit', (all) => delete containerOf(all).resources.limits.memory],
  ['resources', 'no request', (all) => delete containerOf(all).resources.requests.cpu],
  ['image', 'latest', (all) => (containerOf(all).image = 'users:latest')],
  ['image', 'no tag, behind a port', (all) => (containerOf(all).image = 'registry.example.com:5000/users')],
  ['image', 'always pulled', (all) => (containerOf(all).imagePullPolicy = 'Always')],
  ['probes', 'none', (all) => delete containerOf(all).startupProbe],
  ['probes', 'of another port', (all) => (containerOf(all).livenessProbe = { httpGet: { port: 'http' } })],
  ['probes', 'no such port', (all) => containerOf(all).ports.pop()],
  ['topology-spread', 'none', (all) => delete podOf(all).topologySpreadConstraints],
  ['topology-spread', 'forced', (all) => (podOf(all).topologySpreadConstraints[0].whenUnsatisfiable = 'DoNotSchedule')],
  [
    'topology-spread',
    'of others',
    (all) => (podOf(all).topologySpreadConstraints[0].labelSelector.matchLabels = { name: 'orders' }),
  ],
  ['disruption-budget', 'blocks', ({ budget }) => (budget.spec.maxUnavailable = 0)],
  ['disruption-budget', 'blocks the least that an HPA leaves', ({ budget }) => keepAvailable(budget, 3)],
  ['disruption-budget', 'blocks, in per cent', ({ budget }) => keepAvailable(budget, '70%')],
  ['rolling-update', 'takes pods away first', ({ deployment }) => delete deployment.spec.strategy.rollingUpdate],
  ['grace-period', 'too short', (all) => (podOf(all).terminationGracePeriodSeconds = 26)],
  ['grace-period', 'unknown drain', ({ config }) => (config.data = {})],
  [
    'disjoint-selectors',
    'takes in a job',
    ({ job }) => Object.assign(job.spec.template.metadata.labels, { name: 'users', job: 'yes' }),
  ],
  ['target-port', 'none of that name', ({ service }) => (service.spec.ports[0].targetPort = 'web')],
  ['target-port', 'nobody selected', ({ service }) => (service.spec.selector = { name: 'reviews' })],
  ['reference', 'to a Secret', ({ secret }) => (secret.metadata.name = 'other')],
  ['reference', 'to a key of one', ({ secret }) => (secret.data = { URL: 'eA==' })],
  ['reference', 'to an account', ({ account }) => (account.metadata.name = 'other')],
  ['reference', 'to a claim', (all) => mount(all, { persistentVolumeClaim: { claimName: 'data' } })],
  [
    'reference',
    'to a projected Secret',
    (all) => mount(all, { projected: { sources: [{ secret: { name: 'key' } }] } }),
  ],
  ['mount', 'of no volume', (all) => containerOf(all).volumeMounts.push({ name: 'tmp', mountPath: '/tmp' })],
  ['mount', 'nowhere', (all) => podOf(all).volumes.push({ name: 'tmp', emptyDir: {} })],
  ['checksum', 'none', ({ deployment }) => delete deployment.spec.template.metadata.annotations['checksum/config']],
  ['unique', 'twice', (all) => Object.assign(all.hpa, structuredClone(all.account))],
];

const keepAvailable = (budget: Rendered['budget'], minAvailable: number | string) => {
  delete budget.spec.maxUnavailable;
  budget.spec.minAvailable = minAvailable;
};

const mount = (all: Rendered, volume: object) => {
  podOf(all).volumes.push({ name: 'more', ...volume });
  containerOf(all).volumeMounts.push({ name: 'more', mountPath: '/more' });
};

const rulesBroken = (rendered: Rendered): SpecRuleName[] => [
  ...new Set(specFindings(Object.values(rendered) as KubernetesObject[]).map(({ rule }) => rule)),
];

describe('the rules', () => {
  it('hold for sound objects', () => {
    expect(specFacts(Object.values(sound()), [])).toEqual([]);
  });

  it.each(breaks)('%s: %s', (rule, _, breakIt) => {
    const rendered = sound();
    breakIt(rendered);
    // A budget and a Service that select the users then select the job too.
    const others = rule === 'disjoint-selectors' ? ['disruption-budget', 'target-port'] : [];
    expect(rulesBroken(rendered).filter((each) => !others.includes(each))).toEqual([rule]);
  });

  it('selector: not its own pods', () => {
    const rendered = sound();
    rendered.deployment.spec.selector.matchLabels = { name: 'other' };
    expect(rulesBroken(rendered)).toEqual(['selector']);
  });

  it('disruption-budget: two for one pod, of which none may then be evicted', () => {
    const rendered = sound();
    const second = { ...structuredClone(rendered.budget), metadata: { name: 'more' } };
    expect(specFacts([...Object.values(rendered), second], [])).toEqual([
      'Deployment users: has 2 disruption budgets (disruption-budget)',
    ]);
  });
});

describe('an exception', () => {
  const finding = { object: 'StatefulSet shop-nats', rule: 'probes', problem: 'none' } as const;

  it('excuses a rule for the objects that it names, and nothing else', () => {
    const exception = { object: 'StatefulSet *-nats', rule: 'probes', reason: '' } as const;
    expect(excuses(exception, finding)).toBe(true);
    expect(excuses({ ...exception, rule: 'image' }, finding)).toBe(false);
    expect(excuses(exception, { ...finding, object: 'StatefulSet shop-nats-2' })).toBe(false);
  });

  it('is taken into account', () => {
    const rendered = sound();
    rendered.budget.spec.maxUnavailable = 0;
    const exception = { object: 'PodDisruptionBudget users', rule: 'disruption-budget', reason: '' } as const;
    expect(specFacts(Object.values(rendered), [exception])).toEqual([]);
  });
});
