import { createHash } from 'node:crypto';
import type { Tracer } from '@opentelemetry/api';
import {
  CodedError,
  type EventTail,
  type Logger,
  type Metrics,
  type ServiceIdentityIssuer,
} from '@tributary/service-kit';
import type { OperationDefinitionNode } from 'graphql';
import type { Denial } from '../authorization/denial.ts';
import type { Engine } from '../engine/engine.ts';
import type { Generation } from '../engine/generation.ts';
import { audienceOf } from '../engine/in-flight.ts';
import type { EventOutcome } from './complete-event.ts';
import { EventHub } from './event-hub.ts';
import { openEventSource, requiredTopic } from './event-source.ts';
import { GroupMoves } from './group-moves.ts';
import { LiveGroup, type LiveGroupParts } from './live-group.ts';
import type { LiveOperation, LiveRequest, Subscriptions } from './live-operation.ts';
import { Turns } from './turns.ts';
import type { UpstreamOptions } from './upstream/upstream-connection.ts';
import { Upstreams } from './upstream/upstreams.ts';
import { WaitingBytes } from './waiting-bytes.ts';

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

const OUTCOMES: readonly EventOutcome[] = ['delivered', 'errors', 'hidden', 'failed'];

/** The engine's side of subscriptions (ADR 0035): sources of events, and the results that they come to. */
export class LiveSubscriptions implements Subscriptions {
  readonly #parts: LiveSubscriptionsParts;
  readonly #hub: EventHub | undefined;
  readonly #upstreams: Upstreams;
  /** Each with the key under which others may join it. */
  readonly #groups = new Map<LiveGroup, string>();
  readonly #byKey = new Map<string, LiveGroup>();
  readonly #ids = new WeakMap<object, number>();
  readonly #turns = new Turns();
  readonly #moves: GroupMoves;
  readonly #groupParts: LiveGroupParts;
  readonly #unlisten: () => void;
  #nextId = 0;
  #isStopped = false;
  #retired: ReadonlySet<number> = new Set();

  constructor(parts: LiveSubscriptionsParts) {
    this.#parts = parts;
    const { tail, engine, deadlineMs, log, tracer, metrics } = parts;
    this.#hub = tail && new EventHub({ ...parts, tail });
    this.#upstreams = new Upstreams(parts);
    this.#moves = new GroupMoves({
      ...{ engine, deadlineMs, log },
      groups: () => [...this.#groups.keys()],
      moved: (group) => this.#rekey(group),
    });
    const counters = OUTCOMES.map(
      (outcome) => [outcome, metrics.counter('graphql_subscription_events_total', { outcome })] as const,
    );
    const count = new Map(counters);
    this.#groupParts = {
      ...{ engine, deadlineMs, log, tracer, waiting: new WaitingBytes() },
      sourceKey: (plan, scope) =>
        plan.binding === undefined
          ? this.#upstreams.keyOf(plan.call, plan.values, scope)
          : requiredTopic(plan.binding, plan.args, scope.identity),
      openSource: (...asked) => this.#openSource(...asked),
      inTurn: (...asked) => this.#turns.add(...asked),
      count: (outcome) => count.get(outcome)?.inc(),
      ended: (group) => this.#ended(group),
    };
    const groups = metrics.get('graphql_subscription_groups');
    metrics.beforeScrape(() => groups.set(this.#groups.size));
    this.#unlisten = engine.onAdopted(() => this.#moves.begin());
  }

  async subscribe(generation: Generation, request: LiveRequest): Promise<LiveOperation> {
    return (await this.#join(generation, request)) ?? (await this.#join(generation, request)) ?? unavailable();
  }

  retire(majors: ReadonlySet<number>): void {
    this.#retired = majors;
    for (const group of [...this.#groups.keys()]) if (this.#isRetired(group.request)) group.end('retired');
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unlisten();
    for (const group of [...this.#groups.keys()]) group.end('failed', new CodedError('SUBSCRIPTION_UNAVAILABLE'));
    this.#hub?.stop();
    await this.#moves.stop();
    await this.#turns.done();
  }

  /** Undefined where it was over by then: its last client may have left meanwhile, or its source have had no more. */
  async #join(generation: Generation, request: LiveRequest): Promise<LiveOperation | undefined> {
    if (this.#isStopped) return unavailable();
    // It was served still when this request chose it.
    if (this.#isRetired(request)) throw new CodedError('API_VERSION_RETIRED');
    const group = this.#groupOf(generation, request);
    await group.opened;
    return group.isOver ? undefined : group.join(request);
  }

  #isRetired({ line }: LiveRequest): boolean {
    return line !== undefined && this.#retired.has(line);
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
        () => this.#moves.begin(),
        () => {},
      );
    return group;
  }

  /** Who asks the same by the same schema, as the same. */
  #keyOf(generation: Generation, request: LiveRequest): string {
    const { operation, denial, variables, line } = request;
    const ids = [this.#idOf(generation), this.#idOf(denial ?? operation), line ?? ''].join();
    // The request has the variables, which may be large, already.
    const values = createHash('sha256').update(JSON.stringify(variables)).digest('base64');
    return `${ids} ${audienceOf(request)} ${values}`;
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

  async #openSource(...[plan, scope, listener, isVisible]: Parameters<LiveGroupParts['openSource']>) {
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
    return openEventSource({ hub, binding, args, identity, types, isVisible }, listener);
  }
}

const unavailable = (): never => {
  throw new CodedError('SUBSCRIPTION_UNAVAILABLE');
};
