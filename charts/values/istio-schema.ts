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

const service = closedObject({
  calls: typeRef('names'),
  canary: closedObject({ enabled: BOOLEAN, weight: typeRef('weight') }),
  egress: oneOf('registry', 'any'),
});

const passthroughRoute = closedObject(
  {
    path: { type: 'string', pattern: '^/' },
    service: typeRef('name'),
    url: typeRef('httpUrl'),
    methods: listOf(oneOf('GET', 'POST', 'PUT', 'PATCH', 'DELETE')),
  },
  ['path'],
);

/** What the values of istio/ are. */
export const istioSchema: JsonSchema = closedObject({
  // The umbrella's switch, which Helm hands on.
  enabled: BOOLEAN,
  graph: typeRef('name'),
  services: mapOf(service, typeRef('name')),
  edges: listOf(
    closedObject({ to: typeRef('name'), port: typeRef('port'), from: typeRef('names') }, ['to', 'port', 'from']),
  ),
  passthrough: listOf(passthroughRoute),
  trustDomain: typeRef('host'),
  rootNamespace: typeRef('objectName'),
  ingress: closedObject({
    api: oneOf('istio', 'gateway-api'),
    hosts: { ...listOf(typeRef('hostPattern')), minItems: 1 },
    tlsSecret: typeRef('objectNameOrEmpty'),
    namespace: typeRef('objectName'),
    selector: typeRef('labels'),
    serviceAccount: typeRef('objectName'),
    requestsPerSecond: integer(0),
    timeout: typeRef('duration'),
  }),
  jwtRules: listOf({ type: 'object', required: ['issuer'], properties: { issuer: STRING } }),
  connectionPool: closedObject({
    maxConnections: integer(1),
    connectTimeout: typeRef('duration'),
    maxPendingRequests: integer(1),
    maxRequests: integer(1),
    toGateway: integer(1),
    idleTimeout: typeRef('duration'),
  }),
  outlierDetection: closedObject({
    consecutive5xxErrors: integer(1),
    interval: typeRef('duration'),
    baseEjectionTime: typeRef('duration'),
    maxEjectionPercent: typeRef('percent'),
  }),
  retries: closedObject({ attempts: integer(0) }),
  externalServices: typeRef('externalServices'),
  telemetry: closedObject({
    tracingProvider: STRING,
    samplingPercent: { type: 'number', minimum: 0, maximum: 100 },
    accessLogProvider: STRING,
    collectorHost: STRING,
  }),
  global: ANY_OBJECT,
});
