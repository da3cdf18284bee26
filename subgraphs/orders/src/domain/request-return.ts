import {
  type Db,
  DomainError,
  type Identity,
  invalidInput,
  isId,
  type Money,
  money,
  newId,
  requireUser,
  type ServiceKit,
} from '@tributary/service-kit';
import { returnRequested } from '../events.ts';
import { listOrderLines, lockOrder, type OrderRow } from '../store/order-store.ts';
import {
  findReturnByKey,
  insertReturn,
  type ReturnRequestRow,
  refundedAmount,
  returnedQuantities,
} from '../store/return-store.ts';
import { listTimelines } from '../store/timeline-store.ts';
import { requireOpenAccount } from './open-account.ts';
import { changeableOrder } from './order-access.ts';
import { announcement } from './order-effects.ts';
import type { OrderSaga } from './order-saga.ts';
import { type OrderView, viewAfter } from './order-view.ts';
import { returnAmount } from './return-amount.ts';
import { checkReturnRequest, type RequestReturnInput, type ReturnRequest } from './return-request.ts';

const RETURN_WINDOW_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Registers that articles of a paid order come back; payments and inventory do the rest. The same key with the same
 * input gives the same answer again, whatever has become of the order. A refusal is not kept: it has changed nothing.
 *
 * @throws CodedError UNAUTHENTICATED; DomainError NotFoundError, ReturnNotPossibleError, InvalidQuantityError,
 * IdempotencyKeyReusedError, InvalidInputError
 */
export type RequestReturn = (
  identity: Identity,
  input: RequestReturnInput,
) => Promise<{ order: OrderView; refund: Money }>;

export function createRequestReturn(kit: Pick<ServiceKit, 'database' | 'emit'>, saga: OrderSaga): RequestReturn {
  return async (identity, input) => {
    const { userId } = requireUser(identity);
    const request = checkReturnRequest(input);
    return kit.database.transaction(async (tx) => {
      // The order's lock lets requests with one key through one by one: the second already finds the first one's return.
      const locked = changeableOrder(identity, isId(input.orderId) ? await lockOrder(tx, input.orderId) : undefined);
      await requireOpenAccount(tx, userId);
      const earlier = await findReturnByKey(tx, locked.id, request.idempotencyKey);
      if (earlier !== undefined) return answerAgain(tx, locked, earlier, request);
      const { order, taken } = await saga.advance(tx, locked.id, 'RETURN_REQUESTED', { note: request.reason });
      if (order === undefined || !taken) throw notPossible('NOT_PAID', 'Only what is paid can be sent back.');
      const refund = await registerReturn(tx, order, request);
      await kit.emit(tx, returnRequested, order.id, {
        ...announcement(order),
        lines: Array.from(request.returned, ([productId, quantity]) => ({ productId, quantity })),
        amount: refund,
      });
      return { order: viewAfter(order.version, order, []), refund };
    });
  };
}

async function answerAgain(tx: Db, order: OrderRow, earlier: ReturnRequestRow, request: ReturnRequest) {
  if (earlier.requestHash !== request.hash) {
    throw new DomainError('IdempotencyKeyReusedError', 'That key was used for a return with other input.');
  }
  return {
    order: viewAfter(earlier.answeredVersion, order, await listTimelines(tx, [order.id])),
    refund: money(earlier.refundMinor, order.currency),
  };
}

async function registerReturn(
  tx: Db,
  order: OrderRow,
  { idempotencyKey, returned, hash }: ReturnRequest,
): Promise<Money> {
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
  await insertReturn(
    tx,
    {
      returnId: newId(),
      orderId: order.id,
      idempotencyKey,
      requestHash: hash,
      refundMinor: amountMinor,
      answeredVersion: order.version,
    },
    returned,
  );
  return money(amountMinor, order.currency);
}

const notPossible = (reason: 'NOT_PAID' | 'TOO_LATE' | 'TOO_MANY' | 'NOTHING_LEFT', message: string) =>
  new DomainError('ReturnNotPossibleError', message, { reason });
