import { errorCatalogue } from '@tributary/service-kit';
import type { NormalField, NormalPlace, NormalSelectionSet } from '../planner/normal-operation.ts';
import type { StreamUsage } from '../planner/stream-usage.ts';
import { ClientPaths, planKeys } from './client-paths.ts';
import type { DeferredFields } from './defer/deferred-fields.ts';
import type { DeferredPlace, ItemsPlace } from './defer/deferred-place.ts';
import { MAX_PLACES } from './plan-errors.ts';
import { disputed, type TreeObject } from './response-tree.ts';
import type { PlanResult } from './run-plan.ts';
import type { StreamedList } from './stream/streamed-lists.ts';
import type { ResponsePath } from './targets.ts';

/** An error as the client gets it, but for the id of its request. */
export interface ClientError {
  readonly message: string;
  readonly code: string;
  readonly path: ResponsePath | undefined;
  /** See `PlanError`. */
  readonly isLater?: boolean;
}

/** How a list is delivered in parts. */
export interface Streaming {
  readonly list: StreamedList;
  readonly label: string | undefined;
  /** How many of its items are delivered with what is around it. */
  readonly count: number;
}

interface Placed {
  readonly places: readonly NormalPlace[] | undefined;
}

export type Conditions = NonNullable<NormalField['conditions']>;

/** What one pass of a projection has with it. */
export class ProjectionRun {
  readonly data: TreeObject;
  readonly shared: ReadonlySet<object>;
  readonly isPlain: boolean;
  readonly introspect: (field: NormalField) => string;
  /** Where the pass is, in the client's keys; without the last one, where that is a leaf's. */
  path: (string | number)[] = [];
  /** What the pass has left for later. */
  readonly deferred: DeferredPlace[] = [];
  /** See `DeferredPlace`. */
  later: readonly StreamedList[] = [];
  readonly #result: PlanResult;
  readonly #selection: NormalSelectionSet;
  readonly #variables: Readonly<Record<string, unknown>>;
  readonly #streaming: ReadonlyMap<StreamUsage, Streaming> | undefined;
  /** Those of the plan, at the client's paths. */
  readonly #given: ClientError[];
  #own: ClientError[] = [];
  readonly #ordered = new Map<readonly Placed[], readonly Placed[]>();
  readonly #denied = new Map<NormalField, number>();
  readonly #texts = new Map<symbol, Map<object, string>>();

  constructor(
    result: PlanResult,
    selection: NormalSelectionSet,
    variables: Readonly<Record<string, unknown>>,
    introspect: (field: NormalField) => string,
    streaming?: ReadonlyMap<StreamUsage, Streaming>,
  ) {
    this.data = result.data;
    this.shared = result.shared;
    this.isPlain = result.isPlain;
    this.introspect = introspect;
    this.#result = result;
    this.#selection = selection;
    this.#variables = variables;
    this.#streaming = streaming;
    this.#given = result.errors.list.length === 0 ? [] : this.#atClientPaths();
  }

  #atClientPaths(): ClientError[] {
    const paths = new ClientPaths(this.#selection, this.#result, (conditions) => this.isSelected(conditions));
    return this.#result.errors.list.flatMap(({ message, code, path, isLater = false }) =>
      paths.of(path).map((client) => ({ message, code, path: client, ...(isLater && { isLater }) })),
    );
  }

  /** Each once. */
  get errors(): ClientError[] {
    const each = [...this.#given, ...this.#own].map(
      (error) => [`${error.path?.join('.')} ${error.code} ${error.message}`, error] as const,
    );
    return [...new Map(each).values()];
  }

  /** Those of the plan. */
  get given(): readonly ClientError[] {
    return this.#given;
  }

  /** Those that the pass has met since this was asked. */
  takeOwn(): ClientError[] {
    const own = this.#own;
    this.#own = [];
    return own;
  }

  /** Where any of the fields is selected of the object that the path leads to. */
  defer(fields: DeferredFields, object: TreeObject): void {
    if (!fields.isSelected(object, this)) return;
    this.deferred.push({ kind: 'fields', fields, object, path: [...this.path], later: this.later });
  }

  /** Undefined: it is delivered as a whole. */
  streamingOf(usage: StreamUsage): Streaming | undefined {
    return this.#streaming?.get(usage);
  }

  /** Behind the first ones, the items of the list that is under the key. */
  stream({ list, label, count }: Streaming, rest: Pick<ItemsPlace, 'items' | 'emit'>, key: string | number): void {
    const place = { path: [...this.path, key], later: [...this.later, list] };
    this.deferred.push({ kind: 'items', ...place, list, label, from: count, ...rest });
  }

  /** Grows with each problem that the pass meets, whether or not it becomes an error of its own. */
  errorCount = 0;

  isSelected(conditions: Conditions): boolean {
    return conditions.some((all) => all.every(({ variable, is }) => this.#variables[variable] === is));
  }

  /** Fields in the order of the places where they are selected. */
  inOrder<T extends Placed>(fields: readonly T[]): readonly T[] {
    const known = this.#ordered.get(fields);
    if (known !== undefined) return known as readonly T[];
    const position = ({ places = [] }: T) =>
      places.find(({ conditions }) => this.isSelected([conditions]))?.position ?? Number.POSITIVE_INFINITY;
    const ordered = fields.toSorted((one, other) => position(one) - position(other));
    this.#ordered.set(fields, ordered);
    return ordered;
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

  /** A field that the caller may not see. Of each, so many places are told as of a fetch that failed. */
  denied(field: NormalField, key: string | number): void {
    this.errorCount++;
    const told = this.#denied.get(field) ?? 0;
    if (told === MAX_PLACES) return;
    this.#denied.set(field, told + 1);
    this.#own.push({ ...UNAUTHORIZED, path: [...this.path, key] });
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
      this.#result.errors.isLost(planKeys(path, this.#selection)) ||
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

const UNAUTHORIZED = {
  message: errorCatalogue.UNAUTHORIZED_FIELD_OR_TYPE.message,
  code: 'UNAUTHORIZED_FIELD_OR_TYPE',
};

const INVALID = { message: errorCatalogue.SUBGRAPH_RESPONSE_INVALID.message, code: 'SUBGRAPH_RESPONSE_INVALID' };

const startsWith = (path: ResponsePath, start: ResponsePath) => start.every((step, index) => path[index] === step);
