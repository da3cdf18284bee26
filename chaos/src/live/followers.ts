import type { Account } from '../load/shop.ts';
import type { Random } from '../random.ts';
import { type Following, followOrder, newFollowing } from './follow-order.ts';
import type { LiveWay } from './live-way.ts';
import { serverSentEvents } from './server-sent-events.ts';
import { webSocket } from './web-socket.ts';

/** Customers who follow what they order. */
export interface Followers {
  /** Somebody has ordered. Once for each order; of customers who follow nothing it has no effect. */
  placed(account: Account, orderId: string): void;
  list(): readonly Following[];
  /** All of them leave. */
  stop(): Promise<void>;
}

export interface FollowersOptions {
  gatewayUrl: string;
  accounts: readonly Account[];
  random: Random;
}

const WAYS: readonly [name: string, way: LiveWay][] = [
  ['WebSocket', webSocket],
  ['server-sent events', serverSentEvents],
];

export function createFollowers({ gatewayUrl, accounts, random }: FollowersOptions): Followers {
  const followings = new Map<string, Following>();
  const following: Promise<void>[] = [];
  const stopping = new AbortController();
  return {
    placed(account, orderId) {
      const index = accounts.findIndex(({ id }) => id === account.id);
      const [way, open] = WAYS[index % WAYS.length] ?? [];
      if (way === undefined || open === undefined || followings.has(orderId)) return;
      const created = newFollowing(orderId, way);
      followings.set(orderId, created);
      const drawn = random.fork(`following ${followings.size}`);
      following.push(
        followOrder({ gatewayUrl, account, following: created, open, random: drawn, signal: stopping.signal }),
      );
    },
    list: () => [...followings.values()],
    async stop() {
      stopping.abort();
      await Promise.all(following);
    },
  };
}
