import { type Component, createServiceIdentityIssuer, type EventTail, natsTail } from '@tributary/service-kit';
import type { GatewayConfig } from '../config/gateway-config.ts';
import type { Observability } from '../engine/build-gateway.ts';
import type { TributaryGateway } from '../engine/tributary-gateway.ts';
import type { Subscriptions } from './live-operation.ts';
import { LiveSubscriptions } from './live-subscriptions.ts';

export interface BuiltSubscriptions {
  readonly subscriptions: Subscriptions;
  /** To be started before the first subscription, and stopped behind the last one. */
  readonly components: readonly Component[];
}

/**
 * The engine's side of subscriptions, as the configuration says; undefined where they are off.
 *
 * @param events what a process that also runs the subgraphs hears them say. Default: NATS, where it is configured
 */
export async function subscriptionsOf(
  config: GatewayConfig,
  { engine }: Pick<TributaryGateway, 'engine'>,
  events: EventTail | undefined,
  observability: Observability,
): Promise<BuiltSubscriptions | undefined> {
  if (!config.subscriptions.enabled) return undefined;
  const { nats } = config.events;
  const tail = events ?? (nats && natsTail({ config: nats, service: 'gateway', ...observability }));
  const key = config.identity.key?.reveal();
  const subscriptions = new LiveSubscriptions({
    ...{ engine, tail, subgraphs: config.subgraphs },
    issuer: key === undefined ? undefined : await createServiceIdentityIssuer('gateway', JSON.parse(key)),
    maxResponseBytes: config.subgraphRequest.maxResponse,
    deadlineMs: config.deadline,
    ...observability,
  });
  return {
    subscriptions,
    // What another part of the process has begun, it ends.
    components: [
      ...(tail === undefined || events !== undefined ? [] : [tail]),
      {
        name: 'subscriptions',
        stop: () => subscriptions.stop(),
      },
    ],
  };
}
