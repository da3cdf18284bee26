import { type EventHandler, onEvent } from '@tributary/service-kit';
import { reservationConfirmed, reservationReleased, reservationRequested, returnRequested } from '../events.ts';
import type { Reservations } from './reservations.ts';

/** What inventory does about the events of orders. */
export const createEventHandlers = (reservations: Reservations): readonly EventHandler[] => [
  onEvent(reservationRequested, ({ data }, tx) => reservations.request(tx, data.orderId, data.lines)),
  onEvent(reservationConfirmed, ({ data }, tx) => reservations.confirm(tx, data.orderId)),
  onEvent(reservationReleased, ({ data }, tx) => reservations.release(tx, data.orderId)),
  onEvent(returnRequested, ({ data }, tx) => reservations.takeBack(tx, data.orderId, data.lines)),
];
