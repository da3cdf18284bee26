import { isDeepStrictEqual } from 'node:util';
import { newId } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomes } from './testing/becomes.ts';
import type { Picture } from './testing/purchase-picture.ts';
import { type Shop, startShop } from './testing/shop.ts';
import { PASSWORD, PRICE, type Purchase, SHIPPING } from './testing/shop-actions.ts';
import { booksAtRest, COLLECTED, ledgerOf, type ShopBooks } from './testing/shop-books.ts';

const PORT = 14_230;
const RIGHT = '123456';
const WRONG = '000000';
/** What two articles cost, sent to the customer. */
const TOTAL = 2 * PRICE + SHIPPING;
/** Of five articles: on hand, reserved, sold, available. */
const TWO_SOLD = [5, 0, 2, 3];
const NOTHING_SOLD = [5, 0, 0, 5];

type Ending = Omit<Picture, 'refunds'> & Partial<Picture>;

const paid: Ending = {
  order: 'PAID',
  timeline: 'PLACED RESERVED CONFIRMED PAID',
  payments: [`CAPTURED ${TOTAL}`],
  told: 'ORDER_CONFIRMED ORDER_PLACED',
  stock: TWO_SOLD,
};
const cancelled: Ending = {
  order: 'CANCELLED',
  timeline: 'PLACED RESERVED CANCELLED',
  payments: [`VOIDED ${TOTAL}`],
  told: 'ORDER_CANCELLED ORDER_PLACED',
  stock: NOTHING_SOLD,
};
const declinedAs = (reason: string): Ending => ({ ...cancelled, payments: [`DECLINED ${TOTAL} ${reason}`] });
const challenged = ({ timeline, told, ...ending }: Ending): Ending => ({
  ...ending,
  timeline: timeline.replace('RESERVED', 'RESERVED RESERVED'),
  told: `${told} PAYMENT_CHALLENGED`,
});

/** How two articles out of five end that are bought by each of the sandbox's cards. */
const ways: { card: string; codes?: string[]; ending: Ending }[] = [
  { card: 'tok_timeout_then_charged', ending: paid },
  { card: 'tok_slow', ending: paid },
  { card: 'tok_visa', ending: paid },
  { card: 'tok_mastercard', ending: paid },
  { card: 'tok_refund_fails', ending: paid },
  { card: 'tok_declined', ending: declinedAs('CARD_DECLINED') },
  { card: 'tok_insufficient_funds', ending: declinedAs('INSUFFICIENT_FUNDS') },
  {
    card: 'tok_capture_fails',
    ending: {
      ...declinedAs('CAPTURE_FAILED'),
      timeline: 'PLACED RESERVED CONFIRMED CANCELLED',
      told: 'ORDER_CANCELLED ORDER_CONFIRMED ORDER_PLACED',
    },
  },
  { card: 'tok_challenge', codes: [RIGHT], ending: challenged(paid) },
  { card: 'tok_challenge', codes: [WRONG, WRONG, RIGHT], ending: challenged(paid) },
  { card: 'tok_challenge', codes: [WRONG, WRONG, WRONG], ending: challenged(declinedAs('CHALLENGE_FAILED')) },
];

let shop: Shop;
/** What was seen of each purchase in the end. */
const endings = new Map<Purchase, Picture>();

beforeAll(async () => {
  shop = await startShop(PORT);
});
afterAll(() => shop[Symbol.asyncDispose]());

/** A new customer buys two of five new articles. */
async function buyWith(card: string): Promise<Purchase> {
  const [customer, product] = await Promise.all([shop.newCustomer(card), shop.newProduct(5)]);
  return shop.buy(customer, product, 2);
}

/** Waits until a purchase looks like that to its customer and to the administrator. */
async function comesTo(purchase: Purchase, ending: Ending): Promise<void> {
  const picture = { refunds: [], ...ending };
  await becomes(picture, () => shop.picture(purchase));
  endings.set(purchase, picture);
}

/** A purchase that is paid, for what happens next. */
async function paidPurchase(card = 'tok_visa'): Promise<{ bought: Purchase; payment: string }> {
  const bought = await buyWith(card);
  await becomes({ refunds: [], ...paid }, () => shop.picture(bought));
  return { bought, payment: await shop.paymentThatIs('CAPTURED', bought) };
}

