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
  tag: typeRef('imageTagOrEmpty'),
  digest: typeRef('digestOrEmpty'),
});

const persistence = closedObject({
  enabled: BOOLEAN,
  size: typeRef('quantity'),
  storageClass: typeRef('objectNameOrEmpty'),
});

const tolerations = listOf(ANY_OBJECT);
/** Either a workload of this chart, or configuration for one that is there. */
const mode = oneOf('bundled', 'existing');
/** Of Elasticsearch. */
const timeUnits: JsonSchema = { type: 'string', pattern: '^[1-9][0-9]*[dhm]$' };
const promDuration: JsonSchema = { type: 'string', pattern: '^[1-9][0-9]*(h|d|w|y)$' };

/** What the values of observability/ are. */
export const observabilitySchema: JsonSchema = closedObject({
  // The umbrella's switch, which Helm hands on.
  enabled: BOOLEAN,
  graph: typeRef('name'),
  graphNamespace: typeRef('objectNameOrEmpty'),
  ingressNamespace: typeRef('objectNameOrEmpty'),
  mesh: BOOLEAN,
  pullSecrets: listOf(closedObject({ name: typeRef('objectName') }, ['name'])),
  networkPolicy: closedObject({ dns: typeRef('peers'), apiServer: typeRef('peers') }),
  collector: closedObject({
    enabled: BOOLEAN,
    mode,
    // Services' NetworkPolicies need the port.
    url: { type: 'string', pattern: '^(https?://[^\\s/@]+:[0-9]+)?$' },
    image,
    from: typeRef('peers'),
    agent: closedObject({ resources: typeRef('resources'), tolerations }),
    gateway: closedObject({ replicas: integer(1), resources: typeRef('resources') }),
    tailSampling: closedObject({
      decisionWait: typeRef('duration'),
      slowerThanMs: integer(1),
      percentage: { type: 'number', minimum: 0, maximum: 100 },
    }),
  }),
  jaeger: closedObject({
    enabled: BOOLEAN,
    mode,
    otlpEndpoint: { type: 'string', pattern: '^([^\\s/@]+:[0-9]+)?$' },
    url: typeRef('httpUrlOrEmpty'),
    publicUrl: typeRef('httpUrl'),
    from: typeRef('peers'),
    image,
    storage: oneOf('elasticsearch', 'memory'),
    maxTraces: integer(1),
    retentionDays: integer(1),
    cleanerImage: image,
    replicas: integer(1),
    resources: typeRef('resources'),
  }),
  prometheus: closedObject({
    enabled: BOOLEAN,
    mode,
    url: typeRef('httpUrlOrEmpty'),
    peers: typeRef('peers'),
    image,
    scrapeInterval: typeRef('duration'),
    retention: promDuration,
    retentionSize: { type: 'string', pattern: '^[1-9][0-9]*(MB|GB|TB)$' },
    persistence,
    nodeMetrics: BOOLEAN,
    extraTargets: mapOf({ type: 'string', pattern: '^[^\\s/@]+:[0-9]+$' }, typeRef('name')),
    from: typeRef('peers'),
    labels: typeRef('labels'),
    resources: typeRef('resources'),
  }),
  alertmanager: closedObject({
    enabled: BOOLEAN,
    mode,
    url: typeRef('httpUrlOrEmpty'),
    publicUrl: typeRef('httpUrl'),
    from: typeRef('peers'),
    image,
    existingSecret: typeRef('objectNameOrEmpty'),
    egress: typeRef('egressRules'),
    replicas: integer(1),
    retention: promDuration,
    persistence,
    resources: typeRef('resources'),
  }),
  grafana: closedObject({
    enabled: BOOLEAN,
    mode,
    peers: typeRef('peers'),
    publicUrl: typeRef('httpUrl'),
    image,
    existingSecret: typeRef('objectNameOrEmpty'),
    from: typeRef('peers'),
    persistence,
    resources: typeRef('resources'),
  }),
  fluentd: closedObject({
    enabled: BOOLEAN,
    image,
    buffer: closedObject({
      size: { type: 'string', pattern: '^[1-9][0-9]*(MB|GB)$' },
      retryTimeout: { type: 'string', pattern: '^[1-9][0-9]*[mhd]$' },
    }),
    tolerations,
    resources: typeRef('resources'),
  }),
  elasticsearch: closedObject({
    enabled: BOOLEAN,
    mode: oneOf('bundled', 'eck', 'existing'),
    url: typeRef('httpUrlOrEmpty'),
    existingSecret: typeRef('objectNameOrEmpty'),
    caSecret: typeRef('objectNameOrEmpty'),
    to: typeRef('peers'),
    operatorNamespace: typeRef('objectName'),
    image,
    replicas: integer(1),
    persistence,
    resources: typeRef('resources'),
    environment: typeRef('name'),
    retention: mapOf(
      closedObject({
        rolloverAge: timeUnits,
        rolloverSize: { type: 'string', pattern: '^[1-9][0-9]*(mb|gb)$' },
        warmAfter: { type: 'string', pattern: '^([1-9][0-9]*[dhm])?$' },
        deleteAfter: timeUnits,
      }),
      typeRef('name'),
    ),
    gigabytesPerDay: integer(1),
    snapshots: closedObject({
      enabled: BOOLEAN,
      repository: typeRef('objectNameOrEmpty'),
      type: typeRef('nameOrEmpty'),
      settings: mapOf(STRING),
      existingSecret: typeRef('objectNameOrEmpty'),
      schedule: STRING,
      expireAfter: timeUnits,
    }),
    exporter: closedObject({ image, resources: typeRef('resources') }),
  }),
  kibana: closedObject({
    enabled: BOOLEAN,
    mode,
    url: typeRef('httpUrlOrEmpty'),
    caSecret: typeRef('objectNameOrEmpty'),
    to: typeRef('peers'),
    existingSecret: typeRef('objectNameOrEmpty'),
    publicUrl: typeRef('httpUrl'),
    image,
    from: typeRef('peers'),
    resources: typeRef('resources'),
  }),
  tools: closedObject({ image }),
  global: ANY_OBJECT,
});
