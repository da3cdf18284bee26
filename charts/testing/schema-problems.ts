import { existsSync, readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { type KubernetesObject, nameOf } from './kubernetes-object.ts';
import { schemaName } from './schema-name.ts';

const ajv = new Ajv({
  allErrors: true,
  strict: false,
  verbose: true,
  unicodeRegExp: false,
  keywords: [listMapKeys()],
  code: { optimize: false },
  inlineRefs: false,
});
ajv.addSchema(schemaOf('definitions') ?? {}, 'definitions.json');

const validators = new Map<string, ValidateFunction | undefined>();

/**
 * What an API server would refuse an object for, or drop: unknown fields, wrong types and values, missing fields, two
 * entries of one key in a list, names and labels that are none. Rules in CEL are not among them: those that are left
 * out stand in `schemas/not-checked.md`. A kind without a schema is a problem too.
 *
 * @returns findings like `Deployment tributary-users: /spec/replica is unknown`
 */
export function schemaProblems(object: KubernetesObject): string[] {
  const name = schemaName(object);
  if (!validators.has(name)) {
    const schema = schemaOf(name);
    validators.set(name, schema && ajv.compile(schema));
  }
  const validate = validators.get(name);
  if (validate === undefined) return [`${nameOf(object)}: no schema for ${object.apiVersion} ${object.kind}`];
  if (validate(object)) return [];
  return [...new Set((validate.errors ?? []).map((error) => `${nameOf(object)}: ${problem(error)}`))];
}

function schemaOf(name: string): object | undefined {
  const file = new URL(`schemas/${name}.json`, import.meta.url);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function problem({ instancePath, keyword, params, message, data }: ErrorObject): string {
  const path = instancePath || '/';
  if (keyword === 'additionalProperties') return `${instancePath}/${params.additionalProperty} is unknown`;
  if (keyword === 'enum')
    return `${path} must be one of ${params.allowedValues.join(', ')}, not ${JSON.stringify(data)}`;
  if (keyword === 'const') return `${path} must be ${params.allowedValue}, not ${JSON.stringify(data)}`;
  if (keyword === 'pattern' || keyword === 'type') return `${path} ${message}, not ${JSON.stringify(data)}`;
  return `${path} ${message}`;
}

/** An API server that applies a list by its keys refuses two entries with the same ones. */
function listMapKeys() {
  return {
    keyword: 'x-kubernetes-list-map-keys',
    type: 'array',
    validate: (keys: readonly string[], entries: readonly Record<string, unknown>[]): boolean => {
      const identities = entries.map((entry) => JSON.stringify(keys.map((key) => entry?.[key])));
      return new Set(identities).size === identities.length;
    },
    error: {
      message: ({ schema }: { schema: readonly string[] }) =>
        `must not have two entries of one ${schema.join(' and ')}`,
    },
  } as const;
}