describe.concurrent('a purchase', () => {
  it.each(ways)('by $card ends $ending.order, its payment $ending.payments.0', async ({ card, codes = [], ending }) => {
    const bought = await buyWith(card);
    if (codes.length > 0) {
      const payment = await shop.paymentThatIs('CHALLENGED', bought);
      const answers = [];
      for (const code of codes) answers.push((await shop.answerBank(bought.customer, payment, code)).errors);
      const wrong = codes.slice(1).map(() => [{ __typename: 'WrongChallengeCodeError' }]);
      // The last one decides, right or wrong.
      expect(answers).toEqual([...wrong, []]);
    }
    await comesTo(bought, ending);
  });
});

describe.concurrent('a cancelled order', () => {
  it.each(['customer', 'administrator'])(
    'is not charged, though the bank is answered after the %s has cancelled',
    async (who) => {
      const bought = await buyWith('tok_challenge');
      const payment = await shop.paymentThatIs('CHALLENGED', bought);
      const { headers } = who === 'customer' ? bought.customer : { headers: shop.admin };
      expect(await shop.cancel(bought.order, headers)).toEqual({ order: { status: 'CANCELLED' }, errors: [] });
      await comesTo(bought, challenged(cancelled));
      const answer = await shop.answerBank(bought.customer, payment, RIGHT);
      expect(answer.errors).toEqual([{ __typename: 'ChallengeNotOpenError', status: 'VOIDED' }]);
      await comesTo(bought, challenged(cancelled));
      expect(await ledgerOf(shop, payment)).toEqual([]);
    },
  );

  it.each([0, 1])('is charged or not when the bank is answered meanwhile (%i)', async (order) => {
    const bought = await buyWith('tok_challenge');
    const payment = await shop.paymentThatIs('CHALLENGED', bought);
    const answer = () => shop.answerBank(bought.customer, payment, RIGHT);
    const cancel = () => shop.cancel(bought.order, bought.customer.headers);
    // Which of them wins is a matter of luck; that money and stock agree is checked of all orders in the end.
    await Promise.all((order === 0 ? [answer, cancel] : [cancel, answer]).map((act) => act()));
  });

  it('is not charged, though the provider has not answered yet', async () => {
    const bought = await buyWith('tok_slow');
    await shop.paymentThatIs('PENDING', bought);
    expect((await shop.cancel(bought.order, bought.customer.headers)).errors).toEqual([]);
    await comesTo(bought, cancelled);
  });

  it('is none that is paid', async () => {
    const { bought } = await paidPurchase();
    const { errors } = await shop.cancel(bought.order, bought.customer.headers);
    expect(errors).toEqual([{ __typename: 'OrderNotCancellableError' }]);
    await comesTo(bought, paid);
  });
});

describe.concurrent('stock', () => {
  const rejected = { ...cancelled, timeline: 'PLACED CANCELLED', payments: [] };

  it('is sold for a whole order or not at all', async () => {
    const customer = await shop.newCustomer('tok_visa');
    const [scarce, plenty] = await Promise.all([shop.newProduct(1), shop.newProduct(5)]);
    await shop.fillCart(customer, plenty, 2);
    const bought = await shop.buy(customer, scarce, 2);
    await comesTo(bought, { ...rejected, stock: [1, 0, 0, 1] });
    await comesTo({ ...bought, product: plenty }, rejected);
  });

  it('that is the last goes to one of those who want it at the same time', async () => {
    const product = await shop.newProduct(1);
    const customers = await Promise.all([shop.newCustomer('tok_visa'), shop.newCustomer('tok_visa')]);
    const rivals = await Promise.all(customers.map((customer) => shop.buy(customer, product, 1)));
    const ends = async () => (await Promise.all(rivals.map(shop.picture))).map(({ order }) => order);
    await until('one to have it', async () => isDeepStrictEqual((await ends()).sort(), ['CANCELLED', 'PAID']));
    const winner = (await ends()).indexOf('PAID');
    const won = { ...paid, payments: [`CAPTURED ${PRICE + SHIPPING}`] };
    for (const [index, rival] of rivals.entries()) {
      await comesTo(rival, { ...(index === winner ? won : rejected), stock: [1, 0, 1, 0] });
    }
  });
});

