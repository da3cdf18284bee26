import { CodedError, type CounterSeries, type Identity, type Metrics } from '@tributary/service-kit';
import { placeOf } from '../http/client-address.ts';
import type { HeapRoom } from '../memory/heap-room.ts';
import { END_REASONS, type EndReason, TRANSPORTS, type Transport } from './end-reason.ts';

/** How many there may be at once; see `subscriptions` of the configuration. */
export interface SeatLimits {
  readonly connections: {
    /** WebSockets and streams. */
    readonly perNode: number;
    /** WebSockets and streams from one place; and as many subscriptions of those there who have not signed in. */
    readonly perAddress: number;
  };
  /** Subscriptions. */
  readonly perNode: number;
  /** Subscriptions of somebody who has signed in. */
  readonly perUser: number;
}

/** A place that was taken; to be left once. */
export interface ConnectionSeat {
  leave(): void;
}

export interface SubscriptionSeat {
  /** It hears every later event from now on: until then it takes a place, and is not counted as active. */
  begin(): void;
  /** @param reason undefined: it has not even begun */
  leave(reason: EndReason | undefined): void;
}

/** `begun`: the subscriptions that hear. */
type Taken = Readonly<Record<Transport, { connections: number; subscriptions: number; begun: number }>>;

/** What there may not be more of: see `SeatLimits`; `memory`, see `HeapRoom`. */
type SeatLimit = 'node' | 'memory' | 'address' | 'user' | 'connection';

/** Of this gateway: another one may have room. */
const OF_GATEWAY: readonly SeatLimit[] = ['node', 'memory'];

/** Counts what is kept open for clients, and refuses what is more than the limits or the memory allow. */
export class LiveSeats {
  readonly #limits: SeatLimits;
  readonly #room: HeapRoom;
  readonly #metrics: Metrics;
  readonly #taken: Taken = {
    websocket: { connections: 0, subscriptions: 0, begun: 0 },
    sse: { connections: 0, subscriptions: 0, begun: 0 },
    multipart: { connections: 0, subscriptions: 0, begun: 0 },
  };
  readonly #connectionsByPlace = new Map<string, number>();
  readonly #subscriptionsByPlace = new Map<string, number>();
  readonly #subscriptionsByUser = new Map<string, number>();
  readonly #ended = new Map<string, CounterSeries>();

  constructor(limits: SeatLimits, room: HeapRoom, metrics: Metrics) {
    this.#limits = limits;
    this.#room = room;
    this.#metrics = metrics;
    for (const transport of TRANSPORTS) {
      for (const reason of END_REASONS) {
        const series = metrics.counter('graphql_subscriptions_ended_total', { transport, reason });
        this.#ended.set(`${transport} ${reason}`, series);
      }
    }
    const limit = metrics.get('graphql_live_limit');
    limit.set({ what: 'connections' }, limits.connections.perNode);
    limit.set({ what: 'subscriptions' }, limits.perNode);
    metrics.beforeScrape(() => {
      for (const transport of TRANSPORTS) {
        const { connections, begun } = this.#taken[transport];
        metrics.get('graphql_connections_active').set({ transport }, connections);
        metrics.get('graphql_subscriptions_active').set({ transport }, begun);
      }
    });
  }

  get connections(): number {
    return TRANSPORTS.reduce((sum, transport) => sum + this.#taken[transport].connections, 0);
  }

  get subscriptions(): number {
    return TRANSPORTS.reduce((sum, transport) => sum + this.#taken[transport].subscriptions, 0);
  }

  /**
   * @param address of the client, where it is known
   * @throws CodedError SERVICE_UNAVAILABLE where this gateway is full: another one may not be; SUBSCRIPTION_LIMIT_EXCEEDED
   */
  connect(transport: Transport, address: string | undefined): ConnectionSeat {
    const { perNode, perAddress } = this.#limits.connections;
    if (this.connections >= perNode) throw this.refuse('connections', 'node');
    if (this.#room.isFull) throw this.refuse('connections', 'memory');
    const place = address && placeOf(address);
    if (!take(this.#connectionsByPlace, place, perAddress)) throw this.refuse('connections', 'address');
    const taken = this.#taken[transport];
    taken.connections++;
    this.#room.add();
    return {
      leave: once(() => {
        taken.connections--;
        this.#room.remove();
        release(this.#connectionsByPlace, place);
      }),
    };
  }

  /**
   * Counts for the user; for the address where there is none: nobody fills the gateway by not signing in.
   *
   * @param address as of `connect`
   * @throws CodedError as `connect`
   */
  subscribe(transport: Transport, identity: Identity, address: string | undefined): SubscriptionSeat {
    const { connections, perNode, perUser } = this.#limits;
    if (this.subscriptions >= perNode) throw this.refuse('subscriptions', 'node');
    if (this.#room.isFull) throw this.refuse('subscriptions', 'memory');
    const isUser = identity.kind === 'user';
    const counts = isUser ? this.#subscriptionsByUser : this.#subscriptionsByPlace;
    const key = isUser ? identity.userId : address && placeOf(address);
    if (!take(counts, key, isUser ? perUser : connections.perAddress))
      throw this.refuse('subscriptions', isUser ? 'user' : 'address');
    const taken = this.#taken[transport];
    taken.subscriptions++;
    this.#room.add();
    let hasBegun = false;
    return {
      begin() {
        hasBegun = true;
        taken.begun++;
      },
      leave: once((reason: EndReason | undefined) => {
        taken.subscriptions--;
        if (hasBegun) taken.begun--;
        this.#room.remove();
        release(counts, key);
        if (reason !== undefined) this.#ended.get(`${transport} ${reason}`)?.inc();
      }),
    };
  }

  /** Counts what is refused for a limit, and says with what. */
  refuse(what: 'connections' | 'subscriptions', limit: SeatLimit): CodedError {
    this.#metrics.get('graphql_live_refused_total').inc({ what, limit });
    return new CodedError(OF_GATEWAY.includes(limit) ? 'SERVICE_UNAVAILABLE' : 'SUBSCRIPTION_LIMIT_EXCEEDED');
  }
}

/** Whether there is room for one more of `key`; what has none is not counted. */
function take(counts: Map<string, number>, key: string | undefined, most: number): boolean {
  if (key === undefined) return true;
  const before = counts.get(key) ?? 0;
  if (before >= most) return false;
  counts.set(key, before + 1);
  return true;
}

function release(counts: Map<string, number>, key: string | undefined): void {
  if (key === undefined) return;
  const left = (counts.get(key) ?? 1) - 1;
  if (left === 0) counts.delete(key);
  else counts.set(key, left);
}

function once<A extends unknown[]>(run: (...args: A) => void): (...args: A) => void {
  let isDone = false;
  return (...args) => {
    if (isDone) return;
    isDone = true;
    run(...args);
  };
}
