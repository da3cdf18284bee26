import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction, onRequestHookHandler } from 'fastify';
import type { LimitRate } from './steps/limit-rate.ts';

/**
 * Takes a token of a request's address while only its headers are there: the body of what is over its rate is not read.
 *
 * @param refuse answers it, or hands what it is refused with to `done`
 */
export const chargeBeforeBody =
  (
    charge: LimitRate['beforeBody'],
    refuse: (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => void,
  ): onRequestHookHandler =>
  (request, reply, done) => {
    const goOn = () => {
      if (request.addressCharged?.refusal === undefined) done();
      else refuse(request, reply, done);
    };
    const pending = charge(request, reply);
    if (pending === undefined) goOn();
    else pending.then(goOn, done);
  };
