import { hash } from 'node:crypto';
import type { OperationReply, OperationRequest } from '../../http/operation-request.ts';
import { Clients } from '../../identity/clients.ts';
import { type Charged, one, rateCharger, tokensOf } from '../../rate-limit/charge-rates.ts';
import { type AddressCharged, addressLimit } from '../../rate-limit/limit-address.ts';
import type { LimitRateParts } from '../../rate-limit/limit-rate-parts.ts';
import type { Exchange, Step } from '../exchange.ts';

/** In several places of a request's way, so that what is refused has cost as little as can be. */
export interface LimitRate {
  /** A token of the address, and of its client: before the body is read. What comes of it is kept at the request. */
  beforeBody(request: OperationRequest, reply: OperationReply): void | Promise<void>;
  /**
   * Refuses what `beforeBody` did not allow, in the media type that was asked for. What has not gone by there, as no body is
   * read for it, is charged here.
   */
  byAddress: Step;
  /** The same for each operation of a batch, which itself has taken one: it counts as so many requests, and one more. */
  byPart: Step;
  /** A token of the user, once it is known. */
  byUser: Step;
  /** Further tokens of all of them for what is more expensive than one request, once that is known. */
  byCost: Step;
}

/** Longer ids, which only another issuer has, would be a way to fill the memory. */
const MAX_USER_ID = 64;

/** How often somebody may ask: token buckets (docs/edge/rate-limits.md). */
export function limitRate(parts: LimitRateParts): LimitRate {
  const { limits, buckets, metrics, costPerToken } = parts;
  const ofUser = limits.filter(({ key }) => key === 'user');
  const charger = rateCharger(limits, buckets, metrics);
  const limitAddress = addressLimit(parts, charger);
  const clients = new Clients();
  const hasClients = limits.some(({ key }) => key === 'client');
  return {
    beforeBody(request, reply) {
      const charged = limitAddress(request, reply, hasClients ? clients.of(request.headers).name : undefined);
      if (!(charged instanceof Promise)) {
        request.addressCharged = charged;
        return;
      }
      return charged.then((later) => {
        request.addressCharged = later;
      });
    },
    byAddress(exchange) {
      const { request, reply, client } = exchange;
      return settled(exchange, request.addressCharged ?? limitAddress(request, reply, client.name));
    },
    byPart(exchange) {
      if (exchange.part === undefined) return;
      const { request, reply, client } = exchange;
      return settled(exchange, limitAddress(request, reply, client.name));
    },
    byUser(exchange) {
      const { identity, request, reply } = exchange;
      if (ofUser.length > 0 && identity.kind === 'user' && !exchange.isRateExempt) {
        const { userId } = identity;
        const user = userId.length > MAX_USER_ID ? hash('sha256', userId) : userId;
        const charges = ofUser.map((limit) => one(limit, user));
        return settled(exchange, charger.charge(request, reply, charges, exchange.rates));
      }
      if (exchange.rates.length === 0) charger.countUnlimited();
    },
    byCost(exchange) {
      const weight = exchange.cost / costPerToken;
      const { request, reply, rates } = exchange;
      if (!(weight > 1) || rates.length === 0) return;
      const charges = rates.map(({ charge }) => ({ ...charge, tokens: tokensOf(weight, charge.limit) - 1 }));
      return settled(exchange, charger.charge(request, reply, charges, rates, weight));
    },
  };
}

type Settling = Charged | AddressCharged;

const settled = (exchange: Exchange, charged: Settling | Promise<Settling>): void | Promise<void> =>
  charged instanceof Promise ? charged.then((later) => takeOver(exchange, later)) : takeOver(exchange, charged);

function takeOver(exchange: Exchange, charged: Settling): void {
  exchange.rates = charged.rates;
  if ('isExempt' in charged) exchange.isRateExempt = charged.isExempt;
  if (charged.refusal !== undefined) throw charged.refusal;
}
