import { setTimeout as delay } from 'node:timers/promises';
import { documents } from '../load/documents.ts';
import type { Account } from '../load/shop.ts';
import type { Random } from '../random.ts';
import type { LiveResult, LiveWay } from './live-way.ts';

/** What somebody was told of an order that they follow. Places are sequences of the broker's stream. */
export interface Following {
  readonly orderId: string;
  /** How they are told of it. */
  readonly way: string;
  /** Behind this place they hear everything; undefined until they know. */
  began: number | undefined;
  /** What they go on behind. */
  lastEventId: string | undefined;
  /** They were told of its end, and have left. */
  hasEnded: boolean;
  /** In the order in which it came; `steps` is how many the order had taken by what they were shown. */
  readonly heard: { readonly at: number; readonly steps: number }[];
  /** How often they came again. */
  returns: number;
  /** The code of the last error that they were told. */
  refusal: string | undefined;
}

export const newFollowing = (orderId: string, way: string): Following => ({
  ...{ orderId, way, began: undefined, lastEventId: undefined, hasEnded: false, heard: [] },
  ...{ returns: 0, refusal: undefined },
});

export interface FollowOptions {
  gatewayUrl: string;
  /** Its access token is read each time. */
  account: Account;
  following: Following;
  open: LiveWay;
  random: Random;
  signal: AbortSignal;
}

const ENDS = ['PAID', 'CANCELLED', 'REFUNDED'];
/** So long after they have seen its end, they leave: an event shows the order as it is by then, so that others may follow. */
const STAYS_MS = 3000;
/** They lose their own connection after a result so often, and are away for a moment. */
const LOST_CHANCE = 0.3;
const AWAY_MS = { from: 200, to: 1500 };

/**
 * Hears of an order until its end, or until `signal`. A connection that is lost is made again, to go on behind the last
 * result; so is one that has told of an error, as a subgraph may be away when an event is to be completed.
 */
export async function followOrder(options: FollowOptions): Promise<void> {
  const { gatewayUrl, account, following, open, random, signal } = options;
  const request = { gatewayUrl, query: documents.orderUpdated, variables: { id: following.orderId } };
  const ending = new AbortController();
  while (!signal.aborted && !ending.signal.aborted) {
    const leaving = new AbortController();
    const listener = {
      began(eventId: string) {
        following.began ??= sequenceOf(eventId);
        following.lastEventId ??= eventId;
      },
      result(result: LiveResult, eventId: string | undefined) {
        if (leaving.signal.aborted) return;
        const isTaken = take(following, result, eventId);
        if (isTaken && isEnd(result)) setTimeout(() => ending.abort(), STAYS_MS).unref();
        if (!isTaken || random.chance(LOST_CHANCE)) leaving.abort();
      },
    };
    const { accessToken } = account;
    const signals = [signal, ending.signal, leaving.signal];
    await open({ ...request, accessToken, lastEventId: following.lastEventId }, listener, AbortSignal.any(signals));
    if (ending.signal.aborted) break;
    following.returns++;
    await delay(random.between(AWAY_MS.from, AWAY_MS.to), undefined, { signal }).catch(() => {});
  }
  following.hasEnded = ending.signal.aborted;
}

/** Of an id, `<stream>-<sequence>` (docs/subscriptions.md). */
const sequenceOf = (eventId: string) => Number(eventId.slice(eventId.lastIndexOf('-') + 1));

const isEnd = ({ data }: LiveResult) => ENDS.includes(data.orderUpdated.status);

/** False for what told of an error: it has to be asked for again. */
function take(following: Following, { data, errors }: LiveResult, eventId: string | undefined): boolean {
  const [error] = errors ?? [];
  if (error !== undefined) following.refusal = error.extensions?.code ?? 'UNKNOWN';
  const order = data?.orderUpdated;
  if (error !== undefined || order === undefined || order === null || eventId === undefined) return false;
  const at = sequenceOf(eventId);
  following.began ??= at - 1;
  following.lastEventId = eventId;
  following.heard.push({ at, steps: order.timeline.length });
  return true;
}
