import { CodedError, type LogPosition } from '@tributary/service-kit';
import type { Generation } from '../engine/generation.ts';
import { RequestAttempts } from '../overload/request-attempts.ts';
import type { FetchScope } from '../subgraphs/fetch-scope.ts';
import { type CompletionParts, completeEvent, isVisible, scopeFor } from './complete-event.ts';
import { holding } from './holding.ts';
import { isUpTo } from './is-up-to.ts';
import { LiveMember } from './live-member.ts';
import type { LiveEnd, LiveRequest, LiveResult } from './live-operation.ts';
import { LiveQueue } from './live-queue.ts';
import { MissedEvents } from './missed-events.ts';
import { bytesOf, type OpenSource, type SourceEvent, type SourceListener } from './source-event.ts';
import type { SubscriptionPlan } from './subscription-plan.ts';
import type { Holder, WaitingBytes } from './waiting-bytes.ts';
import { firstWay, laterWay, type Way } from './way.ts';

export interface LiveGroupParts extends CompletionParts {
  waiting: WaitingBytes;
  /** Equal where the same source is heard. @throws CodedError where nothing could ever be heard */
  sourceKey(plan: SubscriptionPlan, scope: FetchScope): string;
  /** @param isVisible see `EventSourceParts` @throws CodedError */
  openSource(
    plan: SubscriptionPlan,
    scope: FetchScope,
    listener: SourceListener,
    isVisible: (event: SourceEvent) => Promise<boolean>,
  ): Promise<OpenSource>;
  /** See `Turns`. */
  inTurn(lane: string, key: string, work: () => Promise<void>): void;
  /** It has ended. */
  ended(group: LiveGroup): void;
}

/** What its source has said, until its turn comes. */
type Heard = HeardEvent | HeardEnd;

interface HeardEvent {
  readonly event: SourceEvent;
  /** What it is completed by, where that is not what is in place when its turn comes. */
  readonly way: Way | undefined;
  readonly bytes: number;
}

interface HeardEnd {
  readonly source: OpenSource;
  readonly error: CodedError | undefined;
}

/** A source whose end is told only where it is in place. */
interface PlacedSource extends OpenSource {
  place(): void;
}

/** Further events end it: it is out of date by more than anybody wants to be told one by one. */
const MOST_WAITING = 1000;

let nextId = 0;

/**
 * A subscription as one caller has it, for all of their clients that ask for the same: each event is completed once. It
 * keeps the generation that it is on, until it is moved to another one.
 */
export class LiveGroup implements Holder {
  readonly #id = String(nextId++);
  readonly #parts: LiveGroupParts;
  readonly #request: LiveRequest;
  readonly #members = new Set<LiveMember>();
  /** Undefined as long as nobody has gone on with an earlier subscription. */
  #missed: MissedEvents | undefined;
  generation: Generation;
  /** Undefined until it is planned. */
  #way: Way | undefined;
  #source: PlacedSource | undefined;
  /** In their order. Nothing of it is done before there is a client to be told. */
  readonly #heard: Heard[] = [];
  #heardUpTo: LogPosition | undefined;
  #hasBegun = false;
  #lane = '';
  /** That are not over. */
  #turns = 0;
  #isOver = false;
  /** Resolves once every later event is heard. */
  readonly opened: Promise<void>;

