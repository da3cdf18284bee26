import { invalidInput, isId, isTraded, type Money, optionalText, plainText } from '@tributary/service-kit';
import type { StoredAddress } from '../tables.ts';
import { requestHash } from './request-hash.ts';
import { shipsTo } from './shipping.ts';

/** `placeOrder`'s input as a client sends it. */
export interface PlaceOrderInput {
  idempotencyKey: string;
  shippingAddress: {
    recipient: string;
    line1: string;
    line2?: string | null | undefined;
    postalCode?: string | null | undefined;
    city: string;
    region?: string | null | undefined;
    country: string;
  };
  paymentMethodId: string;
  expectedTotal?: Money | null | undefined;
}

/** The same, found to be valid. */
export interface OrderRequest {
  idempotencyKey: string;
  shippingAddress: StoredAddress;
  paymentMethodId: string;
  expectedTotal: Money | null;
  /** Tells a repeated request from another one with the same key. */
  hash: string;
}

/** @throws DomainError InvalidInputError, with the path of the field that is not valid */
export function checkOrderRequest(input: PlaceOrderInput): OrderRequest {
  const idempotencyKey = plainText('idempotencyKey', input.idempotencyKey, 128);
  const shippingAddress = checkAddress('shippingAddress', input.shippingAddress);
  const { paymentMethodId } = input;
  if (!isId(paymentMethodId)) throw invalidInput('paymentMethodId', 'There is no such payment method.');
  const expectedTotal = input.expectedTotal ?? null;
  if (expectedTotal !== null && !isTraded(expectedTotal.currency)) {
    throw invalidInput('expectedTotal.currency', 'The shop does not trade in that currency.');
  }
  const hash = requestHash([
    Object.values(shippingAddress),
    paymentMethodId,
    expectedTotal?.amountMinor ?? null,
    expectedTotal?.currency ?? null,
  ]);
  return { idempotencyKey, shippingAddress, paymentMethodId, expectedTotal, hash };
}

function checkAddress(path: string, address: PlaceOrderInput['shippingAddress']): StoredAddress {
  if (!shipsTo(address.country)) throw invalidInput(`${path}.country`, 'We do not ship to that country.');
  return {
    recipient: plainText(`${path}.recipient`, address.recipient, 100),
    line1: plainText(`${path}.line1`, address.line1, 200),
    line2: optionalText(plainText, `${path}.line2`, address.line2, 200),
    postalCode: optionalText(plainText, `${path}.postalCode`, address.postalCode, 20),
    city: plainText(`${path}.city`, address.city, 100),
    region: optionalText(plainText, `${path}.region`, address.region, 100),
    country: address.country,
  };
}
