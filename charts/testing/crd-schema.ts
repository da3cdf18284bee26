import { type JsonSchema, schemaName } from './schema-name.ts';

/** What is read of a CustomResourceDefinition. */
export interface Crd {
  readonly kind: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: JsonSchema } }[];
  };
}

interface Wanted {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * The strict JSON Schema of a kind that a CRD defines, and the messages of the CEL rules that it leaves out.
 *
 * @throws if no CRD has that kind, or a pattern is none in JavaScript
 */
export function crdSchema(crds: readonly (Crd | null)[], wanted: Wanted) {
  const [group, version] = wanted.apiVersion.split('/');
  const crd = crds.find((each) => each?.spec.group === group && each?.spec.names.kind === wanted.kind);
  const source = crd?.spec.versions.find(({ name }) => name === version)?.schema.openAPIV3Schema;
  if (source === undefined) throw new Error(`no CRD of ${wanted.apiVersion} ${wanted.kind}`);
  const celRules = new Set<string>();
  const schema = strict(source, celRules, true);
  const identity = {
    apiVersion: { const: wanted.apiVersion },
    kind: { const: wanted.kind },
    metadata: { $ref: 'definitions.json#/$defs/ObjectMeta' },
  };
  return {
    name: schemaName(wanted),
    schema: {
      ...schema,
      required: [...new Set([...(schema.required ?? []), ...Object.keys(identity)])],
      properties: { ...schema.properties, ...identity },
    },
    celRules: [...celRules],
  };
}

const kept = [
  ...['enum', 'required', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties'],
  'x-kubernetes-list-map-keys',
];

/**
 * @param celRules collects the messages of CEL rules
 * @param structural whether an object lists all its fields: not so inside of anyOf and its like
 */
function strict(source: JsonSchema, celRules: Set<string>, structural: boolean): JsonSchema {
  const schema: JsonSchema = {};
  for (const key of kept) if (source[key] !== undefined) schema[key] = source[key];
  if (source.pattern !== undefined) schema.pattern = inJavaScript(source.pattern);
  for (const { message, rule } of source['x-kubernetes-validations'] ?? []) celRules.add(message ?? rule);
  const type = source['x-kubernetes-int-or-string'] ? ['integer', 'string'] : source.type;
  if (type !== undefined) schema.type = source.nullable ? [type, 'null'].flat() : type;
  if (source.nullable && schema.enum) schema.enum = [...schema.enum, null];
  if (source.items) schema.items = strict(source.items, celRules, structural);
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    if (source[key]) schema[key] = source[key].map((each: JsonSchema) => strict(each, celRules, false));
  }
  if (source.not) schema.not = strict(source.not, celRules, false);
  if (source.properties) {
    schema.properties = Object.fromEntries(
      Object.entries<JsonSchema>(source.properties).map(([name, each]) => [name, strict(each, celRules, structural)]),
    );
  }
  if (typeof source.additionalProperties === 'object') {
    schema.additionalProperties = strict(source.additionalProperties, celRules, structural);
  } else if (structural && type === 'object' && !source['x-kubernetes-preserve-unknown-fields']) {
    schema.additionalProperties = source.additionalProperties ?? false;
  }
  return schema;
}

/** Go writes `(?i)` before what it holds for, JavaScript around it. */
function inJavaScript(pattern: string): string {
  const translated = pattern.replace(/^(\^?)\(\?i\)(.*)$/, '$1(?i:$2)');
  return new RegExp(translated).source;
}
