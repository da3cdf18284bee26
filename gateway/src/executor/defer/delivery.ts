import type { NormalSelectionSet } from '../../planner/normal-operation.ts';
import type { IncrementalResult, IncrementalUpdate, PendingPart } from '../incremental-result.ts';
import type { Projection } from '../projection.ts';
import type { ClientError, ProjectionRun } from '../projection-run.ts';
import type { PlanResult, RunWatch } from '../run-plan.ts';
import type { SlicedPlan } from '../stream/sliced-plan.ts';
import { isFor, type StreamedList } from '../stream/streamed-lists.ts';
import type { ResponsePath } from '../targets.ts';
import { type DeferredFragment, type DeferredPart, DeferredParts } from './deferred-parts.ts';
import { type DeferredPlace, keyOfPlace, labelsOfPlace } from './deferred-place.ts';
import { deliveredWith } from './delivered-with.ts';
import { outcomeOf, readPart } from './read-part.ts';

export interface DeliveryParts {
  plan: SlicedPlan;
  project: Projection;
  selection: NormalSelectionSet;
  /** A pass over what is there. */
  passOver(result: PlanResult): ProjectionRun;
}

/**
 * Delivers what an operation with `@defer` or `@stream` comes to, while its plan runs: the first payload when the calls are
 * done that are for no deferred fragment and no later item, and each fragment, and the later items of each list, when that
 * is whole and what is around it has been delivered.
 */
