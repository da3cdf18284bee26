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

/** Items of a list, by their index: from the first one as far as another, that one excluded. */
export interface ItemRange {
  readonly from: number;
  readonly to: number;
}

/** For lists on a path, which of their items it leads through, by the number of keys as far as the list. Default: all. */
export type ItemRanges = readonly (ItemRange | undefined)[];

/** Whether a path, which is not shorter than the way to the lists' items, leads through these of them. */
export function isInRanges(path: ResponsePath, ranges: ItemRanges | undefined): boolean {
  if (ranges === undefined) return true;
  return ranges.every((range, keys) => {
    let passed = 0;
    const at = path.findIndex((step) => typeof step === 'string' && ++passed === keys);
    const index = Number(path[at + 1]);
    return range === undefined || (index >= range.from && index < range.to);
  });
}

/** The objects at a path. `unify` may put another object in an object's place. */
export type Collect = (root: TreeObject, unify?: Unify, ranges?: ItemRanges) => Collected;

export function compileCollect(path: readonly PathStep[], types: SupergraphTypes): Collect {
  const fits = path.map(({ onTypes }) => typeTest(onTypes, types));
  const isFitting = (value: unknown, step: number): value is TreeObject =>
    typeof value === 'object' && value !== null && (fits[step]?.(value as TreeObject) ?? true);
  return (root, unify, ranges) => {
    const objects = new Set<TreeObject>();
    let places = 0;
    /** Gives the object that is to be in the place of this one, which fits. */
    const visit = (object: TreeObject, depth: number): TreeObject => {
      if (depth === path.length) {
        const kept = unify === undefined ? object : unify(object);
        objects.add(kept);
        places++;
        return kept;
      }
      const { key } = path[depth] as PathStep;
      const inner = object[key];
      if (Array.isArray(inner)) visitList(inner, depth + 1, ranges?.[depth + 1]);
      else if (isFitting(inner, depth)) {
        const kept = visit(inner, depth + 1);
        if (kept !== inner) object[key] = kept;
      }
      return object;
    };
    const visitList = (list: unknown[], depth: number, range?: ItemRange): void => {
      const end = Math.min(list.length, range?.to ?? list.length);
      for (let index = range?.from ?? 0; index < end; index++) {
        const item = list[index];
        if (Array.isArray(item)) visitList(item, depth);
        else if (isFitting(item, depth - 1)) {
          const kept = visit(item, depth);
          if (kept !== item) list[index] = kept;
        }
      }
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
