import type { Tracer } from '@opentelemetry/api';
import {
  CodedError,
  type EventTail,
  type KeyedQueue,
  keyedQueue,
  type Logger,
  type Metrics,
  type ServiceIdentityIssuer,
} from '@tributary/service-kit';
import type { OperationDefinitionNode } from 'graphql';
import type { Denial } from '../authorization/denial.ts';
import type { Engine } from '../engine/engine.ts';
import type { Generation } from '../engine/generation.ts';
import { audienceOf } from '../engine/in-flight.ts';
import { othersFirst } from '../others-first.ts';
import { EventHub } from './event-hub.ts';
import { openEventSource, requiredTopic } from './event-source.ts';
import { type EventOutcome, LiveGroup, type LiveGroupParts } from './live-group.ts';
import type { LiveOperation, LiveRequest, Subscriptions } from './live-operation.ts';
import type { UpstreamOptions } from './upstream/upstream-connection.ts';
import { Upstreams } from './upstream/upstreams.ts';

export interface LiveSubscriptionsParts {
  engine: Engine;
  /** Where events that the schema binds come from; undefined: there is no broker. */
  tail: EventTail | undefined;
  /** How subgraphs are subscribed to, by their names. */
  subgraphs: Readonly<Record<string, { readonly subscriptions?: UpstreamOptions | undefined }>>;
  issuer: ServiceIdentityIssuer | undefined;
  /** Of one event of a subgraph. */
  maxResponseBytes: number;
  /** In which an event is completed. */
  deadlineMs: number;
  log: Logger;
  metrics: Metrics;
  tracer: Tracer;
}

/** Events that are completed at the same time. Whoever queries has precedence. */
const AT_ONCE = 32;
/** Groups that move to another generation at the same time: it is mostly waiting, for a planner thread or a subgraph. */
const MOVED_AT_ONCE = 8;
const OUTCOMES: readonly EventOutcome[] = ['delivered', 'errors', 'hidden', 'failed'];

interface Turn {
  work(): Promise<void>;
}

/** The engine's side of subscriptions (ADR 0035): sources of events, and the results that they come to. */
export class LiveSubscriptions implements Subscriptions {
  readonly #parts: LiveSubscriptionsParts;
  readonly #hub: EventHub | undefined;
  readonly #upstreams: Upstreams;
  /** Each with the key under which others may join it. */
  readonly #groups = new Map<LiveGroup, string>();
  readonly #byKey = new Map<string, LiveGroup>();
  readonly #ids = new WeakMap<object, number>();
  readonly #turns: KeyedQueue<Turn>;
  readonly #groupParts: LiveGroupParts;
  readonly #unlisten: () => void;
  #nextId = 0;
  #isStopped = false;
  #moving: Promise<void> = Promise.resolve();

