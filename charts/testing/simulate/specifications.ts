import type { KubernetesObject } from '../kubernetes-object.ts';
import { type Shape, ShapeError } from './shape.ts';

/** An object's specification as a simulator understands it. */
export interface Specified<T> {
  readonly name: string;
  readonly namespace: string;
  readonly spec: T;
}

/** Gives objects that a template left without a namespace the one that Helm installs them into. */
export const inNamespace = (objects: readonly KubernetesObject[], namespace: string): KubernetesObject[] =>
  objects.map((object) => ({ ...object, metadata: { namespace, ...object.metadata } }));

/** Throws for an object without a namespace: `inNamespace` gives one. */
export function namespaceOf(object: KubernetesObject): string {
  const { namespace, name } = object.metadata;
  if (!namespace) throw new ShapeError(`${object.kind} ${name}: it has no namespace`);
  return namespace;
}

/**
 * The specifications of all objects of one kind.
 *
 * @param apiVersion the version whose semantics the simulator has; the same group in another version is refused
 * @param shape how a specification is read; a missing one is read as `{}`
 */
export function specifications<T>(
  objects: readonly KubernetesObject[],
  apiVersion: string,
  kind: string,
  shape: Shape<T>,
): Specified<T>[] {
  const group = (version: string): string | undefined => version.split('/').at(-2);
  return objects
    .filter((object) => object.kind === kind && group(object.apiVersion) === group(apiVersion))
    .map((object) => {
      const { name } = object.metadata;
      const namespace = namespaceOf(object);
      const where = `${kind} ${namespace}/${name}`;
      if (object.apiVersion !== apiVersion) throw new ShapeError(`${where}: ${object.apiVersion} is not simulated`);
      return { name, namespace, spec: shape(object.spec ?? {}, `${where} spec`) };
    });
}
