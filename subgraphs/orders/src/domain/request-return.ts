import {
  type Db,
  DomainError,
  type Identity,
  invalidInput,
  isId,
  longText,
  type Money,
  money,
  newId,
  requireUser,
  type ServiceKit,
} from '@tributary/service-kit';
import { returnRequested } from '../events.ts';
import { findOrder, listOrderLines, type OrderRow } from '../store/order-store.ts';
import { insertReturn, refundedAmount, returnedQuantities } from '../store/return-store.ts';
import { checkQuantity } from './cart-limits.ts';
import { requireOpenAccount } from './open-account.ts';
import { changeableOrder } from './order-access.ts';
import { announcement } from './order-effects.ts';
import type { OrderSaga } from './order-saga.ts';
import { type Quantities, returnAmount } from './return-amount.ts';

const RETURN_WINDOW_MS = 30 * 24 * 60 * 60 * 1000;
const MAX_REASON_LENGTH = 500;

export interface RequestReturnInput {
  orderId: string;
  lines: readonly { productId: string; quantity: number }[];
  reason: string;
}

/**
 * Registers that articles of a paid order come back; payments and inventory do the rest.
 *
 * @throws CodedError UNAUTHENTICATED; DomainError NotFoundError, ReturnNotPossibleError, InvalidQuantityError,
 * InvalidInputError
 */
export type RequestReturn = (
  identity: Identity,
  input: RequestReturnInput,
) => Promise<{ order: OrderRow; refund: Money }>;

export function createRequestReturn(kit: Pick<ServiceKit, 'database' | 'emit'>, saga: OrderSaga): RequestReturn {
  return async (identity, input) => {
    const { userId } = requireUser(identity);
    const reason = longText('reason', input.reason, MAX_REASON_LENGTH);
    return kit.database.transaction(async (tx) => {
      changeableOrder(identity, isId(input.orderId) ? await findOrder(tx, input.orderId) : undefined);
      const returned = checkReturnLines(input.lines);
      const { order, taken } = await saga.advance(tx, input.orderId, 'RETURN_REQUESTED', { note: reason });
      await requireOpenAccount(tx, userId);
      if (order === undefined || !taken) throw notPossible('NOT_PAID', 'Only what is paid can be sent back.');
      const refund = await registerReturn(tx, order, returned);
      await kit.emit(tx, returnRequested, order.id, {
        ...announcement(order),
        lines: Array.from(returned, ([productId, quantity]) => ({ productId, quantity })),
        amount: refund,
      });
      return { order, refund };
    });
  };
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

/** The saga's step holds the order's row by now: no other return of it is being decided upon. */
async function registerReturn(tx: Db, order: OrderRow, returned: Quantities): Promise<Money> {
  if (Date.now() - (order.paidAt?.getTime() ?? 0) > RETURN_WINDOW_MS) {
    throw notPossible('TOO_LATE', 'Articles can be sent back up to 30 days after the payment.');
  }
  const lines = await listOrderLines(tx, [order.id]);
  const before = await returnedQuantities(tx, order.id);
  for (const [index, [productId, quantity]] of [...returned].entries()) {
    const bought = lines.find((line) => line.productId === productId);
    if (bought === undefined) throw invalidInput(`lines.${index}.productId`, 'The order does not hold that product.');
    if (quantity + (before.get(productId) ?? 0) > bought.quantity) {
      throw notPossible('TOO_MANY', 'That is more than was bought and not yet sent back.');
    }
  }
  const amountMinor = returnAmount(order, lines, returned, before, await refundedAmount(tx, order.id));
  if (amountMinor <= 0) throw notPossible('NOTHING_LEFT', 'All money was given back already.');
  const returnId = newId();
  await insertReturn(
    tx,
    Array.from(returned, ([productId, quantity]) => ({ orderId: order.id, returnId, productId, quantity })),
  );
  return money(amountMinor, order.currency);
}

const notPossible = (reason: 'NOT_PAID' | 'TOO_LATE' | 'TOO_MANY' | 'NOTHING_LEFT', message: string) =>
  new DomainError('ReturnNotPossibleError', message, { reason });
