import { parse, type Tags } from 'yaml';
import type { KubernetesObject } from './kubernetes-object.ts';

const templates = new WeakMap<KubernetesObject, string>();

/**
 * The template that an object was rendered by, as Helm names it: `tributary/charts/istio/templates/gateway.yaml`.
 *
 * @throws for an object that `parseManifest` did not return: a copy of one has lost it
 */
export function templateOf(object: KubernetesObject): string {
  const template = templates.get(object);
  if (template === undefined) throw new Error(`${object.kind} ${object.metadata?.name} is not as it was rendered`);
  return template;
}

/**
 * Reads what `helm template` prints. The objects are frozen, so that tests can share them.
 *
 * It is YAML 1.1, as Kubernetes reads it: an unquoted `on` is true. A key that stands twice is an error.
 */
export function parseManifest(manifest: string): KubernetesObject[] {
  return manifest.split(/^---\n/m).flatMap((document) => {
    const object = parse(document, { version: '1.1', merge: true, customTags: asKubernetes });
    if (object === null) return [];
    const [, template] = /^# Source: (.+)$/m.exec(document) ?? [];
    if (template === undefined) throw new Error(`an object without a Source comment: ${document.slice(0, 200)}`);
    templates.set(deepFreeze(object), template);
    return [object];
  });
}

/** Without dates and numbers like 12:30, which Kubernetes reads as strings. */
const asKubernetes = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === 'string' || (tag.tag !== 'tag:yaml.org,2002:timestamp' && tag.format !== 'TIME'));

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const each of Object.values(value)) deepFreeze(each);
  return Object.freeze(value);
}
