import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonSchema, schemaName } from './schema-name.ts';
import { kubernetesKinds } from './schema-sources.ts';

const DEFINITIONS = 'kubernetes_validate/kubernetes-json-schema/v1.37.0-local-strict/_definitions.json';
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/**
 * The strict JSON Schemas of Kubernetes's own kinds by name, and `definitions` of what they share.
 *
 * @param packages folder that the Python package kubernetes-validate is installed in
 */
export function kubernetesSchemas(packages: string): Map<string, JsonSchema> {
  const { $defs: all } = JSON.parse(readFileSync(join(packages, DEFINITIONS), 'utf8')) as { $defs: JsonSchema };
  const schemas = new Map<string, JsonSchema>();
  const shared = new Map<string, JsonSchema>();
  const wanted: string[] = [`${META}.ObjectMeta`];
  const seen = (reference: string): string => {
    const name = reference.slice(reference.lastIndexOf('/') + 1);
    wanted.push(name);
    return `definitions.json#/$defs/${shortName(name)}`;
  };
  for (const root of kubernetesKinds) {
    const { 'x-kubernetes-group-version-kind': gvks, ...definition } = all[root];
    const [{ group, version, kind }] = gvks;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    const schema = compact(definition, seen);
    Object.assign(schema.properties, { apiVersion: { const: apiVersion }, kind: { const: kind } });
    schema.required = [...new Set([...(schema.required ?? []), 'apiVersion', 'kind', 'metadata'])];
    schemas.set(schemaName({ apiVersion, kind }), { ...schema, type: 'object' });
  }
  for (const name of wanted) {
    if (shared.has(shortName(name))) continue;
    shared.set(shortName(name), {});
    shared.set(shortName(name), adjusted(name) ?? compact(all[name], seen));
  }
  const $defs = Object.fromEntries([...shared].sort(([a], [b]) => (a < b ? -1 : 1)));
  Object.assign($defs.ObjectMeta?.properties, objectMeta);
  return schemas.set('definitions', { $defs });
}

/** Two of Kubernetes's definitions have one last name, in different groups. */
const shortName = (name: string): string =>
  name.startsWith(`${META}.`)
    ? name.slice(META.length + 1)
    : name.replace(/^io\.k8s\.(kube-aggregator\.pkg\.)?apis?\./, '');

/** What the API server also asks of these, which OpenAPI does not say. */
function adjusted(name: string): JsonSchema | undefined {
  if (name.endsWith('.Quantity')) {
    const number = '[+-]?(\\d+(\\.\\d*)?|\\.\\d+)';
    return { type: ['string', 'number', 'null'], pattern: `^${number}([KMGTPE]i|[numkMGTPE]|[eE][+-]?\\d+)?$` };
  }
  if (name.endsWith('.IntOrString')) return { type: ['string', 'integer', 'null'] };
  return undefined;
}

const qualified = '([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const objectMeta = {
  name: { type: 'string', maxLength: 253, pattern: '^[a-z0-9]([-a-z0-9.:]*[a-z0-9])?$' },
  labels: {
    type: ['object', 'null'],
    propertyNames: { pattern: `^${qualified}$` },
    additionalProperties: { type: 'string', pattern: '^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$' },
  },
  annotations: {
    type: ['object', 'null'],
    propertyNames: { pattern: `^${qualified}$` },
    additionalProperties: { type: 'string' },
  },
};

const dropped = new Set(['description', 'format', 'default']);

/** Without what only people read, and with its references into the shared definitions. */
function compact(source: JsonSchema, reference: (name: string) => string): JsonSchema {
  const walk = (value: unknown, isMap: boolean): unknown => {
    if (Array.isArray(value)) return value.map((each) => walk(each, false));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).filter(([key]) => isMap || isKept(key));
    return Object.fromEntries(
      entries.map(([key, each]) => [
        key,
        key === '$ref' && !isMap ? reference(each) : walk(each, !isMap && key === 'properties'),
      ]),
    );
  };
  return walk(source, false) as JsonSchema;
}

const isKept = (key: string): boolean =>
  !dropped.has(key) && (!key.startsWith('x-kubernetes-') || key === 'x-kubernetes-list-map-keys');
