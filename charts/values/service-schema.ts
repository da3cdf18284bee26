import {
  ANY_OBJECT,
  BOOLEAN,
  closedObject,
  integer,
  type JsonSchema,
  listOf,
  mapOf,
  oneOf,
  STRING,
} from './json-schema.ts';
import { typeRef } from './value-types.ts';

const image = closedObject({
  repository: typeRef('imageRepository'),
  name: typeRef('imageNameOrEmpty'),
  tag: typeRef('imageTagOrEmpty'),
  digest: typeRef('digestOrEmpty'),
  pullPolicy: typeRef('pullPolicy'),
});

const supergraph = closedObject({
  sdl: STRING,
  configMap: typeRef('objectNameOrEmpty'),
  url: typeRef('httpUrlOrEmpty'),
  lines: STRING,
});

/** What charts/service takes, key by key in the order of its values.yaml. */
const properties: Readonly<Record<string, JsonSchema>> = {
  // Empty in values.yaml, where Helm checks it also inside of an umbrella. The chart itself refuses to render without it.
  name: typeRef('nameOrEmpty'),
  graph: typeRef('name'),
  component: oneOf('gateway', 'subgraph'),
  image,
  pullSecrets: listOf(closedObject({ name: typeRef('objectName') }, ['name'])),
  config: ANY_OBJECT,
  env: listOf(closedObject({ name: typeRef('environmentVariable'), value: STRING, valueFrom: ANY_OBJECT }, ['name'])),
  nodeOptions: STRING,
  secrets: closedObject({
    existingSecret: typeRef('objectNameOrEmpty'),
    env: mapOf(typeRef('secretKey'), typeRef('environmentVariable')),
  }),
  database: closedObject({
    enabled: BOOLEAN,
    existingSecret: typeRef('objectNameOrEmpty'),
    host: typeRef('hostOrEmpty'),
    port: typeRef('port'),
    name: { type: 'string', pattern: '^[A-Za-z0-9_-]+$' },
    to: typeRef('peers'),
  }),
  migrations: closedObject({ mode: oneOf('initContainer', 'hook') }),
  broker: closedObject({
    enabled: BOOLEAN,
    servers: listOf(typeRef('brokerUrl')),
    existingSecret: typeRef('objectNameOrEmpty'),
    to: typeRef('peers'),
  }),
  redis: closedObject({
    host: typeRef('hostOrEmpty'),
    existingSecret: typeRef('objectNameOrEmpty'),
    to: typeRef('peers'),
  }),
  calls: typeRef('names'),
  callers: typeRef('names'),
  identity: closedObject({
    existingSecret: typeRef('objectNameOrEmpty'),
    trustedSecrets: mapOf(typeRef('objectName'), typeRef('name')),
  }),
  supergraph,
  documents: mapOf(STRING, { type: 'string', pattern: '^[-._a-zA-Z0-9]+/[-._a-zA-Z0-9]+\\.graphql$' }),
  rest: mapOf(STRING, { type: 'string', pattern: '^[-._a-zA-Z0-9]+\\.(graphql|yaml)$' }),
  replicaCount: integer(1),
  resources: typeRef('resources'),
  drain: closedObject({ preStopSeconds: typeRef('seconds'), timeoutSeconds: typeRef('seconds') }),
  probes: closedObject({ startupSeconds: integer(1) }),
  autoscaling: closedObject({
    enabled: BOOLEAN,
    minReplicas: integer(1),
    maxReplicas: integer(1),
    cpu: typeRef('percent'),
    memory: typeRef('percent'),
    requestsPerSecond: integer(0),
    pendingEvents: integer(0),
    metrics: oneOf('prometheus-adapter', 'keda', 'none'),
    prometheusUrl: typeRef('httpUrl'),
    behavior: typeRef('scalingBehavior'),
  }),
  vpa: closedObject({
    enabled: BOOLEAN,
    updateMode: oneOf('Off', 'Initial', 'Recreate', 'InPlaceOrRecreate', 'Auto'),
  }),
  canary: closedObject({
    enabled: BOOLEAN,
    weight: typeRef('weight'),
    replicaCount: integer(1),
    image,
    config: ANY_OBJECT,
    supergraph,
  }),
  podDisruptionBudget: closedObject({
    maxUnavailable: { type: ['integer', 'string'], minimum: 1, pattern: '^(100|[1-9][0-9]?)%$' },
  }),
  nodeSelector: typeRef('labels'),
  tolerations: listOf(ANY_OBJECT),
  affinity: ANY_OBJECT,
  podAnnotations: typeRef('labels'),
  serviceAccount: closedObject({ annotations: typeRef('labels') }),
  writable: mapOf(
    closedObject({ mountPath: { type: 'string', pattern: '^/[^:]*$' }, sizeLimit: typeRef('quantity') }, [
      'mountPath',
      'sizeLimit',
    ]),
    typeRef('name'),
  ),
  networkPolicy: closedObject({
    enabled: BOOLEAN,
    from: typeRef('peers'),
    egress: typeRef('egressRules'),
    metricsFrom: typeRef('peers'),
    dns: typeRef('peers'),
  }),
  tracing: closedObject({ enabled: BOOLEAN, endpoint: typeRef('httpUrlWithPort'), to: typeRef('peers') }),
  metrics: closedObject({
    monitor: oneOf('PodMonitor', 'ServiceMonitor', 'none'),
    interval: typeRef('duration'),
    labels: typeRef('labels'),
  }),
  ingress: closedObject({
    enabled: BOOLEAN,
    className: typeRef('objectName'),
    annotations: typeRef('labels'),
    host: typeRef('hostOrEmpty'),
    tlsSecret: typeRef('objectNameOrEmpty'),
    namespace: typeRef('objectName'),
    inMesh: BOOLEAN,
  }),
  mesh: closedObject({ enabled: BOOLEAN, egress: oneOf('registry', 'any') }),
  trackServices: BOOLEAN,
};

/** What the values of charts/service are. */
export const serviceSchema: JsonSchema = closedObject({ ...properties, global: ANY_OBJECT });
