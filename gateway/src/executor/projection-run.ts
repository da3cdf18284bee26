import { errorCatalogue } from '@tributary/service-kit';
import type { NormalField, NormalSelectionSet } from '../planner/normal-operation.ts';
import type { TreeObject } from './response-tree.ts';
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
      clientPaths(path, selection).map((client) => ({ message, code, path: client })),
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
    this.#own.push({ ...INVALID, path: key === undefined ? [...this.path] : [...this.path, key] });
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
      this.#result.errors.isLost(planKey(path, this.#selection))
    );
  }
}

const INVALID = { message: errorCatalogue.SUBGRAPH_RESPONSE_INVALID.message, code: 'SUBGRAPH_RESPONSE_INVALID' };

const startsWith = (path: ResponsePath, start: ResponsePath) => start.every((step, index) => path[index] === step);

/**
 * The client's paths to a place that the plan has under its own keys, as far as the client asked for it: planning adds
 * fields, and a field may be asked for under several names. One that is undefined leads nowhere.
 */
function clientPaths(path: ResponsePath | undefined, selection: NormalSelectionSet): (ResponsePath | undefined)[] {
  const paths = path === undefined ? [] : follow(path, 0, [selection]);
  return paths.some((each) => each.length > 0) ? paths : [undefined];
}

function follow(path: ResponsePath, index: number, level: readonly NormalSelectionSet[]): ResponsePath[] {
  const step = path[index];
  if (step === undefined) return [[]];
  if (typeof step === 'number') return follow(path, index + 1, level).map((rest) => [step, ...rest]);
  const byKey = new Map<string, NormalSelectionSet[]>();
  for (const { fields } of level) {
    for (const { planKey, responseKey, selection } of fields) {
      if (planKey !== step) continue;
      byKey.set(responseKey, [...(byKey.get(responseKey) ?? []), ...(selection === undefined ? [] : [selection])]);
    }
  }
  if (byKey.size === 0) return [[]];
  return [...byKey].flatMap(([key, below]) => follow(path, index + 1, below).map((rest) => [key, ...rest]));
}

/** The dotted key of the plan for a place of the client's. */
function planKey(path: ResponsePath, selection: NormalSelectionSet): string {
  const keys: string[] = [];
  let level: readonly NormalSelectionSet[] = [selection];
  for (const step of path) {
    if (typeof step === 'number') continue;
    const fields = level.flatMap((each) => each.fields.filter(({ responseKey }) => responseKey === step));
    keys.push(fields[0]?.planKey ?? step);
    level = fields.flatMap((field) => field.selection ?? []);
  }
  return keys.join('.');
}
