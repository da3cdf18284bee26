import type { onRequestHookHandler } from 'fastify';
import { rateCharger } from './charge-rates.ts';
import { type AddressCharged, addressLimit } from './limit-address.ts';
import type { LimitRateParts } from './limit-rate-parts.ts';

/** For routes that are not GraphQL: by address alone, before the body, from the same buckets. */
export function limitPassthrough(parts: LimitRateParts): onRequestHookHandler {
  const charger = rateCharger(parts.limits, parts.buckets, parts.metrics);
  const limitAddress = addressLimit(parts, charger);
  return (request, reply, done) => {
    const settle = ({ rates, refusal }: AddressCharged) => {
      if (rates.length === 0) charger.countUnlimited();
      done(refusal);
    };
    const charged = limitAddress(request, reply);
    if (charged instanceof Promise) charged.then(settle, done);
    else settle(charged);
  };
}
