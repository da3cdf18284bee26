import { isLoopback, placeOf } from '../http/client-address.ts';
import type { OperationReply, OperationRequest } from '../http/operation-request.ts';
import type { Charge } from './buckets.ts';
import { type Charged, one, type RateCharger } from './charge-rates.ts';
import type { LimitRateParts } from './limit-rate-parts.ts';

export interface AddressCharged extends Charged {
  /** No limit of rates applies to it, whoever it turns out to be of. */
  readonly isExempt: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a GraphQL request whose body may be read, where rates are limited. */
    addressCharged: AddressCharged | undefined;
  }
}

/** Takes a token of a request's address and, where it is given, of the client that it names. */
export type LimitAddress = (
  request: Pick<OperationRequest, 'accessFields' | 'raw'>,
  reply: Pick<OperationReply, 'header'>,
  client?: string,
) => AddressCharged | Promise<AddressCharged>;

const UNLIMITED: AddressCharged = { rates: [], refusal: undefined, isExempt: false };
const EXEMPT: AddressCharged = { ...UNLIMITED, isExempt: true };

/** Most requests come from an address that has asked before: of so many at most what they are charged to is remembered. */
const MAX_KNOWN = 1000;

export function addressLimit(
  { limits, address: addressOf, exemptLoopback }: Pick<LimitRateParts, 'limits' | 'address' | 'exemptLoopback'>,
  charger: RateCharger,
): LimitAddress {
  const ofAddress = limits.filter(({ key }) => key === 'ip');
  const ofClient = limits.filter(({ key }) => key === 'client');
  const known = new Map<string, readonly Charge[]>();
  const chargesOf = (address: string): readonly Charge[] => {
    const same = known.get(address);
    if (same !== undefined) return same;
    const place = placeOf(address);
    const charges = ofAddress.map((limit) => one(limit, place));
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(address, charges);
    return charges;
  };
  return (request, reply, client) => {
    const address = addressOf(request.raw);
    if (address === undefined) return UNLIMITED;
    if (exemptLoopback && isLoopback(address)) return EXEMPT;
    let charges = chargesOf(address);
    if (client !== undefined && ofClient.length > 0) {
      const whose = `${placeOf(address)} ${client}`;
      charges = [...charges, ...ofClient.map((limit) => one(limit, whose))];
    }
    if (charges.length === 0) return UNLIMITED;
    const charged = charger.charge(request, reply, charges, UNLIMITED.rates);
    return charged instanceof Promise ? charged.then(limited) : limited(charged);
  };
}

const limited = ({ rates, refusal }: Charged): AddressCharged => ({ rates, refusal, isExempt: false });
