import { isLoopback, placeOf } from '../http/client-address.ts';
import type { OperationReply, OperationRequest } from '../http/operation-request.ts';
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

export function addressLimit(
  { limits, address: addressOf, exemptLoopback }: Pick<LimitRateParts, 'limits' | 'address' | 'exemptLoopback'>,
  charger: RateCharger,
): LimitAddress {
  const ofAddress = limits.filter(({ key }) => key === 'ip');
  const ofClient = limits.filter(({ key }) => key === 'client');
  return (request, reply, client) => {
    const address = addressOf(request.raw);
    if (address === undefined) return UNLIMITED;
    if (exemptLoopback && isLoopback(address)) return EXEMPT;
    const place = placeOf(address);
    const charges = ofAddress.map((limit) => one(limit, place));
    if (client !== undefined) for (const limit of ofClient) charges.push(one(limit, `${place} ${client}`));
    if (charges.length === 0) return UNLIMITED;
    const charged = charger.charge(request, reply, charges, UNLIMITED.rates);
    return charged instanceof Promise ? charged.then(limited) : limited(charged);
  };
}

const limited = ({ rates, refusal }: Charged): AddressCharged => ({ rates, refusal, isExempt: false });
