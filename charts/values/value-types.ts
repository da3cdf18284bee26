import { ANY_OBJECT, closedObject, integer, type JsonSchema, listOf, mapOf, oneOf, STRING } from './json-schema.ts';

const matching = (pattern: string): JsonSchema => ({ type: 'string', pattern: `^${pattern}$` });
/** Where an empty string stands for a default that the chart knows. */
const matchingOrEmpty = (pattern: string): JsonSchema => matching(`(${pattern})?`);

const NAME = '[a-z]([a-z0-9-]{0,38}[a-z0-9])?';
const DNS_NAME = '[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?';
const DURATION = '([0-9]{1,5}(h|m|s|ms)){1,4}';
const IMAGE_NAME = '[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*';
// The first part may be a registry with its port.
const IMAGE_REPOSITORY = '[a-z0-9][a-z0-9._-]*(:[0-9]+)?(/[a-z0-9][a-z0-9._-]*)*';
const TAG = '[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}';
const DIGEST = 'sha256:[a-f0-9]{64}';
const QUANTITY = '[0-9]+(\\.[0-9]+)?([numkMGTPE]|[KMGTPE]i)?';

/**
 * What values are made of: each is a definition of the schemas that use it. Patterns are of RE2, in which Helm reads them:
 * without look-around.
 */
const types = {
  // A service or a graph: they are joined into names of objects, of at most 63 characters.
  name: matching(NAME),
  nameOrEmpty: matchingOrEmpty(NAME),
  names: listOf({ $ref: '#/definitions/name' }),
  // Of a Secret, ConfigMap, storage class, …
  objectName: matching(DNS_NAME),
  objectNameOrEmpty: matchingOrEmpty(DNS_NAME),
  secretKey: matching('[-._a-zA-Z0-9]+'),
  environmentVariable: matching('[A-Za-z_][A-Za-z0-9_]*'),
  host: matching(DNS_NAME),
  hostOrEmpty: matchingOrEmpty(DNS_NAME),
  // `*` alone or in place of the first label.
  hostPattern: matching(`(\\*|(\\*\\.)?${DNS_NAME})`),
  httpUrl: matching('https?://[^\\s/@]+(/\\S*)?'),
  httpUrlOrEmpty: matchingOrEmpty('https?://[^\\s/@]+(/\\S*)?'),
  // NetworkPolicies need the port.
  httpUrlWithPort: matching('https?://[^\\s/@]+:[0-9]+(/\\S*)?'),
  // Without a user or token: those are in a Secret.
  brokerUrl: matching('(nats|tls)://[^\\s/@]+'),
  port: integer(1, 65_535),
  percent: integer(1, 100),
  weight: integer(0, 100),
  seconds: integer(0),
  duration: matching(DURATION),
  quantity: { type: ['string', 'number'], minimum: 0, pattern: `^${QUANTITY}$` },
  // 0 for none: a number, as the string "0" would be a size.
  storage: { type: ['string', 'integer'], maximum: 0, minimum: 0, pattern: '^[1-9][0-9]*([kMGTPE]|[KMGTPE]i)$' },
  imageRepository: matching(IMAGE_REPOSITORY),
  imageNameOrEmpty: matchingOrEmpty(IMAGE_NAME),
  imageReference: matching(`${IMAGE_REPOSITORY}(:${TAG})?(@${DIGEST})?`),
  imageTagOrEmpty: matchingOrEmpty(TAG),
  digestOrEmpty: matchingOrEmpty(DIGEST),
  pullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
  labels: mapOf(STRING),
  resources: closedObject({
    requests: mapOf({ $ref: '#/definitions/quantity' }),
    limits: mapOf({ $ref: '#/definitions/quantity' }),
  }),
  // HorizontalPodAutoscalerBehavior.
  scalingBehavior: closedObject({
    scaleUp: { $ref: '#/definitions/scalingRules' },
    scaleDown: { $ref: '#/definitions/scalingRules' },
  }),
  scalingRules: closedObject({
    stabilizationWindowSeconds: integer(0, 3600),
    policies: listOf(
      closedObject({ type: oneOf('Pods', 'Percent'), value: integer(1), periodSeconds: integer(1, 1800) }, [
        'type',
        'value',
        'periodSeconds',
      ]),
    ),
    selectPolicy: oneOf('Max', 'Min', 'Disabled'),
  }),
  // NetworkPolicyPeers. Kubernetes refuses one that says nothing.
  peers: listOf({
    ...closedObject({ podSelector: ANY_OBJECT, namespaceSelector: ANY_OBJECT, ipBlock: ANY_OBJECT }),
    minProperties: 1,
  }),
  // NetworkPolicyEgressRules.
  egressRules: listOf(closedObject({ to: { $ref: '#/definitions/peers' }, ports: listOf(ANY_OBJECT) })),
  externalServices: mapOf(
    closedObject(
      {
        hosts: { ...listOf({ $ref: '#/definitions/host' }), minItems: 1 },
        port: { $ref: '#/definitions/port' },
        protocol: oneOf('TLS', 'HTTPS', 'TCP'),
        services: { $ref: '#/definitions/names' },
      },
      ['hosts', 'port', 'protocol', 'services'],
    ),
    { $ref: '#/definitions/name' },
  ),
} satisfies Record<string, JsonSchema>;

/** Types of values by name, for `definitions`. */
export const valueTypes: Readonly<Record<string, JsonSchema>> = types;

/** A reference to one of them. */
export const typeRef = (name: keyof typeof types): JsonSchema => ({ $ref: `#/definitions/${name}` });
