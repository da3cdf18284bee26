import { istioSchema } from './istio-schema.ts';
import { ANY_OBJECT, BOOLEAN, closedObject, type JsonSchema, mapOf, oneOf } from './json-schema.ts';
import { observabilitySchema } from './observability-schema.ts';
import { serviceSchema } from './service-schema.ts';
import { typeRef } from './value-types.ts';

/** The keys of charts/service but for those that the umbrella alone knows. */
function serviceKeys(...withheld: readonly string[]): Record<string, JsonSchema> {
  const keys = Object.keys(serviceSchema.properties ?? {}).filter((key) => ![...withheld, 'global'].includes(key));
  return Object.fromEntries(keys.map((key) => [key, { $ref: `#/definitions/service/properties/${key}` }]));
}

// A line of `services` may be empty, as in `reviews:`. Its key is the service's name.
const line: JsonSchema = {
  ...closedObject({ enabled: BOOLEAN, ...serviceKeys('name', 'graph') }),
  type: ['object', 'null'],
};

const evaluationStore = {
  enabled: BOOLEAN,
  image: typeRef('imageReference'),
  pullPolicy: typeRef('pullPolicy'),
  storage: typeRef('storage'),
  storageClassName: typeRef('objectNameOrEmpty'),
  resources: typeRef('resources'),
};

const service: JsonSchema = { $ref: '#/definitions/service' };

/** What the values of charts/tributary are: its own, and those of the charts in it. */
export const tributarySchema: JsonSchema = {
  ...closedObject({
    graph: typeRef('nameOrEmpty'),
    image: closedObject({
      repository: typeRef('imageRepository'),
      tag: typeRef('imageTagOrEmpty'),
      pullPolicy: typeRef('pullPolicy'),
    }),
    publicUrl: typeRef('httpUrl'),
    services: mapOf(line, typeRef('name')),
    defaults: closedObject(serviceKeys('name', 'graph', 'component')),
    edges: mapOf(closedObject({ calls: typeRef('names'), broker: BOOLEAN, database: BOOLEAN }), typeRef('name')),
    demoData: BOOLEAN,
    postgres: closedObject(evaluationStore),
    nats: closedObject({
      ...evaluationStore,
      external: closedObject({
        servers: { type: 'array', items: typeRef('brokerUrl') },
        existingSecret: typeRef('objectNameOrEmpty'),
      }),
    }),
    redis: closedObject({
      enabled: BOOLEAN,
      image: typeRef('imageReference'),
      pullPolicy: typeRef('pullPolicy'),
      resources: typeRef('resources'),
      external: closedObject({ existingSecret: typeRef('objectNameOrEmpty') }),
    }),
    sandboxProvider: closedObject({ enabled: BOOLEAN, resources: typeRef('resources') }),
    helmTest: closedObject({ kind: oneOf('purchase', 'query') }),
    ingress: { $ref: '#/definitions/service/properties/ingress' },
    externalServices: typeRef('externalServices'),
    istio: istioSchema,
    observability: observabilitySchema,
    // Helm keeps the values of the chart service here.
    service,
    global: ANY_OBJECT,
  }),
  definitions: { service: serviceSchema },
};
