import type { onRequestHookHandler } from 'fastify';
import type { Door } from './door.ts';
import type { Shedding } from './shedding.ts';

/** Where nobody is let in, bodies need not be read. */
export const refuseAtDoor =
  (door: Door, shedding: Shedding): onRequestHookHandler =>
  (request, reply, done) => {
    if (request.method !== 'OPTIONS' && door.turnsAnyoneAway()) done(shedding.refuse(request, reply, 'door', 'unread'));
    else done();
  };