describe.concurrent('an order', () => {
  it('is not placed at a price that the customer has not seen', async () => {
    const [customer, product] = await Promise.all([shop.newCustomer('tok_visa'), shop.newProduct(5)]);
    await shop.fillCart(customer, product, 2);
    const price = { amountMinor: PRICE + 50, currency: 'EUR' };
    await shop.mutate('updateProduct', 'product { id }', shop.admin, { id: product, expectedVersion: 1, price });
    await until('the cart to show the new price', async () => {
      const { data } = await shop.ask('{ cart { lines { priceChanged } } }', {}, customer.headers);
      return data.cart.lines[0].priceChanged;
    });
    const change = { productId: product, oldPrice: { amountMinor: PRICE }, newPrice: { amountMinor: PRICE + 50 } };
    expect(await shop.placeOrder(customer)).toEqual({
      order: null,
      errors: [{ __typename: 'CartPriceChangedError', lines: [change], total: { amountMinor: TOTAL + 100 } }],
    });
    await shop.mutate('acceptCartPrices', 'cart { id }', customer.headers, {});
    const { order } = await shop.placeOrder(customer);
    await comesTo({ customer, product, order: order.id }, { ...paid, payments: [`CAPTURED ${TOTAL + 100}`] });
  });

  it.each([
    { keys: 'one key', keyOf: () => 'the-same', refusals: [] },
    { keys: 'keys of their own', keyOf: newId, refusals: Array(19).fill({ __typename: 'EmptyCartError' }) },
  ])('is placed once by 20 attempts at once, with $keys', async ({ keyOf, refusals }) => {
    const [customer, product] = await Promise.all([shop.newCustomer('tok_visa'), shop.newProduct(5)]);
    await shop.fillCart(customer, product, 2);
    const answers = await Promise.all(Array.from({ length: 20 }, () => shop.placeOrder(customer, keyOf())));
    expect(answers.flatMap(({ errors }) => errors)).toEqual(refusals);
    const placed = new Set<string>(answers.flatMap(({ order }) => order?.id ?? []));
    const { data } = await shop.ask('{ orders(first: 100) { nodes { id } } cart { itemCount } }', {}, customer.headers);
    expect(data).toEqual({ orders: { nodes: Array.from(placed, (id) => ({ id })) }, cart: { itemCount: 0 } });
    expect(placed.size).toBe(1);
    for (const order of placed) await comesTo({ customer, product, order }, paid);
  });

  it('stays, without its customer, when the account is closed', async () => {
    const { bought, payment } = await paidPurchase();
    const { customer, order } = bought;
    expect((await shop.sendBack(bought, 1)).errors).toEqual([]);
    await shop.paymentThatIs('PARTIALLY_REFUNDED', bought);
    await shop.mutate('closeAccount', 'closedAt', customer.headers, { password: PASSWORD });
    const query = `query ($order: ID!, $customer: ID!) {
      order(id: $order) {
        status total { amountMinor } shippingAddress { city } timeline { note }
        customer { name email addresses { id } } payments { id status method { last4 } }
      }
      user(id: $customer) { notifications(first: 1) { nodes { id } } cart { id } }
    }`;
    const remains = (orderStatus: string, status: string, entries: number) => ({
      order: {
        status: orderStatus,
        total: { amountMinor: TOTAL },
        shippingAddress: null,
        timeline: Array(entries).fill({ note: null }),
        customer: { name: null, email: null, addresses: [] },
        payments: [{ id: payment, status, method: null }],
      },
      user: { notifications: { nodes: [] }, cart: null },
    });
    const asAdmin = async () => (await shop.ask(query, { order, customer: customer.id }, shop.admin)).data;
    await becomes(remains('PAID', 'PARTIALLY_REFUNDED', 6), asAdmin);
    await expect(shop.sendBack(bought, 1)).rejects.toThrow('UNAUTHENTICATED');
    expect((await shop.refund(payment, PRICE + SHIPPING)).errors).toEqual([]);
    await becomes(remains('REFUNDED', 'REFUNDED', 7), asAdmin);
  });
});

