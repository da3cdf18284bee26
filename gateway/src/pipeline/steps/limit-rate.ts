import { hash } from 'node:crypto';
import { CodedError, type CounterSeries, type Metrics } from '@tributary/service-kit';
import { type ClientAddress, isLoopback, placeOf } from '../../http/client-address.ts';
import { type Buckets, type Charge, hasTokens, type Taken } from '../../rate-limit/buckets.ts';
import type { Limit, LimitKey } from '../../rate-limit/limit.ts';
import { rateLimitField, retryAfterSeconds } from '../../rate-limit/rate-limit-fields.ts';
import type { Exchange, Step } from '../exchange.ts';

export interface LimitRateParts {
  limits: readonly Limit[];
  buckets: Buckets;
  address: ClientAddress;
  costPerToken: number;
  exemptLoopback: boolean;
  metrics: Metrics;
}

/** In several places of the pipeline, so that what is refused has cost as little as can be. */
export interface LimitRate {
  /** A token of the address, and of its client: before anything is read of the request. */
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
  const { limits, costPerToken } = parts;
  const byKey = (key: LimitKey) => limits.filter((limit) => limit.key === key);
  const [ofAddress, ofClient, ofUser] = [byKey('ip'), byKey('client'), byKey('user')];
  const { charge, countUnlimited } = charger(parts);
  const byAddress: Step = (exchange) => {
    const address = parts.address(exchange.request.raw);
    if (address === undefined) return;
    if (parts.exemptLoopback && isLoopback(address)) {
      exchange.isRateExempt = true;
      return;
    }
    const place = placeOf(address);
    const charges = [
      ...ofAddress.map((limit) => one(limit, place)),
      ...ofClient.map((limit) => one(limit, `${place} ${exchange.client.name}`)),
    ];
    return charges.length === 0 ? undefined : charge(exchange, charges);
  };
  return {
    byAddress,
    byPart: (exchange) => (exchange.part === undefined ? undefined : byAddress(exchange)),
    byUser(exchange) {
      const { identity } = exchange;
      if (ofUser.length > 0 && identity.kind === 'user' && !exchange.isRateExempt) {
        const { userId } = identity;
        const user = userId.length > MAX_USER_ID ? hash('sha256', userId) : userId;
        return charge(
          exchange,
          ofUser.map((limit) => one(limit, user)),
        );
      }
      if (exchange.rates.length === 0) countUnlimited();
    },
    byCost(exchange) {
      const weight = exchange.cost / costPerToken;
      if (!(weight > 1) || exchange.rates.length === 0) return;
      const charges = exchange.rates.map(({ charge }) => ({ ...charge, tokens: tokensOf(weight, charge.limit) - 1 }));
      return charge(exchange, charges, weight);
    },
  };
}

const one = (limit: Limit, whose: string): Charge => ({ limit, key: `${limit.name} ${whose}`, tokens: 1 });

/** What weighs more than a whole bucket takes it all: it would never be let through otherwise. */
const tokensOf = (weight: number, { burst }: Limit) => Math.max(1, Math.min(weight, burst));

function charger({ limits, buckets, metrics }: LimitRateParts) {
  const count = decisionCounter(metrics, limits);

  /** @param weight tokens that the whole request takes, where they are more than one */
  function charge(exchange: Exchange, charges: readonly Charge[], weight?: number): void | Promise<void> {
    const taken = buckets.take(charges);
    // Most are decided here and now: they are not to wait for another turn.
    return taken instanceof Promise
      ? taken.then((later) => settle(exchange, charges, later, weight))
      : settle(exchange, charges, taken, weight);
  }

  function settle(exchange: Exchange, charges: readonly Charge[], taken: Taken, weight?: number): void {
    const { reply, request } = exchange;
    const standings = charges.map((charge, index) => ({ charge, debtMs: taken.debtsMs[index] ?? 0 }));
    exchange.rates = weight === undefined ? [...exchange.rates, ...standings] : standings;
    reply.header('ratelimit-policy', exchange.rates.map(({ charge }) => charge.limit.policy).join(', '));
    reply.header('ratelimit', exchange.rates.map(rateLimitField).join(', '));
    if (taken.isAllowed) {
      if (weight === undefined) for (const { limit } of charges) count(limit.key, 'allowed');
      return;
    }
    const refusing = standings.filter(({ charge, debtMs }) => !hasTokens(charge.limit, debtMs, charge.tokens));
    for (const { charge } of refusing) count(charge.limit.key, weight === undefined ? 'limited' : 'limited_by_cost');
    request.accessFields.rate_limit = refusing[0]?.charge.limit.name;
    const seconds = standings.map((each) => retryAfterSeconds(each, tokensOf(weight ?? 1, each.charge.limit)));
    reply.header('retry-after', Math.max(...seconds));
    throw new CodedError('RATE_LIMITED');
  }

  return { charge, countUnlimited: () => count('none', 'allowed') };
}

type Outcome = 'allowed' | 'limited' | 'limited_by_cost';

function decisionCounter(metrics: Metrics, limits: readonly Limit[]) {
  const keys = new Set<LimitKey | 'none'>([...limits.map(({ key }) => key), 'none']);
  const series = new Map<string, CounterSeries>();
  for (const key of keys) {
    for (const outcome of key === 'none' ? ['allowed'] : ['allowed', 'limited', 'limited_by_cost']) {
      series.set(`${key} ${outcome}`, metrics.counter('rate_limit_decisions_total', { key, outcome }));
    }
  }
  return (key: LimitKey | 'none', outcome: Outcome) => series.get(`${key} ${outcome}`)?.inc();
}
