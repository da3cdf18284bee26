import type { Logger, Metrics } from '@tributary/service-kit';
import type { GatewayConfig } from '../config/gateway-config.ts';
import { blockListOf } from '../config/server-config.ts';
import { clientAddress } from '../http/client-address.ts';
import { HeapRoom } from '../memory/heap-room.ts';
import type { CarryStream } from '../pipeline/graphql-pipeline.ts';
import type { SubscribeParts } from '../pipeline/steps/subscribe.ts';
import type { Subscriptions } from '../subscriptions/live-operation.ts';
import { LiveSeats } from '../subscriptions/live-seats.ts';
import { LiveConnections } from './live-connections.ts';
import { carryStream } from './stream/carry-stream.ts';

/** What carries subscriptions to clients, whichever way they come. */
export interface LiveTransports extends Pick<SubscribeParts, 'subscriptions' | 'bufferedEvents' | 'seats' | 'address'> {
  readonly connections: LiveConnections;
  readonly room: HeapRoom;
  readonly carryStream: CarryStream;
}

/** @param subscriptions what makes results of events; undefined where there are none */
export function liveTransports(
  { subscriptions: config, server }: Pick<GatewayConfig, 'subscriptions' | 'server'>,
  subscriptions: Subscriptions | undefined,
  { log, metrics }: { log: Logger; metrics: Metrics },
): LiveTransports {
  // Behind it, what has begun otherwise is still to be answered.
  const drainMs = Math.min(config.drain, server.drainTimeout / 2);
  const room = new HeapRoom();
  const connections = new LiveConnections({ keepAliveMs: config.keepAlive, drainMs });
  return {
    subscriptions: config.enabled ? subscriptions : undefined,
    bufferedEvents: config.bufferedEvents,
    seats: new LiveSeats(config, room, metrics),
    address: clientAddress(blockListOf(server.trustedProxies), server.trustedHops),
    connections,
    room,
    carryStream: carryStream({ connections, slowAfterMs: config.slowAfter, log }),
  };
}
