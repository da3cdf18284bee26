import { isNonNullType } from 'graphql';
import type { NormalField, NormalSelectionSet } from '../planner/normal-operation.ts';
import type { Conditions } from './projection-run.ts';
import { isTreeObject, type TreeObject } from './response-tree.ts';
import type { PlanResult } from './run-plan.ts';
import type { ResponsePath } from './targets.ts';

/**
 * The client's paths to a place that the plan has under its own keys: a field may be asked for under several names. That
 * of a field that planning added leads to the fields that are null without it, or as far as the client asked for it; one
 * that is undefined leads nowhere. There is none to what a fetch gave beside what is needed: a field that the client asked
 * for of other types.
 */
export class ClientPaths {
  readonly #selection: NormalSelectionSet;
  readonly #result: PlanResult;
  readonly #isSelected: (conditions: Conditions) => boolean;

  constructor(selection: NormalSelectionSet, result: PlanResult, isSelected: (conditions: Conditions) => boolean) {
    this.#selection = selection;
    this.#result = result;
    this.#isSelected = isSelected;
  }

  of(path: ResponsePath | undefined): (ResponsePath | undefined)[] {
    if (path === undefined) return [undefined];
    const { paths, isWhole } = this.#paths(path);
    if (isWhole) return paths;
    const dependent = this.#dependents(path).flatMap((field) => this.#paths(field).paths);
    if (dependent.length > 0) return dependent;
    return paths.length === 0 || paths.some((each) => each.length > 0) ? paths : [undefined];
  }

  #paths(path: ResponsePath): { paths: ResponsePath[]; isWhole: boolean } {
    const walk = { path, isWhole: true };
    return { paths: this.#follow(walk, 0, [this.#selection], this.#result.data), isWhole: walk.isWhole };
  }

  #follow(
    walk: { readonly path: ResponsePath; isWhole: boolean },
    index: number,
    level: readonly NormalSelectionSet[],
    value: unknown,
  ): ResponsePath[] {
    const step = walk.path[index];
    if (step === undefined) return [[]];
    const inner = (value as TreeObject | null | undefined)?.[step];
    if (typeof step === 'number') return this.#follow(walk, index + 1, level, inner).map((rest) => [step, ...rest]);
    const named = level.flatMap(({ fields }) => fields.filter(({ planKey }) => planKey === step));
    const selected = this.#selected(named, isTreeObject(value) ? value.__typename : undefined);
    if (selected.length === 0) {
      const isAdded = named.length === 0 || this.#isRequired(walk.path, index);
      walk.isWhole &&= !isAdded;
      return isAdded ? [[]] : [];
    }
    const byKey = [...Map.groupBy(selected, ({ responseKey }) => responseKey)];
    const told = isTreeObject(value) ? byKey : toldOfNull(byKey);
    if (told.length === 0) return [[]];
    // Where the object is null for it, one error is enough (GraphQL, 6.4.4).
    const isFatal = index === walk.path.length - 1 && isNonNullType(selected[0]?.type);
    return told.slice(0, isFatal ? 1 : undefined).flatMap(([key, fields]) => {
      const below = fields.flatMap((field) => field.selection ?? []);
      return this.#follow(walk, index + 1, below, inner).map((rest) => [key, ...rest]);
    });
  }

  #selected(fields: readonly NormalField[], type: unknown): NormalField[] {
    return fields
      .filter(({ isDenied }) => !isDenied)
      .filter(({ onTypes }) => !this.#result.types.isObject(type) || onTypes?.has(String(type)) !== false)
      .filter(({ conditions }) => conditions === undefined || this.#isSelected(conditions));
  }

  /** Whether the place at the index, or one on the way from there, is required by another fetch. */
  #isRequired(path: ResponsePath, index: number): boolean {
    return path.some(
      (step, at) =>
        at >= index && typeof step === 'string' && this.#result.required.has(dottedKey(path.slice(0, at + 1))),
    );
  }

  /** Places of the fields that are null for what is missing at the path. */
  #dependents(path: ResponsePath): ResponsePath[] {
    const fields = path.flatMap((_, at) => this.#result.required.get(dottedKey(path.slice(0, at + 1))) ?? []);
    return [...new Set(fields)].flatMap((field) => {
      const keys = field.split('.');
      const at = upToKey(path, keys.length - 1);
      const object = valueAt(this.#result.data, at);
      const key = keys.at(-1) as string;
      return isTreeObject(object) && (object[key] ?? null) === null ? [[...at, key]] : [];
    });
  }
}

/**
 * The one key whose error says why an object is null. Nobody knows its type: none, where none of the keys is selected on
 * each type that any of them is selected on.
 */
function toldOfNull(byKey: readonly [string, NormalField[]][]): readonly [string, NormalField[]][] {
  const types = new Set(byKey.flatMap(([, fields]) => fields).flatMap(({ onTypes }) => [...(onTypes ?? [])]));
  const isOnAll = (fields: readonly NormalField[]) =>
    fields.some(({ onTypes }) => onTypes === undefined) ||
    [...types].every((type) => fields.some(({ onTypes }) => onTypes?.has(type)));
  return byKey.filter(([, fields]) => isOnAll(fields)).slice(0, 1);
}

const dottedKey = (path: ResponsePath): string => path.filter((step) => typeof step === 'string').join('.');

/** As far as its first so many keys, and the indices behind them. */
function upToKey(path: ResponsePath, count: number): ResponsePath {
  let keys = 0;
  const end = path.findIndex((step) => typeof step === 'string' && ++keys > count);
  return end === -1 ? path : path.slice(0, end);
}

const valueAt = (data: unknown, path: ResponsePath): unknown =>
  path.reduce<unknown>((value, step) => (value as TreeObject | null | undefined)?.[step], data);

/** A place of the client's under the keys of the plan. */
export function planKeys(path: ResponsePath, selection: NormalSelectionSet): ResponsePath {
  let level: readonly NormalSelectionSet[] = [selection];
  return path.map((step) => {
    if (typeof step === 'number') return step;
    const fields = level.flatMap((each) =>
      each.fields.filter(({ responseKey, isDenied }) => responseKey === step && !isDenied),
    );
    level = fields.flatMap((field) => field.selection ?? []);
    return fields[0]?.planKey ?? step;
  });
}
