import { SpanKind, type Tracer } from '@opentelemetry/api';
import { CodedError, inEntrySpan, type Logger, type LogPosition, linksTo, newId } from '@tributary/service-kit';
import type { Denial } from '../authorization/denial.ts';
import type { Engine } from '../engine/engine.ts';
import type { Generation } from '../engine/generation.ts';
import type { SchemaView } from '../engine/schema-view.ts';
import type { OperationResult } from '../executor/prepare-operation.ts';
import type { FetchScope } from '../subgraphs/fetch-scope.ts';
import type { SubgraphAnswer } from '../subgraphs/read-answer.ts';
import { safeError } from '../subgraphs/safe-error.ts';
import { isValidBy } from './is-valid-by.ts';
import { LiveMember } from './live-member.ts';
import type { LiveEnd, LiveRequest } from './live-operation.ts';
import type { LiveQueue } from './live-queue.ts';
import type { OpenSource, SourceEvent, SourceListener } from './source-event.ts';
import { type SubscriptionPlan, subscriptionPlan } from './subscription-plan.ts';

/** What became of an event, once for all who share it. */
export type EventOutcome = 'delivered' | 'errors' | 'hidden' | 'failed';

export interface LiveGroupParts {
  engine: Engine;
  deadlineMs: number;
  /** Equal where the same source is heard. @throws CodedError where nothing could ever be heard */
  sourceKey(plan: SubscriptionPlan, scope: FetchScope): string;
  /** @throws CodedError */
  openSource(
    plan: SubscriptionPlan,
    scope: FetchScope,
    listener: SourceListener,
    group: LiveGroup,
  ): Promise<OpenSource>;
  /** Does it when its turn comes: events of one group one after the other, and not too many at once. */
  inTurn(group: LiveGroup, work: () => Promise<void>): void;
  count(outcome: EventOutcome): void;
  /** It has ended. */
  ended(group: LiveGroup): void;
  log: Logger;
  tracer: Tracer;
}

/** What an event is completed by. */
interface Way {
  readonly generation: Generation;
  readonly plan: SubscriptionPlan;
  readonly denial: Denial | undefined;
}

/** Further events end it: it is out of date by more than anybody wants to be told one by one. */
const MOST_WAITING = 1000;

let nextId = 0;

/**
 * A subscription as one caller has it, for all of their clients that ask for the same: each event is completed once. It
 * keeps the generation that it is on, until it is moved to another one.
 */
export class LiveGroup {
  readonly id = String(nextId++);
  readonly #parts: LiveGroupParts;
  readonly #request: LiveRequest;
  readonly #members = new Set<LiveMember>();
  generation: Generation;
  /** Undefined until it is planned. */
  #way: Way | undefined;
  #source: OpenSource | undefined;
  #heard: LogPosition | undefined;
  #waiting = 0;
  #isOver = false;
  /** Resolves once every later event is heard. */
  readonly opened: Promise<void>;

