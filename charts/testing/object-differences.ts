import { type KubernetesObject, nameOf } from './kubernetes-object.ts';

/**
 * Where two renderings of a chart differ, as `Deployment tributary-users: /spec/replicas`.
 *
 * The values of what tells the chart's version are not compared, nor those of checksums and Secrets: what a checksum is
 * of is compared itself, and Secrets are generated anew with each rendering.
 */
export function objectDifferences(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): string[] {
  const [left, right] = [byName(before), byName(after)];
  return [...new Set([...left.keys(), ...right.keys()])].sort().flatMap((name) => {
    if (!left.has(name)) return [`${name}: is new`];
    if (!right.has(name)) return [`${name}: is gone`];
    return differences(left.get(name), right.get(name), '').map((path) => `${name}: ${path}`);
  });
}

const byName = (objects: readonly KubernetesObject[]): Map<string, unknown> =>
  new Map(objects.map((object) => [nameOf(object), comparable(object)]));

function comparable(object: KubernetesObject): unknown {
  const isSecret = object.kind === 'Secret';
  return JSON.parse(JSON.stringify(object), (key, value) => {
    if (key === 'helm.sh/chart' || key === 'app.kubernetes.io/version' || key.startsWith('checksum/')) return 'any';
    if (isSecret && (key === 'data' || key === 'stringData')) return Object.keys(value).sort();
    return value;
  });
}

function differences(before: unknown, after: unknown, path: string): string[] {
  if (!isBranch(before) || !isBranch(after)) return before === after ? [] : [path];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    differences(before[key], after[key], `${path}/${key.replaceAll('/', '~1')}`),
  );
}

const isBranch = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
