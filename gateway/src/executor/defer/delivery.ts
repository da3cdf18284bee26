import { errorCatalogue } from '@tributary/service-kit';
import type {
  CompletedPart,
  IncrementalData,
  IncrementalResult,
  IncrementalUpdate,
  PendingPart,
} from '../../incremental/incremental-result.ts';
import type { NormalSelectionSet } from '../../planner/normal-operation.ts';
import type { CompiledPlan } from '../compiled-plan.ts';
import type { Projection } from '../projection.ts';
import type { ClientError, DeferredPlace, ProjectionRun } from '../projection-run.ts';
import type { PlanResult, RunWatch } from '../run-plan.ts';
import type { ResponsePath } from '../targets.ts';
import type { DeferredFields } from './deferred-fields.ts';
import { type DeferredFragment, type DeferredPart, DeferredParts } from './deferred-parts.ts';
import { deliveredWith } from './delivered-with.ts';

export interface DeliveryParts {
  plan: CompiledPlan;
  project: Projection;
  selection: NormalSelectionSet;
  /** A pass over what is there. */
  passOver(result: PlanResult): ProjectionRun;
}

/**
 * Delivers what an operation with `@defer` comes to, while its plan runs: the first payload when the calls are done that
 * are for no deferred fragment, and each fragment when it is whole and what is around it has been delivered.
 */
export class Delivery implements RunWatch {
  readonly #parts: DeliveryParts;
  readonly #known = new DeferredParts();
  readonly #ended = new Set<number>();
  /** Parts that wait for calls: all with the same fields wait for the same. */
  readonly #waiting = new Map<DeferredFields, { readonly needs: readonly number[]; readonly parts: DeferredPart[] }>();
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
    this.#needsOfFirst = callsOf(parts.plan, (label) => label === undefined);
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
    this.#add(pass.deferred.splice(0));
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
    return [...this.#waiting].flatMap(([fields, { needs, parts }]) => {
      if (!needs.every((call) => this.#ended.has(call))) return [];
      this.#waiting.delete(fields);
      return parts;
    });
  }

  #read(part: DeferredPart, pass: ProjectionRun): void {
    pass.path = [...part.path];
    const text = part.fields.emit(part.object, pass);
    const inner = pass.deferred.splice(0);
    if (text !== undefined) this.#add(inner);
    const errors = this.#errorsOf(pass, part);
    part.outcome = { text, errors: text === undefined && errors.length === 0 ? [whyNot(part, pass)] : errors };
    for (const fragment of part.fragments) fragment.missing--;
  }

  #add(places: readonly DeferredPlace[]): void {
    for (const place of places) {
      const part = this.#known.add(place);
      const { fields } = place;
      const waiting = this.#waiting.get(fields) ?? { needs: this.#needsOf(fields), parts: [] };
      this.#waiting.set(fields, waiting);
      waiting.parts.push(part);
      for (const fragment of part.fragments) if (fragment.end === undefined) this.#open.add(fragment);
    }
  }

  #needsOf({ planLabels }: DeferredFields): readonly number[] {
    return callsOf(this.#parts.plan, (label) => label !== undefined && planLabels.has(label));
  }

  /** Tells of fragments of which what is around them has been delivered. */
  #announce(): void {
    for (const fragment of this.#open) {
      if (fragment.pending !== undefined) continue;
      const around = this.#known.around(fragment);
      if (around?.end === 'failed') {
        fragment.end = 'failed';
        this.#open.delete(fragment);
      } else if (around === undefined || around.end === 'delivered') {
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
    const failed = fragment.parts.flatMap(({ outcome }) =>
      outcome?.text === undefined ? (outcome?.errors ?? []) : [],
    );
    fragment.end = failed.length > 0 ? 'failed' : 'delivered';
    this.#next.completed.push({ part, errors: failed.length > 0 ? failed : undefined });
    if (failed.length > 0) return;
    for (const one of fragment.parts) {
      if (one.isDelivered || one.outcome?.text === undefined) continue;
      one.isDelivered = true;
      const subPath = one.path.slice(fragment.path.length);
      this.#next.incremental.push({ part, subPath, data: one.outcome.text, errors: one.outcome.errors });
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
    const { group } = part.fields;
    const own = group === undefined ? [] : (index.placed.get(placeKey(group.key, part.path)) ?? []);
    return [...index.unplaced, ...own];
  }

  /** What belongs nowhere is told first, unless it is of what would have come later. */
  #isOf({ path, isLater = false }: ClientError, part: DeferredPart | undefined): boolean {
    if (path === undefined) return part !== undefined || !isLater;
    const owner = deliveredWith(path, this.#parts.selection).find(
      ({ group, depth }) => group !== undefined && this.#known.has(group.key, path.slice(0, depth)),
    );
    if (part === undefined) return owner === undefined && !isLater;
    if (owner === undefined) return false;
    return owner.group === part.fields.group && path.slice(0, owner.depth).join('.') === part.path.join('.');
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
    for (const { group, depth } of deliveredWith(error.path, selection)) {
      if (group === undefined) continue;
      const key = placeKey(group.key, error.path.slice(0, depth));
      const others = placed.get(key);
      if (others === undefined) placed.set(key, [error]);
      else others.push(error);
    }
  }
  return { unplaced: errors.filter(({ path }) => path === undefined), placed };
}

const placeKey = (group: string, path: ResponsePath): string => `${group} ${path.join('.')}`;

type Update = { pending: PendingPart[]; incremental: IncrementalData[]; completed: CompletedPart[] };

const noUpdate = (): Update => ({ pending: [], incremental: [], completed: [] });

const isEmpty = ({ pending, completed }: Update) => pending.length === 0 && completed.length === 0;

const callsOf = ({ calls }: CompiledPlan, isOf: (label: string | undefined) => boolean): number[] =>
  calls.flatMap(({ deferLabel }, index) => (isOf(deferLabel) ? [index] : []));

/** Of one of many places that failed together, of which only the first were told. */
function whyNot(part: DeferredPart, pass: ProjectionRun): ClientError {
  const { message } = errorCatalogue.SUBGRAPH_RESPONSE_INVALID;
  const like = pass.given.find(({ path }) =>
    part.fields.keys.has(String(path?.findLast((step) => typeof step === 'string'))),
  );
  return { message: like?.message ?? message, code: like?.code ?? 'SUBGRAPH_RESPONSE_INVALID', path: part.path };
}
