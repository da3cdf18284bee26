import { setTimeout as delay } from 'node:timers/promises';
import { askAgain } from './ask-again.ts';
import { documents } from './documents.ts';
import type { Ask, Data } from './graph-client.ts';
import type { Manner } from './manners.ts';
import type { Account, Shop } from './shop.ts';

export interface FollowUpOptions {
  ask: Ask;
  shop: Shop;
  account: Account;
  orderId: string;
  manner: Manner;
  signal: AbortSignal;
}

const RIGHT_CODE = '123456';
const WRONG_CODE = '000000';
/** As often as the bank takes a wrong code. */
const WRONG_ANSWERS = 3;
const LOOK_EVERY_MS = 700;
const LOOK_FOR_MS = 90_000;
const PATIENCE_MS = 20_000;

/** What a customer, or an administrator, does about an order after it was placed. */
export async function followUp(options: FollowUpOptions): Promise<void> {
  const { ask, account, orderId, manner } = options;
  if (manner.cancelAfterMs !== undefined) {
    await delay(manner.cancelAfterMs);
    const input = { orderId, reason: 'Changed my mind' };
    await askAgain(PATIENCE_MS, () => ask(documents.cancelOrder, { input }, account.accessToken));
  }
  if (manner.challenge !== 'none') await answerChallenge(options);
  if (manner.afterwards !== undefined) await undo(options, manner.afterwards);
}

async function answerChallenge(options: FollowUpOptions): Promise<void> {
  const { ask, account, manner } = options;
  const order = await orderOnce(options, ({ payments }) => payments.some(isChallenged));
  const paymentId = order?.payments.find(isChallenged)?.id;
  if (paymentId === undefined) return;
  const right = manner.challenge === 'right';
  for (let turn = 0; turn < (right ? 1 : WRONG_ANSWERS); turn++) {
    const input = { paymentId, code: right ? RIGHT_CODE : WRONG_CODE };
    await askAgain(PATIENCE_MS, () => ask(documents.completePaymentChallenge, { input }, account.accessToken));
  }
}

async function undo(options: FollowUpOptions, how: NonNullable<Manner['afterwards']>): Promise<void> {
  const { ask, account, shop, orderId } = options;
  const order = await orderOnce(options, ({ status }) => status === 'PAID');
  if (order === undefined) return;
  const all = how.endsWith('all');
  if (how.startsWith('return')) {
    const lines = order.lines.map(({ product, quantity }: Data) => ({
      productId: product.id,
      quantity: all ? quantity : 1,
    }));
    const input = {
      idempotencyKey: `return-${orderId}`,
      orderId,
      lines: all ? lines : lines.slice(0, 1),
      reason: 'Not as expected',
    };
    await askAgain(PATIENCE_MS, () => ask(documents.requestReturn, { input }, account.accessToken));
    return;
  }
  const [payment] = order.payments;
  const { amountMinor, currency } = payment.amount;
  const amount = { amountMinor: all ? amountMinor : Math.ceil(amountMinor / 3), currency };
  const input = { paymentId: payment.id, amount, reason: 'Goodwill', idempotencyKey: `refund-${orderId}` };
  await askAgain(PATIENCE_MS, () => ask(documents.refundPayment, { input }, shop.admin.accessToken));
}

export const isChallenged = ({ status }: Data): boolean => status === 'CHALLENGED';

/** The order once it is as wanted; undefined when it has ended otherwise, or takes too long. */
async function orderOnce(options: FollowUpOptions, wanted: (order: Data) => boolean): Promise<Data | undefined> {
  const { ask, account, orderId, signal } = options;
  const deadline = performance.now() + LOOK_FOR_MS;
  while (performance.now() < deadline && !signal.aborted) {
    const data = await askAgain(PATIENCE_MS, () => ask(documents.orderState, { id: orderId }, account.accessToken));
    const order = data?.order;
    if (order !== undefined && order !== null) {
      if (wanted(order)) return order;
      if (['CANCELLED', 'REFUNDED'].includes(order.status)) return undefined;
    }
    await delay(LOOK_EVERY_MS);
  }
  return undefined;
}
