import { CodedError, type CounterSeries, type Metrics } from '@tributary/service-kit';
import type { OperationReply, OperationRequest } from '../http/operation-request.ts';
import { type Buckets, type Charge, hasTokens, type Taken } from './buckets.ts';
import type { Limit, LimitKey } from './limit.ts';
import { type RateStanding, rateLimitField, retryAfterSeconds } from './rate-limit-fields.ts';

/** A request, and what it was charged before. */
export interface Charged {
  /** All buckets that it was charged to so far. */
  readonly rates: readonly RateStanding[];
  /** What it is refused with; headers and access line have been told. */
  readonly refusal: CodedError | undefined;
}

export interface RateCharger {
  /**
   * Takes tokens from all buckets or from none, and says in the answer's headers how much is left.
   *
   * @param earlier what the request was charged to before
   * @param weight tokens that the whole request takes, where they are more than one: `charges` are what it was charged before
   */
  charge(
    request: Pick<OperationRequest, 'accessFields'>,
    reply: Pick<OperationReply, 'header'>,
    charges: readonly Charge[],
    earlier: readonly RateStanding[],
    weight?: number,
  ): Charged | Promise<Charged>;
  /** Counts a request that no limit fitted. */
  countUnlimited(): void;
}

/** One for all, as one of its own would be paid for with a stack that nobody reads. */
const REFUSAL = new CodedError('RATE_LIMITED');

/** Of one request, as byCost charges further ones. */
export const one = (limit: Limit, whose: string): Charge => ({ limit, key: `${limit.name} ${whose}`, tokens: 1 });

/** What weighs more than a whole bucket takes it all: it would never be let through otherwise. */
export const tokensOf = (weight: number, { burst }: Limit): number => Math.max(1, Math.min(weight, burst));

export function rateCharger(limits: readonly Limit[], buckets: Buckets, metrics: Metrics): RateCharger {
  const count = decisionCounters(metrics, limits);
  const settle = (
    request: Pick<OperationRequest, 'accessFields'>,
    reply: Pick<OperationReply, 'header'>,
    charges: readonly Charge[],
    taken: Taken,
    earlier: readonly RateStanding[],
    weight: number | undefined,
  ): Charged => {
    const standings = charges.map((charge, index) => ({ charge, debtMs: taken.debtsMs[index] ?? 0 }));
    const rates = weight === undefined && earlier.length > 0 ? [...earlier, ...standings] : standings;
    reply.header('ratelimit-policy', inOneHeader(rates, policyOf));
    reply.header('ratelimit', inOneHeader(rates, rateLimitField));
    if (taken.isAllowed) {
      if (weight === undefined) for (const { limit } of charges) count.allowed.get(limit.key)?.inc();
      return { rates, refusal: undefined };
    }
    const refusing = standings.filter(({ charge, debtMs }) => !hasTokens(charge.limit, debtMs, charge.tokens));
    const limited = weight === undefined ? count.limited : count.limited_by_cost;
    for (const { charge } of refusing) limited.get(charge.limit.key)?.inc();
    request.accessFields.rate_limit = refusing[0]?.charge.limit.name;
    const seconds = standings.map((each) => retryAfterSeconds(each, tokensOf(weight ?? 1, each.charge.limit)));
    reply.header('retry-after', Math.max(...seconds));
    return { rates, refusal: REFUSAL };
  };
  return {
    charge(request, reply, charges, earlier, weight) {
      const taken = buckets.take(charges);
      // Most are decided here and now: they are not to wait for another turn.
      return taken instanceof Promise
        ? taken.then((later) => settle(request, reply, charges, later, earlier, weight))
        : settle(request, reply, charges, taken, earlier, weight);
    },
    countUnlimited: () => count.allowed.get('none')?.inc(),
  };
}

const policyOf = ({ charge }: RateStanding): string => charge.limit.policy;

/** By far the most requests have one bucket. */
function inOneHeader(rates: readonly RateStanding[], field: (standing: RateStanding) => string): string {
  const [first] = rates;
  return rates.length === 1 && first !== undefined ? field(first) : rates.map(field).join(', ');
}

type Outcome = 'allowed' | 'limited' | 'limited_by_cost';

function decisionCounters(metrics: Metrics, limits: readonly Limit[]) {
  const keys = new Set<LimitKey>(limits.map(({ key }) => key));
  const counters = (outcome: Outcome, further: readonly 'none'[] = []) =>
    new Map<LimitKey | 'none', CounterSeries>(
      [...keys, ...further].map((key) => [key, metrics.counter('rate_limit_decisions_total', { key, outcome })]),
    );
  return {
    allowed: counters('allowed', ['none']),
    limited: counters('limited'),
    limited_by_cost: counters('limited_by_cost'),
  };
}
