import { invalidInput, longText, plainText } from '@tributary/service-kit';
import { checkQuantity } from './cart-limits.ts';
import { requestHash } from './request-hash.ts';
import type { Quantities } from './return-amount.ts';

const MAX_REASON_LENGTH = 500;

/** `requestReturn`'s input as a client sends it. */
export interface RequestReturnInput {
  idempotencyKey: string;
  orderId: string;
  lines: readonly { productId: string; quantity: number }[];
  reason: string;
}

/** The same, found to be valid. */
export interface ReturnRequest {
  idempotencyKey: string;
  returned: Quantities;
  reason: string;
  /** Tells a repeated request from another one with the same key. */
  hash: string;
}

/** @throws DomainError InvalidQuantityError; InvalidInputError, with the path of the field that is not valid */
export function checkReturnRequest(input: RequestReturnInput): ReturnRequest {
  const idempotencyKey = plainText('idempotencyKey', input.idempotencyKey, 128);
  const reason = longText('reason', input.reason, MAX_REASON_LENGTH);
  const returned = checkReturnLines(input.lines);
  return { idempotencyKey, returned, reason, hash: requestHash([...returned, reason]) };
}

function checkReturnLines(lines: RequestReturnInput['lines']): Quantities {
  if (lines.length === 0) throw invalidInput('lines', 'A return has at least one line.');
  const quantities = new Map<string, number>();
  for (const [index, { productId, quantity }] of lines.entries()) {
    if (quantities.has(productId)) throw invalidInput(`lines.${index}.productId`, 'Each product stands there once.');
    quantities.set(productId, checkQuantity(quantity));
  }
  return quantities;
}