  constructor(generation: Generation, request: LiveRequest, parts: LiveGroupParts) {
    this.#parts = parts;
    this.#request = request;
    this.generation = generation.enter();
    this.opened = holding(generation, () => this.#open());
    this.opened.catch(() => this.end('completed'));
  }

  /** As it is by the generation that it is on. */
  get request(): LiveRequest {
    const { denial } = this.#way ?? this.#request;
    return { ...this.#request, denial };
  }

  /** The one that has the root field. Undefined until it is planned. */
  get subgraph(): string | undefined {
    return this.#way?.plan.call.subgraph;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** One more client, of a group that is open and not over. @throws CodedError where it cannot go on from its last event */
  async join(request: LiveRequest): Promise<LiveQueue> {
    const queue = new LiveQueue(request.bufferedEvents, this.#parts.waiting, () => {
      this.#members.delete(member);
      if (this.#members.size === 0) this.end('completed');
    });
    const member = new LiveMember(queue);
    this.#members.add(member);
    try {
      const beginning = member.begin(this.#source as OpenSource, () => this.#missedEvents(), request);
      this.#begin();
      await beginning;
    } catch (error) {
      await queue.return();
      throw error;
    }
    return queue;
  }

  end(end: LiveEnd, error?: CodedError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const { queue } of [...this.#members]) queue.finish(end, error);
    this.#members.clear();
    this.#source?.close();
    for (const heard of this.#heard.splice(0)) {
      if ('source' in heard) continue;
      this.#parts.waiting.remove(this, heard.event, heard.bytes);
      heard.way?.generation.leave();
    }
    this.generation.leave();
    this.#parts.ended(this);
  }

  /** More waits in this process than may, and most of it here. */
  giveUp(): void {
    this.end('failed', new CodedError('SUBSCRIPTION_UNAVAILABLE'));
  }

  /** Goes on by another generation, or ends where that has no place for it. */
  async moveTo(generation: Generation): Promise<void> {
    if (this.#isOver || this.generation === generation) return;
    await holding(generation, () => this.#moveTo(generation));
  }

  async #moveTo(generation: Generation): Promise<void> {
    let way: Way | undefined;
    let source: PlacedSource | undefined;
    try {
      way = await laterWay(generation, this.#wayParts());
      source = way && (await this.#sourceFor(way));
    } catch (error) {
      this.#unplanned(error);
      // That no thread was free, say, tells nothing of what the schema has: whoever comes again may well get it.
      if (!isNoPlace(error)) return this.end('failed', new CodedError('SUBSCRIPTION_UNAVAILABLE'));
      way = undefined;
    }
    if (way === undefined) return this.end('retired');
    if (this.#isOver) {
      if (source !== this.#source) source?.close();
      return;
    }
    if (source === undefined) return this.end('failed', new CodedError('SUBSCRIPTION_UNAVAILABLE'));
    if (source !== this.#source) this.#source?.close();
    const before = this.generation;
    this.generation = generation.enter();
    before.leave();
    this.#way = way;
    this.#source = source;
    source.place();
  }

  async #open(): Promise<void> {
    this.#way = await firstWay(this.generation, this.#wayParts());
    const source = await this.#openBy(this.#way);
    if (this.#isOver) source.close();
    this.#source = source;
    source.place();
  }

  /** The one that it has, where the same is heard. @throws CodedError where nothing could ever be heard */
  async #sourceFor(way: Way): Promise<PlacedSource | undefined> {
    if (this.#parts.sourceKey(way.plan, this.#scope()) === this.#source?.key) return this.#source;
    return this.#openBy(way).catch((error: unknown) => this.#unplanned(error));
  }

  async #openBy(way: Way): Promise<PlacedSource> {
    const { plan } = way;
    const scope = this.#scope();
    const { promise: placed, resolve: place } = Promise.withResolvers<void>();
    let source: PlacedSource | undefined;
    const listener: SourceListener = {
      // Once it is in place it may stay there for later generations.
      event: (event) => this.#hear(event, this.#source === source ? this.#way : way),
      // Behind its last events.
      ended: (error) => void placed.then(() => source && this.#add({ source, error })),
    };
    const isSeen = (event: SourceEvent) => isVisible(event, plan, scope, this.#parts);
    source = { ...(await this.#parts.openSource(plan, scope, listener, isSeen)), place };
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
    if (this.#isOver || isUpTo(position, this.#heardUpTo)) return;
    this.#heardUpTo = position;
    this.#missed?.add(event);
    if (this.#isOver) return;
    if (this.#heard.length >= MOST_WAITING) {
      this.giveUp();
      return;
    }
    // An answer has the form that was asked for then; an entity is asked for by what is in place when its turn comes.
    const asked = 'answer' in event.what ? way : undefined;
    asked?.generation.enter();
    this.#add({ event, way: asked, bytes: bytesOf(event) });
  }

  #add(heard: Heard): void {
    if (this.#isOver) return;
    this.#heard.push(heard);
    if ('event' in heard) this.#parts.waiting.add(this, heard.event, heard.bytes);
    if (this.#hasBegun) this.#inTurn(this.#id, () => this.#tellNext());
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    for (const _ of [...this.#heard]) this.#inTurn(this.#id, () => this.#tellNext());
  }

  /** @param key of what is done in its order */
  #inTurn(key: string, work: () => Promise<void>): void {
    // What waits in another lane would be overtaken.
    if (this.#turns === 0) this.#lane = this.#way?.plan.subgraphs.join(' ') ?? '';
    this.#turns++;
    this.#parts.inTurn(this.#lane, key, async () => {
      await work();
      this.#turns--;
    });
  }

  async #tellNext(): Promise<void> {
    const heard = this.#heard.shift();
    if (heard === undefined) return;
    if ('source' in heard) {
      // Another one may have its place by now.
      if (heard.source === this.#source) this.end(heard.error === undefined ? 'completed' : 'failed', heard.error);
      return;
    }
    const { event, bytes } = heard;
    this.#parts.waiting.remove(this, event, bytes);
    const way = heard.way ?? this.#way;
    const result = way && (await completeEvent(event, way, this.#request, this.#parts));
    if (result !== undefined) for (const member of [...this.#members]) member.take(result, event.position);
    heard.way?.generation.leave();
  }

  #missedEvents(): MissedEvents {
    const { waiting } = this.#parts;
    this.#missed ??= new MissedEvents({ waiting, complete: (event) => this.#completeMissed(event) });
    return this.#missed;
  }

  /** In an order of its own: what others have missed holds up nobody who is up to date. */
  #completeMissed(event: SourceEvent): Promise<LiveResult | undefined> {
    const { promise, resolve } = Promise.withResolvers<LiveResult | undefined>();
    this.#inTurn(`${this.#id} missed`, async () => {
      const way = this.#isOver ? undefined : this.#way;
      resolve(way && (await completeEvent(event, way, this.#request, this.#parts)));
    });
    return promise;
  }

  #wayParts() {
    return { engine: this.#parts.engine, request: this.#request, scope: this.#scope() };
  }

  /** Of what is asked for its beginning, or for its move. */
  #scope(): FetchScope {
    const { requestId, priority } = this.#request;
    return { ...scopeFor(this.#request, requestId, this.#parts), attempts: new RequestAttempts(priority) };
  }
}

/** What `subscriptionPlan` says where nothing is left of a subscription, and `sourceKey` where nothing could be heard. */
const NO_PLACE: readonly string[] = ['UNAUTHORIZED_FIELD_OR_TYPE', 'BAD_REQUEST', 'UNAUTHENTICATED', 'BAD_USER_INPUT'];
const isNoPlace = (error: unknown) => error instanceof CodedError && NO_PLACE.includes(error.code);
