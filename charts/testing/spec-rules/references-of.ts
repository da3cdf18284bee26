import type { Container, Workload } from './workload.ts';

export interface Reference {
  /** `Secret users-database` */
  readonly to: string;
  /** What must be in it. */
  readonly key?: string;
}

/** What a workload's pods cannot start without. */
export function referencesOf({ pod, containers }: Workload): Reference[] {
  const { serviceAccountName, imagePullSecrets = [], volumes = [] } = pod;
  return [
    ...(serviceAccountName ? [{ to: `ServiceAccount ${serviceAccountName}` }] : []),
    ...imagePullSecrets.map(({ name }: Container) => ({ to: `Secret ${name}` })),
    ...volumes.flatMap(ofVolume),
    ...containers.flatMap(ofEnvironment),
  ];
}

function ofVolume({ configMap, secret, persistentVolumeClaim, projected }: Container): Reference[] {
  const sources: Container[] = projected?.sources ?? [];
  return [
    ...inFiles('ConfigMap', configMap),
    ...inFiles('Secret', secret && { ...secret, name: secret.secretName }),
    ...(persistentVolumeClaim ? [{ to: `PersistentVolumeClaim ${persistentVolumeClaim.claimName}` }] : []),
    ...sources.flatMap((source) => [...inFiles('ConfigMap', source.configMap), ...inFiles('Secret', source.secret)]),
  ];
}

function inFiles(kind: string, source: Container | undefined): Reference[] {
  if (source === undefined || source.optional) return [];
  const to = `${kind} ${source.name}`;
  return [{ to }, ...(source.items ?? []).map(({ key }: Container) => ({ to, key }))];
}

function ofEnvironment({ env = [], envFrom = [] }: Container): Reference[] {
  const variables: Container[] = env.map(({ valueFrom = {} }: Container) => valueFrom);
  const one = (kind: string, source: Container | undefined): Reference[] =>
    source && !source.optional ? [{ to: `${kind} ${source.name}`, ...(source.key && { key: source.key }) }] : [];
  return [
    ...variables.flatMap(({ configMapKeyRef }) => one('ConfigMap', configMapKeyRef)),
    ...variables.flatMap(({ secretKeyRef }) => one('Secret', secretKeyRef)),
    ...envFrom.flatMap(({ configMapRef }: Container) => one('ConfigMap', configMapRef)),
    ...envFrom.flatMap(({ secretRef }: Container) => one('Secret', secretRef)),
  ];
}