export class Delivery implements RunWatch {
  readonly #parts: DeliveryParts;
  readonly #known = new DeferredParts();
  readonly #ended = new Set<number>();
  /** What the parts are of that wait for the same calls, by the labels of these and the lists that they are below. */
  readonly #waits = new Map<DeferredLabels, Map<string, Waiting>>();
  /** Those with parts. */
  readonly #waiting = new Set<Waiting>();
  /** Fragments that are whole, or of which the client does not know yet. */
  readonly #open = new Set<DeferredFragment>();
  readonly #told = new Set<string>();
  readonly #errorIndexes = new WeakMap<ProjectionRun, ErrorIndex>();
  readonly #first = Promise.withResolvers<IncrementalResult>();
  readonly #needsOfFirst: readonly number[];
  #result: PlanResult | undefined;
  #isBegun = false;
  /** Of which the client waits. */
  #expected = 0;
  #next = noUpdate();
  #wake: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isLeft = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#needsOfFirst = callsFor(parts.plan, undefined, []);
  }

  /** Rejects when the plan cannot be run. */
  get first(): Promise<IncrementalResult> {
    return this.#first.promise;
  }

  started(result: PlanResult): void {
    this.#result = result;
    if (this.#needsOfFirst.length === 0) this.#begin();
  }

  ended(index: number): void {
    this.#ended.add(index);
    if (this.#isBegun) this.#advance();
    else if (this.#needsOfFirst.every((call) => this.#ended.has(call))) this.#begin();
  }

  fail(error: unknown): void {
    this.#failure = { error };
    this.#first.reject(error);
    this.#wake?.();
  }

  #begin(): void {
    this.#isBegun = true;
    const pass = this.#pass();
    const data = this.#parts.project(pass);
    this.#add(pass.deferred.splice(0), undefined);
    const errors = this.#errorsOf(pass, undefined);
    this.#announce();
    const { pending } = this.#next;
    this.#next = noUpdate();
    const initial = { data, errors };
    this.#first.resolve({ initial, pending, updates: pending.length === 0 ? undefined : this.#updates() });
    // What is there already follows at once.
    this.#advance();
  }

  #updates(): AsyncIterableIterator<IncrementalUpdate> {
    const updates = this.#generate();
    const leave = () => {
      this.#isLeft = true;
      this.#next = noUpdate();
      this.#wake?.();
      return updates.return(undefined);
    };
    const iterator = {
      next: () => updates.next(),
      return: leave,
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  async *#generate(): AsyncGenerator<IncrementalUpdate, undefined> {
    for (let hasNext = true; hasNext && !this.#isLeft; ) {
      while (isEmpty(this.#next) && this.#failure === undefined && !this.#isLeft) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      if (this.#isLeft) return undefined;
      if (isEmpty(this.#next) && this.#failure !== undefined) throw this.#failure.error;
      const update = this.#next;
      this.#next = noUpdate();
      hasNext = this.#expected > 0;
      yield { ...update, hasNext };
    }
    return undefined;
  }

  /** Reads what has come, and delivers what that makes whole. */
  #advance(): void {
    if (this.#isLeft) return;
    let pass: ProjectionRun | undefined;
    for (let ready = this.#takeReady(); ready.length > 0; ready = this.#takeReady()) {
      pass ??= this.#pass();
      for (const part of ready) this.#read(part, pass);
    }
    do this.#announce();
    while (this.#complete());
    if (!isEmpty(this.#next)) this.#wake?.();
  }

  #pass(): ProjectionRun {
    return this.#parts.passOver(this.#result as PlanResult);
  }

  #takeReady(): DeferredPart[] {
    return [...this.#waiting].flatMap((waiting) => {
      if (!waiting.needs.every((call) => this.#ended.has(call))) return [];
      this.#waiting.delete(waiting);
      return waiting.parts.splice(0);
    });
  }

  #read(part: DeferredPart, pass: ProjectionRun): void {
    const reading = readPart(part, pass);
    const inner = pass.deferred.splice(0);
    if (reading.text !== undefined) this.#add(inner, part);
    part.outcome = outcomeOf(part, reading, this.#errorsOf(pass, part), pass);
    for (const fragment of part.fragments) fragment.missing--;
  }

  /** @param within what they were found in */
  #add(places: readonly DeferredPlace[], within: DeferredPart | undefined): void {
    for (const place of places) {
      const part = this.#known.add(place, within);
      const waiting = this.#waitOf(place);
      waiting.parts.push(part);
      this.#waiting.add(waiting);
      for (const fragment of part.fragments) if (fragment.end === undefined) this.#open.add(fragment);
    }
  }

  #waitOf(place: DeferredPlace): Waiting {
    const labels = labelsOfPlace(place);
    const byLists = this.#waits.get(labels) ?? new Map<string, Waiting>();
    this.#waits.set(labels, byLists);
    const lists = place.later.map(({ at }) => at).join(' ');
    const known = byLists.get(lists);
    if (known !== undefined) return known;
    const waiting = { needs: callsFor(this.#parts.plan, labels, place.later), parts: [] };
    byLists.set(lists, waiting);
    return waiting;
  }

  /** Tells of what is pending where what is around it has been delivered. */
  #announce(): void {
    for (const fragment of this.#open) {
      if (fragment.pending !== undefined) continue;
      const around = this.#known.endAround(fragment);
      if (around === 'failed') {
        fragment.end = 'failed';
        this.#open.delete(fragment);
      } else if (around === 'delivered') {
        this.#next.pending.push(this.#known.announce(fragment));
        this.#expected++;
      }
    }
  }

  /** @returns whether there was something to complete */
  #complete(): boolean {
    let isAny = false;
    for (const fragment of this.#open) {
      const { pending, missing } = fragment;
      if (pending === undefined || missing > 0) continue;
      isAny = true;
      this.#open.delete(fragment);
      this.#expected--;
      this.#deliver(fragment, pending);
    }
    return isAny;
  }

  #deliver(fragment: DeferredFragment, part: PendingPart): void {
    const failures = fragment.parts.flatMap(({ outcome }) => outcome?.failure ?? []);
    const errors = failures.length === 0 ? undefined : failures.flatMap((failure) => failure.errors);
    // What came before a list's end is not undone by it.
    const isFailed = errors !== undefined && fragment.usage !== undefined;
    fragment.end = isFailed ? 'failed' : 'delivered';
    this.#next.completed.push({ part, errors, index: failures[0]?.index });
    if (isFailed) return;
    for (const one of fragment.parts) {
      if (one.isDelivered || one.outcome?.text === undefined) continue;
      one.isDelivered = true;
      const { text, errors } = one.outcome;
      if (one.kind === 'items') this.#next.incremental.push({ part, index: one.from, items: text, errors });
      else {
        const subPath = one.path.slice(fragment.path.length);
        this.#next.incremental.push({ part, subPath, data: text, errors });
      }
    }
  }

  /** Each error is told once: with the fields that it is in, or where these are nowhere, with what is around them. */
  #errorsOf(pass: ProjectionRun, part: DeferredPart | undefined): ClientError[] {
    const errors: ClientError[] = [];
    const given = (part === undefined ? pass.given : this.#near(pass, part)).filter((error) => this.#isOf(error, part));
    for (const error of [...given, ...pass.takeOwn()]) {
      const key = `${error.path?.join('.')} ${error.code} ${error.message}`;
      if (!this.#told.has(key)) errors.push(error);
      this.#told.add(key);
    }
    return errors;
  }

  /** The errors of a pass that may be a part's: to look at each for each part would take their product. */
  #near(pass: ProjectionRun, part: DeferredPart): readonly ClientError[] {
    let index = this.#errorIndexes.get(pass);
    if (index === undefined) {
      index = errorIndex(pass.given, this.#parts.selection);
      this.#errorIndexes.set(pass, index);
    }
    return [...index.unplaced, ...(index.placed.get(placeKey(keyOfPlace(part), part.path)) ?? [])];
  }

  /** What belongs nowhere is told first, unless it is of what would have come later. */
  #isOf({ path, isLater = false }: ClientError, part: DeferredPart | undefined): boolean {
    if (path === undefined) return part !== undefined || !isLater;
    const owner = deliveredWith(path, this.#parts.selection).find(
      ({ key, depth }) => key !== undefined && this.#known.has(key, path.slice(0, depth), path[depth]),
    );
    if (part === undefined) return owner === undefined && !isLater;
    if (owner === undefined) return false;
    return owner.key === keyOfPlace(part) && path.slice(0, owner.depth).join('.') === part.path.join('.');
  }
}

interface ErrorIndex {
  readonly unplaced: readonly ClientError[];
  /** By all that they are in. */
  readonly placed: ReadonlyMap<string, readonly ClientError[]>;
}

function errorIndex(errors: readonly ClientError[], selection: NormalSelectionSet): ErrorIndex {
  const placed = new Map<string, ClientError[]>();
  for (const error of errors) {
    if (error.path === undefined) continue;
    for (const { key, depth } of deliveredWith(error.path, selection)) {
      if (key === undefined) continue;
      const place = placeKey(key, error.path.slice(0, depth));
      const others = placed.get(place);
      if (others === undefined) placed.set(place, [error]);
      else others.push(error);
    }
  }
  return { unplaced: errors.filter(({ path }) => path === undefined), placed };
}

const placeKey = (key: string, path: ResponsePath): string => `${key} ${path.join('.')}`;

type DeferredLabels = ReturnType<typeof labelsOfPlace>;

interface Waiting {
  readonly needs: readonly number[];
  readonly parts: DeferredPart[];
}

type Update = { -readonly [Key in 'pending' | 'incremental' | 'completed']: IncrementalUpdate[Key][number][] };

const noUpdate = (): Update => ({ pending: [], incremental: [], completed: [] });

const isEmpty = ({ pending, completed }: Update) => pending.length === 0 && completed.length === 0;

/** The calls that fetch what is in no other fragments than those with the labels, and in no other later items than the lists'. */
const callsFor = ({ calls }: SlicedPlan, labels: DeferredLabels, later: readonly StreamedList[]): number[] =>
  calls.flatMap((call, index) => {
    const isOfItems = call.lists.every((list) => later.includes(list) === call.later.includes(list));
    return isOfItems && isFor(call.deferLabel, labels) ? [index] : [];
  });
