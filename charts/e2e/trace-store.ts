import type { Cluster, ClusterObject } from './cluster.ts';

const IMAGE = 'local/jaeger:e2e';
/** Where the charts, and Istio's values beside them, send traces. */
const NAMESPACE = 'observability';
const SERVICE = 'opentelemetry-collector';

export interface StoredSpan {
  id: string;
  parentId: string | undefined;
  /** Its `service.name`. */
  service: string;
  name: string;
  /** Its `span.kind`. */
  kind: string | undefined;
}

export interface TraceStore {
  /** What is known of a trace so far. */
  spans(traceId: string): Promise<StoredSpan[]>;
  stop(): Promise<void>;
}

/** Runs a Jaeger, which keeps in memory what it is sent, under the name of a collector. */
export async function startTraceStore(cluster: Cluster): Promise<TraceStore> {
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }));
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }), NAMESPACE);
  await cluster.kubectl('wait', '--namespace', NAMESPACE, '--for=condition=Ready', '--timeout=60s', 'pod/jaeger');
  return {
    async spans(traceId) {
      const path = `/api/v1/namespaces/${NAMESPACE}/services/${SERVICE}:query/proxy/api/traces/${traceId}`;
      const { data } = JSON.parse(await cluster.kubectl('get', '--raw', path));
      return data.flatMap(spansOf);
    },
    stop: async () => void (await cluster.kubectl('delete', 'namespace', NAMESPACE)),
  };
}

const spansOf = ({ spans, processes }: ClusterObject): StoredSpan[] =>
  spans.map(({ spanID, references, processID, operationName, tags }: ClusterObject) => ({
    id: spanID,
    parentId: references.find(({ refType }: ClusterObject) => refType === 'CHILD_OF')?.spanID,
    service: processes[processID].serviceName,
    name: operationName,
    kind: tags.find(({ key }: ClusterObject) => key === 'span.kind')?.value,
  }));

const PORTS = [
  { name: 'grpc-otlp', port: 4317 },
  { name: 'http-otlp', port: 4318 },
  { name: 'query', port: 16686 },
];

const objects: object[] = [
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'jaeger', labels: { app: SERVICE } },
    spec: {
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'jaeger',
          image: IMAGE,
          imagePullPolicy: 'IfNotPresent',
          env: [{ name: 'JAEGER_LISTEN_HOST', value: '0.0.0.0' }],
          ports: PORTS.map(({ name, port }) => ({ name, containerPort: port })),
          readinessProbe: { tcpSocket: { port: 'query' }, periodSeconds: 1 },
        },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: SERVICE },
    spec: { selector: { app: SERVICE }, ports: PORTS },
  },
];