  constructor(parts: LiveSubscriptionsParts) {
    this.#parts = parts;
    const { tail, engine, deadlineMs, log, tracer, metrics } = parts;
    this.#hub = tail && new EventHub({ ...parts, tail });
    this.#upstreams = new Upstreams(parts);
    this.#turns = keyedQueue(AT_ONCE, (turn) => turn.work());
    const counters = OUTCOMES.map(
      (outcome) => [outcome, metrics.counter('graphql_subscription_events_total', { outcome })] as const,
    );
    const count = new Map(counters);
    this.#groupParts = {
      ...{ engine, deadlineMs, log, tracer },
      sourceKey: (plan, scope) =>
        plan.binding === undefined
          ? this.#upstreams.keyOf(plan.call, plan.values, scope)
          : requiredTopic(plan.binding, plan.args, scope.identity),
      openSource: (...asked) => this.#openSource(...asked),
      inTurn: ({ id }, work) => this.#turns.add(id, { work }),
      count: (outcome) => count.get(outcome)?.inc(),
      ended: (group) => this.#ended(group),
    };
    const groups = metrics.get('graphql_subscription_groups');
    metrics.beforeScrape(() => groups.set(this.#groups.size));
    this.#unlisten = engine.onAdopted(() => this.#moveAll());
  }

  async subscribe(generation: Generation, request: LiveRequest): Promise<LiveOperation> {
    for (;;) {
      if (this.#isStopped) throw new CodedError('SUBSCRIPTION_UNAVAILABLE');
      const group = this.#groupOf(generation, request);
      await group.opened;
      // Its last client may have left while this one waited.
      if (!group.isOver) return group.join(request);
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unlisten();
    for (const group of [...this.#groups.keys()])
      group.end('source-failed', new CodedError('SUBSCRIPTION_UNAVAILABLE'));
    this.#hub?.stop();
    await this.#moving;
    await this.#turns.atMost(0);
  }

  #groupOf(generation: Generation, request: LiveRequest): LiveGroup {
    const key = this.#keyOf(generation, request);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const group = new LiveGroup(generation, request, this.#groupParts);
    this.#groups.set(group, key);
    this.#byKey.set(key, group);
    // Whoever asked just before another one took over: the others have been moved by now.
    if (generation !== this.#parts.engine.current)
      group.opened.then(
        () => this.#moveLate(group),
        () => {},
      );
    return group;
  }

  /** Who asks the same by the same schema, as the same. */
  #keyOf(generation: Generation, request: LiveRequest): string {
    const { operation, denial, variables, line } = request;
    const ids = [this.#idOf(generation), this.#idOf(denial ?? operation), line ?? ''].join();
    return `${ids} ${audienceOf(request)} ${JSON.stringify(variables)}`;
  }

  #idOf(thing: Generation | Denial | OperationDefinitionNode): number {
    const id = this.#ids.get(thing) ?? this.#nextId++;
    this.#ids.set(thing, id);
    return id;
  }

  #ended(group: LiveGroup): void {
    this.#forget(group);
    this.#groups.delete(group);
  }

  #forget(group: LiveGroup): void {
    const key = this.#groups.get(group);
    if (key !== undefined && this.#byKey.get(key) === group) this.#byKey.delete(key);
  }

  /** From now on those may join it who come by the other generation. */
  #rekey(group: LiveGroup): void {
    if (group.isOver) return;
    this.#forget(group);
    const key = this.#keyOf(group.generation, group.request);
    this.#groups.set(group, key);
    if (!this.#byKey.has(key)) this.#byKey.set(key, group);
  }

  async #openSource(...[plan, scope, listener, group]: Parameters<LiveGroupParts['openSource']>) {
    const { log } = this.#parts;
    const { binding, call, args, values, view } = plan;
    if (binding === undefined) {
      if (!this.#upstreams.has(call.subgraph))
        log.error(
          { subgraph: call.subgraph },
          'a subscription has no source: neither @eventStream nor `subscriptions` of the subgraph',
        );
      return this.#upstreams.open(call, values, scope, listener);
    }
    const hub = this.#hub;
    if (hub === undefined) {
      log.error({ subgraph: call.subgraph }, 'a subscription has no source: `events.nats` is not configured');
      throw new CodedError('SUBSCRIPTION_UNAVAILABLE');
    }
    const types = [...view.candidate.eventBindings.values()].flatMap((each) => each.types);
    const { identity } = scope;
    const isVisible: Parameters<typeof openEventSource>[0]['isVisible'] = (event) =>
      group.isVisible(plan, event, scope);
    return openEventSource({ hub, binding, args, identity, types, isVisible }, listener);
  }

  /** A few at a time, behind requests that wait: there may be thousands. */
  #moveAll(): void {
    this.#moving = this.#moving.then(async () => {
      // They take from it in turn.
      const groups = [...this.#groups.keys()].values();
      await Promise.all(Array.from({ length: MOVED_AT_ONCE }, () => this.#moveEach(groups)));
    });
  }

  async #moveEach(groups: IteratorObject<LiveGroup>): Promise<void> {
    for (const group of groups) {
      if (this.#isStopped) return;
      if (group.generation === this.#parts.engine.current) continue;
      await this.#moveInTime(group);
      await othersFirst();
    }
  }

  #moveLate(group: LiveGroup): void {
    this.#moving = this.#moving.then(() => this.#moveInTime(group));
  }

  /** A subgraph that is away must not keep all others with the schema before. */
  async #moveInTime(group: LiveGroup): Promise<void> {
    const moving = group.opened.catch(() => {}).then(() => this.#move(group));
    if (await isInTime(moving, this.#parts.deadlineMs)) return;
    group.end('source-failed', new CodedError('SUBSCRIPTION_UNAVAILABLE'));
  }

  /** Does not reject. */
  async #move(group: LiveGroup): Promise<void> {
    try {
      await group.moveTo(this.#parts.engine.current);
      this.#rekey(group);
    } catch (error) {
      // Not foreseen. It is the end of this one; the others move on, and the process lives.
      this.#parts.log.error({ request_id: group.request.requestId, err: error }, 'a subscription failed to move');
      group.end('retired');
    }
  }
}

async function isInTime(moving: Promise<void>, deadlineMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, deadlineMs, false);
  });
  return await Promise.race([moving.then(() => true), late]).finally(() => clearTimeout(timer));
}
