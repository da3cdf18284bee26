import { errorCatalogue } from '@tributary/service-kit';
import type { RawError, SubgraphAnswer } from '../subgraphs/read-answer.ts';
import { type SafeError, safeError } from '../subgraphs/safe-error.ts';
import type { SupergraphTypes } from '../supergraph/supergraph-types.ts';
import type { EntityPart } from './call-entities.ts';
import type { RootCall } from './compiled-plan.ts';
import { dotted } from './plan-steps.ts';
import type { TreeObject } from './response-tree.ts';
import { keysOn } from './selected-fields.ts';
import { type ItemRanges, isInRanges, placesOf, type ResponsePath } from './targets.ts';

/** An error of a subgraph, at a place of the response under the plan's keys; undefined: nobody knows where. */
export interface PlanError extends SafeError {
  readonly path: ResponsePath | undefined;
  /** It was met by a call that the first payload does not wait for. */
  isLater?: boolean;
}

/** What went wrong in the calls of one request, as clients may see it. */
export interface PlanErrors {
  readonly list: readonly PlanError[];
  /** Whether a field, or what it is in, is empty because a whole fetch failed; the path is under the plan's keys. */
  isLost(path: ResponsePath): boolean;
  addFromRoot(call: RootCall, answer: SubgraphAnswer): void;
  /**
   * For what was thrown while an answer was walked. One that is nested too deeply for that, or would be copied too often,
   * cannot be used; what other fetches gave is not lost for it.
   *
   * @throws what it was given, if it is anything else
   */
  addUnwalkable(error: unknown): void;
  /** Those from that index on are of a call that is for what is delivered later. */
  markLater(from: number): void;
  addFromEntities(
    parts: readonly EntityPart[],
    keys: readonly string[],
    answer: SubgraphAnswer,
    types: SupergraphTypes,
  ): void;
}

const UNWALKABLE = {
  message: errorCatalogue.SUBGRAPH_RESPONSE_INVALID.message,
  code: 'SUBGRAPH_RESPONSE_INVALID',
  path: undefined,
};

/** An outage must not make answers longer than the data would have been. */
export const MAX_PLACES = 20;

export function createPlanErrors(data: TreeObject): PlanErrors {
  const list: PlanError[] = [];
  const lost: Lost = new Map();
  /** Errors without a usable path are at the fields that the fetch was for: at each when nothing came, else at the first. */
  const addUnplaced = (errors: readonly RawError[], isAll: boolean, places: Iterable<ResponsePath>) => {
    const [first] = errors;
    if (first === undefined) return;
    const at = [...take(places, isAll ? MAX_PLACES : 1)];
    if (at.length === 0) list.push({ ...safeError(first), path: undefined });
    for (const path of at) list.push({ ...safeError(first), path });
    for (const error of errors.slice(1)) list.push({ ...safeError(error), path: at[0] });
  };
  return {
    list,
    isLost(path) {
      if (lost.size === 0) return false;
      let at = '';
      return path.some((step) => {
        if (typeof step === 'number') return false;
        at = at === '' ? step : `${at}.${step}`;
        return (
          lost
            .get(at)
            ?.values()
            .some((ranges) => isInRanges(path, ranges)) === true
        );
      });
    },
    addUnwalkable(error) {
      if (!(error instanceof RangeError)) throw error;
      list.push({ ...UNWALKABLE });
    },
    markLater(from) {
      for (const error of list.slice(from)) error.isLater = true;
    },
    addFromRoot({ path, fields, renamed, ranges }, answer) {
      if (answer.errors.length === 0) return;
      const at = [...placesOf(data, path).values()].flat();
      const unplaced: RawError[] = [];
      for (const error of answer.errors) {
        const own = usablePath(error.path, renamed);
        if (own === undefined) unplaced.push(error);
        else for (const place of at) list.push({ ...safeError(error), path: [...place, ...own] });
      }
      const keys = fields.map(({ key }) => key);
      if (answer.data === null)
        for (const key of keys) lose([...(path.length === 0 ? [] : [dotted(path)]), key].join('.'), ranges, lost);
      addUnplaced(
        unplaced,
        answer.data === null,
        at.flatMap((place) => keys.map((key) => [...place, key])),
      );
    },
    addFromEntities(parts, keys, answer, types) {
      if (answer.errors.length === 0) return;
      const places = placesOfParts(parts, data);
      const unplaced: RawError[] = [];
      for (const error of answer.errors) {
        const [key, index] = Array.isArray(error.path) ? error.path : [];
        const part = parts[keys.indexOf(key)];
        const own = usablePath(error.path, part?.slot.renamed);
        const entity = part?.wanted[index];
        if (entity === undefined || own === undefined) unplaced.push(error);
        else {
          const rest = own.slice(2);
          for (const { object } of entity.objects) {
            for (const place of places(object)) list.push({ ...safeError(error), path: [...place, ...rest] });
          }
        }
      }
      if (answer.data === null) addLost(parts, types, lost);
      addUnplaced(unplaced, answer.data === null, emptyFields(parts, places, types));
    },
  };
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let taken = 0;
  for (const item of items) {
    if (taken++ === count) return;
    yield item;
  }
}

/** Under the keys of the response, of which `renamed` has those that the fetch calls otherwise. */
function usablePath(path: unknown, renamed?: ReadonlyMap<unknown, string>): ResponsePath | undefined {
  if (!Array.isArray(path) || path.length === 0) return undefined;
  const isUsable = path.every((step) => typeof step === 'string' || (Number.isSafeInteger(step) && step >= 0));
  return isUsable ? path.map((step) => renamed?.get(step) ?? step) : undefined;
}

type Places = (object: TreeObject) => readonly ResponsePath[];

/** Every place of the objects that wait for entities; each path is walked once. */
function placesOfParts(parts: readonly EntityPart[], data: TreeObject): Places {
  const byPath = new Map<string, Map<TreeObject, ResponsePath[]>>();
  for (const { wanted } of parts) {
    for (const { objects } of wanted) {
      for (const { place } of objects) {
        if (!byPath.has(place.at)) byPath.set(place.at, placesOf(data, place.path));
      }
    }
  }
  return (object) => [...byPath.values()].flatMap((places) => places.get(object) ?? []);
}

function* emptyFields(parts: readonly EntityPart[], places: Places, types: SupergraphTypes): Generator<ResponsePath> {
  for (const { slot, wanted } of parts) {
    for (const { objects } of wanted) {
      for (const { object } of objects) {
        for (const place of places(object)) {
          for (const key of keysOn(slot.fields, object.__typename, types)) yield [...place, key];
        }
      }
    }
  }
}

/** Of which items of streamed lists a field is lost, by its dotted path. */
type Lost = Map<string, Set<ItemRanges | undefined>>;

function lose(key: string, ranges: ItemRanges | undefined, lost: Lost): void {
  const known = lost.get(key);
  if (known === undefined) lost.set(key, new Set([ranges]));
  else known.add(ranges);
}

function addLost(parts: readonly EntityPart[], types: SupergraphTypes, lost: Lost): void {
  for (const { slot, wanted } of parts) {
    for (const { objects } of wanted) {
      for (const { object, place } of objects) {
        for (const key of keysOn(slot.fields, object.__typename, types)) lose(`${place.at}.${key}`, place.ranges, lost);
      }
    }
  }
}