  constructor(generation: Generation, request: LiveRequest, parts: LiveGroupParts) {
    this.#parts = parts;
    this.#request = request;
    this.generation = generation.enter();
    this.opened = within(generation, () => this.#open());
    this.opened.catch(() => this.end('completed'));
  }

  /** As it is by the generation that it is on. */
  get request(): LiveRequest {
    const { denial } = this.#way ?? this.#request;
    return { ...this.#request, denial };
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** One more client, of a group that is open and not over. @throws CodedError where it cannot go on from its last event */
  async join({ bufferedEvents, lastEventId }: LiveRequest): Promise<LiveQueue> {
    const member: LiveMember = new LiveMember(bufferedEvents, () => {
      this.#members.delete(member);
      if (this.#members.size === 0) this.end('completed');
    });
    this.#members.add(member);
    try {
      await member.begin(this.#source as OpenSource, lastEventId, (event) => this.#resultInTurn(event));
    } catch (error) {
      await member.queue.return();
      throw error;
    }
    return member.queue;
  }

  end(end: LiveEnd, error?: CodedError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const { queue } of [...this.#members]) queue.finish(end, error);
    this.#members.clear();
    this.#source?.close();
    this.generation.leave();
    this.#parts.ended(this);
  }

  /** Goes on by another generation, or ends where that has no place for it. */
  async moveTo(generation: Generation): Promise<void> {
    if (this.#isOver || this.generation === generation) return;
    await within(generation, () => this.#moveTo(generation));
  }

  async #moveTo(generation: Generation): Promise<void> {
    let way: Way | undefined;
    let source: OpenSource | undefined;
    try {
      way = await this.#wayBy(generation);
      source = way && (await this.#sourceFor(way));
    } catch (error) {
      this.#unplanned(error);
      // That no thread was free, say, tells nothing of what the schema has: whoever comes again may well get it.
      if (!isNoPlace(error)) return this.end('source-failed', new CodedError('SUBSCRIPTION_UNAVAILABLE'));
      way = undefined;
    }
    if (way === undefined) return this.end('retired');
    if (this.#isOver) {
      if (source !== this.#source) source?.close();
      return;
    }
    if (source === undefined) return this.end('source-failed', new CodedError('SUBSCRIPTION_UNAVAILABLE'));
    if (source !== this.#source) this.#source?.close();
    const before = this.generation;
    this.generation = generation.enter();
    before.leave();
    this.#way = way;
    this.#source = source;
  }

  /** Whether the caller may see what an event is about. @throws CodedError where that cannot be learned */
  async isVisible(plan: SubscriptionPlan, event: SourceEvent, scope: FetchScope): Promise<boolean> {
    const answer = await this.#answerOf(plan, event, scope);
    if (answer === undefined) return false;
    const isThere = answer.data !== null && Object.values(answer.data).every((entity) => entity !== null);
    if (isThere) return true;
    const codes = answer.errors.map((error) => safeError(error).code);
    const refusal = REFUSALS.find((code) => codes.includes(code));
    throw new CodedError(refusal ?? 'SUBSCRIPTION_UNAVAILABLE');
  }

  async #open(): Promise<void> {
    const { generation } = this;
    const view = viewOf(generation, this.#request.line);
    if (view === undefined) throw new CodedError('SUBSCRIPTION_UNAVAILABLE');
    const { denial } = this.#request;
    const plan = await this.#planBy(view, denial);
    this.#way = { generation, plan, denial };
    const source = await this.#openBy(this.#way);
    if (this.#isOver) source.close();
    this.#source = source;
  }

  async #planBy(view: SchemaView, denial: Denial | undefined): Promise<SubscriptionPlan> {
    const { document, operation, variables } = this.#request;
    const asked = { document, operation, denial, scope: this.#scope() };
    const { prepared, labels } = await this.#parts.engine.subscription(view, asked);
    return subscriptionPlan({ view, prepared, labels, variables, denial });
  }

  /** Undefined where the generation has no place for it. */
  async #wayBy(generation: Generation): Promise<Way | undefined> {
    const view = viewOf(generation, this.#request.line);
    if (view === undefined || !isValidBy(view, this.#request)) return undefined;
    const { denial, refusals } = this.#parts.engine.authorise(view, this.#request);
    if (refusals.length > 0) return undefined;
    return { generation, plan: await this.#planBy(view, denial), denial };
  }

  /** The one that it has, where the same is heard. @throws CodedError where nothing could ever be heard */
  async #sourceFor(way: Way): Promise<OpenSource | undefined> {
    if (this.#parts.sourceKey(way.plan, this.#scope()) === this.#source?.key) return this.#source;
    return this.#openBy(way).catch((error: unknown) => this.#unplanned(error));
  }

  async #openBy(way: Way): Promise<OpenSource> {
    let source: OpenSource | undefined;
    const listener: SourceListener = {
      // Once it is in place it may stay there for later generations.
      event: (event) => this.#hear(event, this.#source === source ? this.#way : way),
      ended: (error) => this.end(error === undefined ? 'completed' : 'source-failed', error),
    };
    source = await this.#parts.openSource(way.plan, this.#scope(), listener, this);
    return source;
  }

  #unplanned(error: unknown): undefined {
    this.#parts.log.warn({ request_id: this.#request.requestId, err: error }, 'a subscription could not be moved');
    return undefined;
  }

  /** @param way that its source was opened by */
  #hear(event: SourceEvent, way: Way | undefined): void {
    const { position } = event;
    // Two sources may say it, while one takes the other's place.
    const isRepeated = position !== undefined && isUpTo(position, this.#heard);
    if (this.#isOver || isRepeated) return;
    this.#heard = position;
    if (++this.#waiting > MOST_WAITING) {
      this.end('source-failed', new CodedError('SUBSCRIPTION_UNAVAILABLE'));
      return;
    }
    // An answer has the form that was asked for then; an entity is asked for by what is in place when its turn comes.
    const asked = 'answer' in event.what ? way : undefined;
    asked?.generation.enter();
    this.#parts.inTurn(this, async () => {
      this.#waiting--;
      if (!this.#isOver) {
        const result = await this.#resultOf(event, asked ?? this.#way);
        if (result !== undefined) for (const member of [...this.#members]) member.take(result, event.position);
      }
      asked?.generation.leave();
    });
  }

  #resultInTurn(event: SourceEvent): Promise<OperationResult | undefined> {
    return new Promise((resolve) => this.#parts.inTurn(this, () => this.#resultOf(event, this.#way).then(resolve)));
  }

  /** Undefined where it is none of the caller's business. Does not reject. */
  async #resultOf(event: SourceEvent, way: Way | undefined): Promise<OperationResult | undefined> {
    if (way === undefined) return undefined;
    const { tracer, log, count } = this.#parts;
    const { requestId } = this.#request;
    const span = { kind: SpanKind.CONSUMER, links: linksTo(event.traceparent) };
    try {
      const result = await inEntrySpan(tracer, 'graphql.subscription.event', undefined, span, () =>
        // It may be moved on, or end, meanwhile.
        within(way.generation, () => this.#execute(event, way)),
      );
      count(result === undefined ? 'hidden' : result.errors.length > 0 ? 'errors' : 'delivered');
      return result;
    } catch (error) {
      count('failed');
      if (!(error instanceof CodedError)) log.error({ request_id: requestId, err: error }, 'an event failed');
      const { code, message } = error instanceof CodedError ? error : new CodedError('INTERNAL_SERVER_ERROR');
      return { data: 'null', errors: [{ code, message, path: undefined }] };
    }
  }

  async #execute(event: SourceEvent, { plan, denial }: Way): Promise<OperationResult | undefined> {
    const { document, operation, variables } = this.#request;
    const scope = this.#scope();
    const answer = await this.#answerOf(plan, event, scope);
    if (answer === undefined) return undefined;
    const { view, labels } = plan;
    return this.#parts.engine.execute(view, {
      ...{ document, operation, variables, denial, scope },
      event: { answer, labels },
    });
  }

  async #answerOf(
    plan: SubscriptionPlan,
    { what }: SourceEvent,
    scope: FetchScope,
  ): Promise<SubgraphAnswer | undefined> {
    if ('answer' in what) return what.answer;
    const { question, values, view } = plan;
    if (question === undefined) return undefined;
    return question.read(await this.#parts.engine.ask(view, question.about(what.entity, values), scope));
  }

  #scope(): FetchScope {
    const { engine, deadlineMs } = this.#parts;
    const { identity, canary } = this.#request;
    const budget = engine.newBudget();
    return { requestId: newId(), identity, canary, deadlineMs: performance.now() + deadlineMs, budget };
  }
}

/** What a subgraph may say of an entity that the caller may not see. */
const REFUSALS = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'] as const;

/** What `subscriptionPlan` says where nothing is left of a subscription, and `sourceKey` where nothing could be heard. */
const NO_PLACE: readonly string[] = ['UNAUTHORIZED_FIELD_OR_TYPE', 'BAD_REQUEST', 'UNAUTHENTICATED', 'BAD_USER_INPUT'];
const isNoPlace = (error: unknown) => error instanceof CodedError && NO_PLACE.includes(error.code);

/** It does not rest meanwhile, also where everybody else leaves it: it would get a planner and connections anew. */
async function within<T>(generation: Generation, work: () => Promise<T>): Promise<T> {
  generation.enter();
  try {
    return await work();
  } finally {
    generation.leave();
  }
}

const isUpTo = (position: LogPosition, heard: LogPosition | undefined) =>
  heard?.log === position.log && position.sequence <= heard.sequence;

const viewOf = (generation: Generation, line: number | undefined): SchemaView | undefined =>
  line === undefined ? generation : generation.view(line);
