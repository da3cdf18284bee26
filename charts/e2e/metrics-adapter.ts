import { readFileSync } from 'node:fs';
import type { Cluster } from './cluster.ts';
import { addTlsSecret } from './tls-secret.ts';

const NAME = 'metrics-adapter';
/** Whom the charts' policies let read metrics. */
const NAMESPACE = 'monitoring';
const SCRIPT = readFileSync(new URL('metrics-adapter-script.js', import.meta.url), 'utf8');

/** Runs an adapter that tells HPAs `requests_per_second`. The returned function takes it away. */
export async function startMetricsAdapter(cluster: Cluster, image: string): Promise<() => Promise<void>> {
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }));
  await addTlsSecret(cluster, { name: NAME, namespace: NAMESPACE, host: `${NAME}.${NAMESPACE}.svc` });
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects(image) }), NAMESPACE);
  await cluster.kubectl(...['wait', '--namespace', NAMESPACE, '--for=condition=Ready', '--timeout=60s', `pod/${NAME}`]);
  return async () => {
    const rights = ['clusterrole', 'clusterrolebinding'].map((kind) => `${kind}/${NAME}`);
    await cluster.kubectl('delete', 'apiservice/v1beta2.custom.metrics.k8s.io', ...rights);
    await cluster.kubectl('delete', 'namespace', NAMESPACE);
  };
}

const metadata = { name: NAME, labels: { app: NAME } };

const objects = (image: string): object[] => [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata,
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: {
      serviceAccountName: NAME,
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: 'tls', secret: { secretName: NAME } }],
      containers: [
        {
          name: NAME,
          image,
          imagePullPolicy: 'IfNotPresent',
          args: ['-e', SCRIPT],
          env: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt' }],
          ports: [{ name: 'https', containerPort: 6443 }],
          readinessProbe: { tcpSocket: { port: 'https' }, periodSeconds: 1 },
          volumeMounts: [{ name: 'tls', mountPath: '/tls', readOnly: true }],
        },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { selector: { app: NAME }, ports: [{ port: 443, targetPort: 'https' }] },
  },
  {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta2.custom.metrics.k8s.io' },
    spec: {
      group: 'custom.metrics.k8s.io',
      version: 'v1beta2',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { name: NAME, namespace: NAMESPACE },
    },
  },
];
