import { newId } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { type Ask, mutator, sender } from './graph-client.ts';

/** What one article costs here, and sending one or two of them. */
export const PRICE = 2000;
export const SHIPPING = 490;

export const PASSWORD = 'the-moon-and-the-tides';
const NAME = 'Mary Somerville';
const ADDRESS = { recipient: NAME, line1: 'Street 1', postalCode: '10117', city: 'Berlin', country: 'DE' };

export interface Customer {
  id: string;
  headers: { authorization: string };
  /** Id of the payment method that they pay with. */
  card: string;
}

export interface Purchase {
  customer: Customer;
  order: string;
  product: string;
}

export type ShopActions = ReturnType<typeof shopActions>;

/** What people do, by the API alone. What may be refused gives the whole payload, with its `errors`. */
export function shopActions(ask: Ask, admin: Customer['headers']) {
  const mutate = mutator(ask);
  const send = sender(ask);

  /** Puts a new product on sale. */
  async function newProduct(stock: number, currency = 'EUR'): Promise<string> {
    const { product } = await mutate('createProduct', 'product { id }', admin, {
      sku: newId().toUpperCase().slice(4),
      name: 'Telescope',
      description: 'To look at the moon with.',
      category: 'Optics',
      price: { amountMinor: PRICE, currency },
      weightGrams: 400,
    });
    await mutate('restock', 'product { id }', admin, { productId: product.id, quantity: stock });
    // Orders hears of it by an event.
    await until('the product to be on sale', async () => {
      const { errors } = await send('addToCart', 'guestToken', {}, { productId: product.id, quantity: 1 });
      return errors.length === 0;
    });
    return product.id;
  }

  async function newCustomer(token: string): Promise<Customer> {
    const account = { email: `mary-${newId()}@example.com`, password: PASSWORD, name: NAME };
    const { session } = await mutate('signUp', 'session { accessToken user { id } }', {}, account);
    const headers = { authorization: `Bearer ${session.accessToken}` };
    const { paymentMethod } = await mutate('addPaymentMethod', 'paymentMethod { id }', headers, { token });
    return { id: session.user.id, headers, card: paymentMethod.id };
  }

  const fillCart = (customer: Customer, productId: string, quantity: number): Promise<unknown> =>
    mutate('addToCart', 'cart { id }', customer.headers, { productId, quantity });

  const placeOrder = (customer: Customer, idempotencyKey: string = newId()) =>
    send(
      'placeOrder',
      `order { id } errors { ... on CartPriceChangedError {
        lines { productId oldPrice { amountMinor } newPrice { amountMinor } } total { amountMinor }
      } ... on OutOfStockError { order { id status } products { productId requested available } } }`,
      customer.headers,
      { idempotencyKey, shippingAddress: ADDRESS, paymentMethodId: customer.card },
    );

  async function buy(customer: Customer, product: string, quantity: number): Promise<Purchase> {
    await fillCart(customer, product, quantity);
    const { order: placed, errors } = await placeOrder(customer);
    // Where stock was missing, the order is there all the same.
    const order = placed ?? errors[0].order;
    if (order === undefined) throw new Error(`the order was refused with ${JSON.stringify(errors)}`);
    return { customer, product, order: order.id };
  }

  const cancel = (order: string, headers: Customer['headers']) =>
    send('cancelOrder', 'order { status }', headers, { orderId: order, reason: 'I have one already' });

  const sendBack = ({ customer, order, product }: Purchase, quantity: number, idempotencyKey: string = newId()) =>
    send(
      'requestReturn',
      'refund { amountMinor } errors { ... on ReturnNotPossibleError { reason } }',
      customer.headers,
      { idempotencyKey, orderId: order, lines: [{ productId: product, quantity }], reason: 'It shows only one moon' },
    );

  const answerBank = (customer: Customer, paymentId: string, code: string) =>
    send(
      'completePaymentChallenge',
      'payment { status } errors { ... on ChallengeNotOpenError { status } }',
      customer.headers,
      { paymentId, code },
    );

  const refund = (paymentId: string, amountMinor: number, idempotencyKey: string = newId()) =>
    send('refundPayment', 'refund { id } errors { ... on RefundTooLargeError { refundable { amountMinor } } }', admin, {
      paymentId,
      amount: { amountMinor, currency: 'EUR' },
      reason: 'Goodwill',
      idempotencyKey,
    });

  const ORDER = 'query ($order: ID!) { order(id: $order) { payments { id status } } }';

  /** Waits until an order's payment has come as far as `status`; gives its id. */
  const paymentThatIs = (status: string, { customer, order }: Purchase): Promise<string> =>
    until(`a payment that is ${status}`, async () => {
      const { data } = await ask(ORDER, { order }, customer.headers);
      return data.order.payments.find((payment: { status: string }) => payment.status === status)?.id;
    });

  return { newProduct, newCustomer, fillCart, placeOrder, buy, cancel, sendBack, answerBank, refund, paymentThatIs };
}
