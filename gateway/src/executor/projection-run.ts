import { errorCatalogue } from '@tributary/service-kit';
import { isNonNullType } from 'graphql';
import type { NormalField, NormalSelectionSet } from '../planner/normal-operation.ts';
import { disputed, isTreeObject, type TreeObject } from './response-tree.ts';
import type { PlanResult } from './run-plan.ts';
import type { ResponsePath } from './targets.ts';

/** An error as the client gets it, but for the id of its request. */
export interface ClientError {
  readonly message: string;
  readonly code: string;
  readonly path: ResponsePath | undefined;
}

type Conditions = NonNullable<NormalField['conditions']>;

/** What one pass of a projection has with it. */
export class ProjectionRun {
  readonly data: TreeObject;
  readonly shared: ReadonlySet<object>;
  readonly introspect: (field: NormalField) => string;
  /** Where the pass is, in the client's keys; without the last one, where that is a leaf's. */
  readonly path: (string | number)[] = [];
  readonly #result: PlanResult;
  readonly #selection: NormalSelectionSet;
  readonly #variables: Readonly<Record<string, unknown>>;
  /** Those of the plan, at the client's paths. */
  readonly #given: ClientError[];
  readonly #own: ClientError[] = [];
  readonly #texts = new Map<symbol, Map<object, string>>();

  constructor(
    result: PlanResult,
    selection: NormalSelectionSet,
    variables: Readonly<Record<string, unknown>>,
    introspect: (field: NormalField) => string,
  ) {
    this.data = result.data;
    this.shared = result.shared;
    this.introspect = introspect;
    this.#result = result;
    this.#selection = selection;
    this.#variables = variables;
    this.#given = result.errors.list.flatMap(({ message, code, path }) =>
      clientPaths(path, selection, result).map((client) => ({ message, code, path: client })),
    );
  }

  /** Each once. */
  get errors(): ClientError[] {
    const each = [...this.#given, ...this.#own].map(
      (error) => [`${error.path?.join('.')} ${error.code} ${error.message}`, error] as const,
    );
    return [...new Map(each).values()];
  }

  /** Grows with each problem that the pass meets, whether or not it becomes an error of its own. */
  errorCount = 0;

  isSelected(conditions: Conditions): boolean {
    return conditions.some((all) => all.every(({ variable, is }) => this.#variables[variable] === is));
  }

  /** A null that may not be. An error of its own, unless one explains it already. */
  missing(key: string | number): void {
    this.errorCount++;
    const path = [...this.path, key];
    if (!this.#isExplained(path)) this.#own.push({ ...INVALID, path });
  }

  /** A value that is none of its type; without a key, the object that the path leads to. */
  invalid(key?: string | number): void {
    this.errorCount++;
    const path = key === undefined ? [...this.path] : [...this.path, key];
    if (key !== undefined || !this.#isExplained(path)) this.#own.push({ ...INVALID, path });
  }

  textOf(memo: symbol, object: object): string | undefined {
    return this.#texts.get(memo)?.get(object);
  }

  keepText(memo: symbol, object: object, text: string): void {
    const texts = this.#texts.get(memo) ?? new Map<object, string>();
    this.#texts.set(memo, texts.set(object, text));
  }

  #isExplained(path: ResponsePath): boolean {
    return (
      this.#given.some((error) => error.path === undefined || startsWith(error.path, path)) ||
      this.#result.errors.isLost(
        planKeys(path, this.#selection)
          .filter((key) => typeof key === 'string')
          .join('.'),
      ) ||
      this.#isDisputed(path)
    );
  }

  /** Whether the place is inside of something that one subgraph has made null for an error of its own. */
  #isDisputed(path: ResponsePath): boolean {
    let value: unknown = this.data;
    for (const [index, key] of planKeys(path, this.#selection).entries()) {
      if (typeof value !== 'object' || value === null) return false;
      const above = path.slice(0, index);
      if (disputed.has(value) && this.#given.some((error) => error.path && startsWith(error.path, above))) return true;
      value = (value as TreeObject)[key];
    }
    return false;
  }
}

const INVALID = { message: errorCatalogue.SUBGRAPH_RESPONSE_INVALID.message, code: 'SUBGRAPH_RESPONSE_INVALID' };

const startsWith = (path: ResponsePath, start: ResponsePath) => start.every((step, index) => path[index] === step);

/**
 * The client's paths to a place that the plan has under its own keys, as far as the client asked for it: planning adds
 * fields, and a field may be asked for under several names. One that is undefined leads nowhere. There is none to what a
 * fetch gave beside what is needed: a field that the client asked for of other types.
 */
function clientPaths(
  path: ResponsePath | undefined,
  selection: NormalSelectionSet,
  { data, required, types }: PlanResult,
): (ResponsePath | undefined)[] {
  if (path === undefined) return [undefined];
  const paths = follow(0, [selection], data);
  return paths.length === 0 || paths.some((each) => each.length > 0) ? paths : [undefined];

  function follow(index: number, level: readonly NormalSelectionSet[], value: unknown): ResponsePath[] {
    const step = (path as ResponsePath)[index];
    if (step === undefined) return [[]];
    const inner = (value as TreeObject | null | undefined)?.[step];
    if (typeof step === 'number') return follow(index + 1, level, inner).map((rest) => [step, ...rest]);
    const named = level.flatMap(({ fields }) => fields.filter(({ planKey }) => planKey === step));
    const type = isTreeObject(value) ? value.__typename : undefined;
    const selected = named.filter(({ onTypes }) => !types.isObject(type) || onTypes?.has(String(type)) !== false);
    if (selected.length === 0) return named.length === 0 || isRequired(index) ? [[]] : [];
    const byKey = [...Map.groupBy(selected, ({ responseKey }) => responseKey)];
    // Where the object is null for it, one error is enough (GraphQL, 6.4.4).
    const isFatal = index === (path as ResponsePath).length - 1 && isNonNullType(selected[0]?.type);
    return byKey.slice(0, isFatal ? 1 : undefined).flatMap(([key, fields]) =>
      follow(
        index + 1,
        fields.flatMap((field) => field.selection ?? []),
        inner,
      ).map((rest) => [key, ...rest]),
    );
  }

  /** Whether the place at the index, or one on the way from there, is required by another fetch. */
  function isRequired(index: number): boolean {
    const keys = (path as ResponsePath)
      .map((step, at) => ({ step, at }))
      .filter(({ step }) => typeof step === 'string');
    return keys.some(({ at }, length) => {
      const dotted = keys.slice(0, length + 1).map(({ step }) => step);
      return at >= index && required.has(dotted.join('.'));
    });
  }
}

/** A place of the client's under the keys of the plan. */
function planKeys(path: ResponsePath, selection: NormalSelectionSet): ResponsePath {
  let level: readonly NormalSelectionSet[] = [selection];
  return path.map((step) => {
    if (typeof step === 'number') return step;
    const fields = level.flatMap((each) => each.fields.filter(({ responseKey }) => responseKey === step));
    level = fields.flatMap((field) => field.selection ?? []);
    return fields[0]?.planKey ?? step;
  });
}