describe.concurrent('money goes back', () => {
  const captured = `CAPTURE ${TOTAL}`;
  const booked = (amount: number) => [`REFUND_PROMISED ${amount}`, `REFUND_PAID ${amount}`];
  const partlyReturned: Ending = {
    order: 'PAID',
    timeline: `${paid.timeline} RETURN_REQUESTED PAID`,
    payments: [`PARTIALLY_REFUNDED ${TOTAL}`],
    refunds: [`RETURN SUCCEEDED ${PRICE}`],
    told: `${paid.told} REFUND_MADE RETURN_REQUESTED`,
    stock: [5, 0, 1, 4],
  };

  it('for one of two articles, then for the other with the shipping costs', async () => {
    const { bought, payment } = await paidPurchase();
    const key = newId();
    const first = await shop.sendBack(bought, 1, key);
    expect(first).toEqual({ refund: { amountMinor: PRICE }, errors: [] });
    await comesTo(bought, partlyReturned);
    expect(await shop.sendBack(bought, 1, key)).toEqual(first);
    const tooMany = await shop.sendBack(bought, 2);
    expect(tooMany.errors).toEqual([{ __typename: 'ReturnNotPossibleError', reason: 'TOO_MANY' }]);
    expect(await shop.sendBack(bought, 1)).toEqual({ refund: { amountMinor: PRICE + SHIPPING }, errors: [] });
    await comesTo(bought, {
      order: 'REFUNDED',
      timeline: `${partlyReturned.timeline} RETURN_REQUESTED REFUNDED`,
      payments: [`REFUNDED ${TOTAL}`],
      refunds: [`RETURN SUCCEEDED ${PRICE}`, `RETURN SUCCEEDED ${PRICE + SHIPPING}`],
      told: `${paid.told} REFUND_MADE REFUND_MADE RETURN_REQUESTED RETURN_REQUESTED`,
      stock: NOTHING_SOLD,
    });
    expect(await ledgerOf(shop, payment)).toEqual([captured, ...booked(PRICE), ...booked(PRICE + SHIPPING)]);
    const nothingLeft = await shop.sendBack(bought, 1);
    expect(nothingLeft.errors).toEqual([{ __typename: 'ReturnNotPossibleError', reason: 'NOT_PAID' }]);
  });

  it('in the currency in which it came', async () => {
    const [customer, product] = await Promise.all([shop.newCustomer('tok_visa'), shop.newProduct(5, 'USD')]);
    const bought = await shop.buy(customer, product, 2);
    const shipped = 2 * PRICE + 540;
    await comesTo(bought, { ...paid, payments: [`CAPTURED ${shipped}`] });
    expect((await shop.sendBack(bought, 1)).errors).toEqual([]);
    await comesTo(bought, { ...partlyReturned, payments: [`PARTIALLY_REFUNDED ${shipped}`] });
  });

  it('when an administrator says so, once with one key, never more than was paid, and the articles stay', async () => {
    const { bought, payment } = await paidPurchase();
    const key = newId();
    const [first, again] = await Promise.all([shop.refund(payment, 500, key), shop.refund(payment, 500, key)]);
    expect(again).toEqual(first);
    const partly: Ending = {
      ...paid,
      timeline: `${paid.timeline} PAID`,
      payments: [`PARTIALLY_REFUNDED ${TOTAL}`],
      refunds: ['ADMIN SUCCEEDED 500'],
      told: `${paid.told} REFUND_MADE`,
    };
    await comesTo(bought, partly);
    const tooMuch = await shop.refund(payment, TOTAL - 499);
    expect(tooMuch.errors).toEqual([{ __typename: 'RefundTooLargeError', refundable: { amountMinor: TOTAL - 500 } }]);
    expect((await shop.refund(payment, TOTAL - 500)).errors).toEqual([]);
    await comesTo(bought, {
      ...partly,
      order: 'REFUNDED',
      timeline: `${partly.timeline} REFUNDED`,
      payments: [`REFUNDED ${TOTAL}`],
      refunds: ['ADMIN SUCCEEDED 500', `ADMIN SUCCEEDED ${TOTAL - 500}`],
      told: `${partly.told} REFUND_MADE`,
    });
    expect(await ledgerOf(shop, payment)).toEqual([captured, ...booked(500), ...booked(TOTAL - 500)]);
  });

  it('for a return only as far as an administrator has not given it back at the same time', async () => {
    const { bought, payment } = await paidPurchase();
    const [refund, back] = await Promise.all([shop.refund(payment, 1000), shop.sendBack(bought, 2)]);
    expect(back.errors).toEqual([]);
    await shop.paymentThatIs('REFUNDED', bought);
    // Where the return came first there was nothing left for the administrator.
    const amounts = refund.errors.length === 0 ? [1000, TOTAL - 1000] : [TOTAL];
    expect((await ledgerOf(shop, payment)).toSorted()).toEqual([captured, ...amounts.flatMap(booked)].toSorted());
  });

  it('not to a card that takes none: the debt is taken back, and a person is called', async () => {
    const { bought, payment } = await paidPurchase('tok_refund_fails');
    expect((await shop.sendBack(bought, 1)).errors).toEqual([]);
    const waiting: Ending = {
      ...partlyReturned,
      order: 'RETURN_REQUESTED',
      timeline: `${paid.timeline} RETURN_REQUESTED`,
      payments: [`CAPTURED ${TOTAL}`],
      refunds: [`RETURN FAILED ${PRICE}`],
      told: `${paid.told} RETURN_REQUESTED`,
    };
    await comesTo(bought, waiting);
    expect((await shop.refund(payment, PRICE)).errors).toEqual([]);
    await comesTo(bought, { ...waiting, refunds: [`RETURN FAILED ${PRICE}`, `ADMIN FAILED ${PRICE}`] });
    const undone = [`REFUND_PROMISED ${PRICE}`, `REFUND_FAILED ${PRICE}`];
    expect(await ledgerOf(shop, payment)).toEqual([captured, ...undone, ...undone]);
  });
});

