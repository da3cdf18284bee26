import type { SupergraphTypes } from '../supergraph/supergraph-types.ts';
import type { PathStep } from './plan-steps.ts';
import { isTreeObject, type TreeObject } from './response-tree.ts';

export type ResponsePath = readonly (string | number)[];

/** Takes the place of equal objects, or of itself. */
export type Unify = (object: TreeObject) => TreeObject;

export interface Collected {
  /** Each once. */
  readonly objects: Iterable<TreeObject>;
  /** Where they are. */
  readonly places: number;
}

/** The objects at a path. `unify` may put another object in an object's place. */
export type Collect = (root: TreeObject, unify?: Unify) => Collected;

export function compileCollect(path: readonly PathStep[], types: SupergraphTypes): Collect {
  const fits = path.map(({ onTypes }) => typeTest(onTypes, types));
  return (root, unify) => {
    const objects = new Set<TreeObject>();
    let places = 0;
    const visit = (value: unknown, depth: number): unknown => {
      if (Array.isArray(value)) {
        for (let index = 0; index < value.length; index++) {
          const item: unknown = value[index];
          const kept = visit(item, depth);
          if (kept !== item) value[index] = kept;
        }
        return value;
      }
      if (!isTreeObject(value) || !(fits[depth - 1]?.(value) ?? true)) return value;
      if (depth === path.length) {
        const kept = unify === undefined ? value : unify(value);
        objects.add(kept);
        places++;
        return kept;
      }
      const { key } = path[depth] as PathStep;
      const inner = value[key];
      const kept = visit(inner, depth + 1);
      if (kept !== inner) value[key] = kept;
      return value;
    };
    visit(root, 0);
    return { objects, places };
  };
}

export function typeTest(onTypes: ReadonlySet<string> | undefined, types: SupergraphTypes) {
  if (onTypes === undefined) return undefined;
  const names = [...onTypes];
  return ({ __typename: name }: TreeObject) =>
    typeof name === 'string' && names.some((condition) => types.includes(condition, name));
}

/** Where the objects of a path are: every place of each. For errors, which are few. */
export function placesOf(root: TreeObject, path: readonly PathStep[]): Map<TreeObject, ResponsePath[]> {
  const places = new Map<TreeObject, ResponsePath[]>();
  const visit = (value: unknown, depth: number, at: ResponsePath): void => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, depth, [...at, index]);
    } else if (isTreeObject(value)) {
      const step = path[depth];
      if (step === undefined) places.set(value, [...(places.get(value) ?? []), at]);
      else visit(value[step.key], depth + 1, [...at, step.key]);
    }
  };
  visit(root, 0, []);
  return places;
}
