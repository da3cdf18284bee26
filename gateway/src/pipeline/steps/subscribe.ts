import { CodedError, inSpan } from '@tributary/service-kit';
import type { OperationDefinitionNode } from 'graphql';
import type { ClientAddress } from '../../http/client-address.ts';
import { inTime } from '../../in-time.ts';
import { askerOf } from '../../overload/asker-of.ts';
import { RequestShed } from '../../overload/request-shed.ts';
import { plainHeader } from '../../subgraphs/fetch-scope.ts';
import type { LiveOperation, Subscriptions } from '../../subscriptions/live-operation.ts';
import type { LiveSeats } from '../../subscriptions/live-seats.ts';
import type { Exchange } from '../exchange.ts';
import { isEventId } from '../is-event-id.ts';
import { priorityIn } from '../priority-in.ts';
import type { ExecuteParts } from './execute.ts';

export interface SubscribeParts extends Pick<ExecuteParts, 'deadlineMs' | 'shedding' | 'tracer'> {
  /** Undefined where they are off. */
  subscriptions: Subscriptions | undefined;
  bufferedEvents: number;
  seats: LiveSeats;
  address: ClientAddress;
}

/** Begins a subscription. Whatever comes of it is carried to the client once the steps are over. */
export function subscribe(parts: SubscribeParts) {
  const { subscriptions, bufferedEvents, deadlineMs, tracer } = parts;
  const begin = async (exchange: Exchange): Promise<LiveOperation> => {
    if (subscriptions === undefined) throw new CodedError('BAD_REQUEST', 'Subscriptions are switched off.');
    const { request, reply, params, identity, generation, line, variables, denial } = exchange;
    const beginning = subscriptions.subscribe(generation, {
      document: exchange.document.document,
      operation: exchange.operation as OperationDefinitionNode,
      ...{ variables, denial, identity, bufferedEvents },
      requestId: request.id,
      fields: request.accessFields,
      line: line?.major,
      canary: plainHeader(request.headers.canary),
      priority: priorityIn(exchange),
      asker: askerOf(identity, parts.address(request.raw)),
      lastEventId: lastEventIdOf(request.headers['last-event-id']) ?? params.lastEventId,
    });
    const live = await inSpan(tracer, 'graphql.subscribe', {}, () => begun(beginning, deadlineMs));
    if (reply.raw.destroyed) {
      // It left while its source was asked.
      await live.return?.();
      throw new CodedError('DEADLINE_EXCEEDED');
    }
    return live;
  };
  return async (exchange: Exchange): Promise<void> => {
    const seats = takeSeats(exchange, parts);
    try {
      exchange.live = await begin(exchange);
      seats.subscription.begin();
      exchange.seats = seats;
    } catch (error) {
      seats.connection?.leave();
      seats.subscription.leave(undefined);
      const { request, reply } = exchange;
      throw error instanceof RequestShed
        ? parts.shedding.refuse(request, reply, error.at, priorityIn(exchange))
        : error;
    }
  };
}

/** A WebSocket has its own already. @throws CodedError where there are too many */
function takeSeats({ isMessage, stream, identity, request }: Exchange, { seats, address }: SubscribeParts) {
  const transport = isMessage ? 'websocket' : (stream ?? 'sse');
  const from = address(request.raw);
  const subscription = seats.subscribe(transport, identity, from);
  if (isMessage) return { subscription, connection: undefined };
  try {
    return { subscription, connection: seats.connect(transport, from) };
  } catch (error) {
    subscription.leave(undefined);
    throw error;
  }
}

/** A browser's EventSource says it by itself; what is none is as good as nothing. */
const lastEventIdOf = (header: unknown) => (isEventId(header) ? header : undefined);

/** @throws CodedError DEADLINE_EXCEEDED when it has not begun in time; it is left then, should it begin later. */
async function begun(beginning: Promise<LiveOperation>, ms: number): Promise<LiveOperation> {
  const live = await inTime(beginning, ms);
  if (live !== undefined) return live;
  beginning.then((late) => late.return?.()).catch(() => {});
  throw new CodedError('DEADLINE_EXCEEDED');
}