describe('when all is done', () => {
  const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
  let books: ShopBooks;
  beforeAll(async () => {
    books = await booksAtRest(shop);
  });

  it('every purchase still looks as it did in the end', async () => {
    for (const [purchase, ending] of endings) expect(await shop.picture(purchase)).toEqual(ending);
  });

  it('everybody has paid once for what they got, and nobody for nothing', () => {
    for (const { id, status, payments } of books.orders) {
      const collected = payments.filter((payment) => COLLECTED.includes(payment.status));
      const kept = sum(collected.map((each) => each.amount.amountMinor - each.refundedAmount.amountMinor));
      expect(collected.length, id).toBeLessThanOrEqual(1);
      expect(Math.sign(kept), `${id}, ${status}`).toBe(status === 'PAID' || status === 'RETURN_REQUESTED' ? 1 : 0);
    }
  });

  it('nothing is reserved, and what is sold is what orders hold and have not sent back', () => {
    for (const { id, stock, stockMovements } of books.products) {
      const movements = stockMovements.nodes;
      const held = books.orders.flatMap(({ status, lines }) =>
        status === 'CANCELLED' ? [] : lines.filter(({ product }) => product.id === id),
      );
      const returned = movements.filter(({ kind }) => kind === 'RETURNED');
      const sold = sum(held.map(({ quantity }) => quantity)) - sum(returned.map((each) => each.availableDelta));
      const available = sum(movements.map((each) => each.availableDelta));
      expect(stock).toEqual({ onHand: sold + available, reserved: 0, sold, available });
      expect(sum(movements.map((each) => each.reservedDelta))).toBe(0);
      expect(sum(movements.map((each) => each.soldDelta))).toBe(sold);
    }
  });

  it.each(['EUR', 'USD'])('the books balance in %s', (currency) => {
    const accounts = books.accounts.filter((each) => each.currency === currency);
    const collected = books.orders
      .flatMap(({ payments }) => payments)
      .filter(({ status, amount }) => COLLECTED.includes(status) && amount.currency === currency);
    const captures = sum(collected.map(({ amount }) => amount.amountMinor));
    const refunds = sum(collected.map(({ refundedAmount }) => refundedAmount.amountMinor));
    expect(captures).toBeGreaterThan(refunds);
    expect(sum(accounts.map(({ debitsMinor }) => Number(debitsMinor)))).toBe(
      sum(accounts.map(({ creditsMinor }) => Number(creditsMinor))),
    );
    expect(Object.fromEntries(accounts.map((each) => [each.account, Number(each.balanceMinor)]))).toEqual({
      PROVIDER_CLEARING: captures - refunds,
      SALES_REVENUE: -captures,
      SALES_RETURNS: refunds,
      REFUNDS_PAYABLE: 0,
    });
  });

  it('nothing was logged as an error but the two refunds that a card refused', () => {
    const errors = shop.logLines.filter(({ level }) => level === 'error' || level === 'fatal');
    expect(errors.map(({ message }) => message)).toEqual(['refund failed', 'refund failed']);
  });
});
