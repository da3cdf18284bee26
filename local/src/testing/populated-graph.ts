import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import type { LocalOptions } from '../options.ts';
import { type RunningLocal, startLocal } from '../start-local.ts';
import { type Ask, graphClient, mutator, sender, signIn } from './graph-client.ts';
import { natsGraphBus } from './nats-graph-bus.ts';
import type { Viewer } from './viewers.ts';

/** Ids of the owner's things, and of what is nobody's. */
export interface KnownThings {
  user: string;
  otherUser: string;
  adminUser: string;
  product: string;
  address: string;
  paymentMethod: string;
  cart: string;
  guestCart: string;
  guestToken: string;
  /** Paid, a part of it given back. */
  order: string;
  payment: string;
  /** Cancelled, for there was too little of a product. */
  outOfStockOrder: string;
  /** The bank wants to know something about it. */
  challengedPayment: string;
  /** The bank has refused it. */
  declinedPayment: string;
  /** Read. */
  notification: string;
  unread: string;
  webhook: string;
}

export interface PopulatedGraph extends AsyncDisposable {
  graph: RunningLocal;
  /** Where its data and keys are. */
  dataFolder: string;
  ask: Ask;
  /** The header with which each is known. */
  headersOf: Record<Viewer, Record<string, string>>;
  things: KnownThings;
  /** What the owner sent to `placeOrder` for more than there is. Sent again it is answered as before. */
  orderInVain: object;
  /** Each line of the log so far. */
  logLines: string[];
}

const ADDRESS = {
  recipient: 'Ada',
  line1: 'Street 1',
  line2: 'Second floor',
  postalCode: '10115',
  city: 'Berlin',
  region: 'Berlin',
  country: 'DE',
};

/**
 * The whole graph in this process, in which a customer has one of everything that a customer can have.
 *
 * @param options `natsUrl`: events go over that broker. Default: they stay in this process
 */
export async function startPopulatedGraph(
  port: number,
  options: Partial<Pick<LocalOptions, 'traceEndpoint' | 'logLevel'>> & { natsUrl?: string | undefined } = {},
): Promise<PopulatedGraph> {
  const { natsUrl, ...over } = options;
  const dataFolder = mkdtempSync(join(tmpdir(), 'tributary-populated-'));
  const logLines: string[] = [];
  const logDestination = { write: (line: string) => logLines.push(line) };
  const bus = natsUrl === undefined ? undefined : natsGraphBus(natsUrl, logDestination);
  const graph = await startLocal(
    { dataFolder, fresh: false, port, logLevel: 'info', ports: 'free', ...over },
    { logDestination, ...(bus && { bus }) },
  );
  const ask = graphClient(graph.gateway.url);
  const [owner, other, admin] = await Promise.all(
    graph.demoUsers.map(({ email, password }) => signIn(ask, email, password)),
  );
  if (owner === undefined || other === undefined || admin === undefined) throw new Error('expected three demo users');
  const headersOf = { anonymous: {}, other, owner, admin };
  return {
    graph,
    dataFolder,
    ask,
    headersOf,
    ...(await populate(ask, headersOf)),
    logLines,
    async [Symbol.asyncDispose]() {
      await graph.stop();
      await bus?.close();
      rmSync(dataFolder, { recursive: true });
    },
  };
}

async function populate(
  ask: Ask,
  { owner, other, admin }: PopulatedGraph['headersOf'],
): Promise<Pick<PopulatedGraph, 'things' | 'orderInVain'>> {
  const mutate = mutator(ask);
  const { data: mine } = await ask(
    '{ me { id } paymentMethods { id } products(first: 1, filter: { inStock: true }) { nodes { id } } }',
    {},
    owner,
  );
  const { address } = await mutate('addAddress', 'address { id }', owner, ADDRESS);
  const product: string = mine.products.nodes[0].id;
  const paymentMethod: string = mine.paymentMethods[0].id;
  const webhook = await mutate('registerWebhook', 'webhook { id }', owner, {
    url: 'http://127.0.0.1:9/hook',
    kinds: ['ORDER_PLACED'],
  });
  const quietHours = { start: '03:00', end: '03:01', timeZone: 'Europe/Berlin' };
  await mutate('setQuietHours', 'quietHours { start }', owner, { quietHours });
  const guest = await mutate('addToCart', 'cart { id } guestToken', {}, { productId: product, quantity: 1 });
  await mutate('addToCart', 'cart { id }', other, { productId: product, quantity: 1 });

  const buy = (method: string, status: string) => buyWith(ask, owner, product, method, status);
  const { order, payment } = await buy(paymentMethod, 'CAPTURED');
  const amount = { amountMinor: 100, currency: 'EUR' };
  const refund = { paymentId: payment, amount, reason: 'Broken', idempotencyKey: newId() };
  await mutate('refundPayment', 'refund { id }', admin, refund);
  const methodOf = async (token: string) =>
    (await mutate('addPaymentMethod', 'paymentMethod { id }', owner, { token, label: 'A card' })).paymentMethod.id;
  const challenged = await buy(await methodOf('tok_challenge'), 'CHALLENGED');
  const declined = await buy(await methodOf('tok_declined'), 'DECLINED');
  const cancelled = await buy(await methodOf('tok_challenge'), 'CHALLENGED');
  await mutate('cancelOrder', 'order { id }', owner, { orderId: cancelled.order, reason: 'Changed my mind' });
  const inVain = { idempotencyKey: newId(), paymentMethodId: paymentMethod, shippingAddress: ADDRESS };
  const outOfStockOrder = await orderInVain(ask, owner, admin, inVain);
  const cart = await mutate('addToCart', 'cart { id }', owner, { productId: product, quantity: 1 });
  const stock = { productId: product, delta: 1, reason: 'FOUND', note: 'Behind the shelf' };
  await mutate('adjustStock', 'product { id }', admin, stock);
  const notification = await notificationOf(ask, owner, order);
  const unread = await notificationOf(ask, owner, cancelled.order);
  await mutate('markNotificationRead', 'notification { id }', owner, { id: notification });
  const things: KnownThings = {
    user: mine.me.id,
    otherUser: (await ask('{ me { id } }', {}, other)).data.me.id,
    adminUser: (await ask('{ me { id } }', {}, admin)).data.me.id,
    product,
    address: address.id,
    paymentMethod,
    cart: cart.cart.id,
    guestCart: guest.cart.id,
    guestToken: guest.guestToken,
    order,
    outOfStockOrder,
    payment,
    challengedPayment: challenged.payment,
    declinedPayment: declined.payment,
    notification,
    unread,
    webhook: webhook.webhook.id,
  };
  return { things, orderInVain: inVain };
}

/** Orders one `product` and waits until its payment has come as far as `status`. */
async function buyWith(ask: Ask, owner: Record<string, string>, product: string, method: string, status: string) {
  const mutate = mutator(ask);
  await mutate('addToCart', 'cart { id }', owner, { productId: product, quantity: 1 });
  const placed = await mutate('placeOrder', 'order { id }', owner, {
    idempotencyKey: newId(),
    paymentMethodId: method,
    shippingAddress: ADDRESS,
  });
  const order: string = placed.order.id;
  const payment = await until(`the payment to be ${status}`, async () => {
    const { data } = await ask('query ($id: ID!) { order(id: $id) { payments { id status } } }', { id: order }, owner);
    return data.order.payments?.find((each: { status: string }) => each.status === status);
  });
  return { order, payment: payment.id as string };
}

/** Orders a product of which there is none. */
async function orderInVain(
  ask: Ask,
  owner: Record<string, string>,
  admin: Record<string, string>,
  input: object,
): Promise<string> {
  const product = await mutator(ask)('createProduct', 'product { id }', admin, {
    sku: 'SOLD-OUT-1',
    name: 'Comet',
    description: 'Comes once in 76 years.',
    category: 'Comets',
    price: { amountMinor: 100, currency: 'EUR' },
    weightGrams: 100,
  });
  const send = sender(ask);
  await until('orders to know the product', async () => {
    const { errors } = await send('addToCart', '', owner, { productId: product.product.id, quantity: 1 });
    return errors.length === 0;
  });
  const { errors } = await send('placeOrder', 'errors { ... on OutOfStockError { order { id } } }', owner, input);
  return errors[0].order.id;
}

const notificationOf = (ask: Ask, owner: Record<string, string>, order: string) =>
  until('the notification', async () => {
    const { data } = await ask('{ me { notifications { nodes { id order { id } } } } }', {}, owner);
    const about = data.me.notifications.nodes.find(
      (node: { order: { id: string } | null }) => node.order?.id === order,
    );
    return about?.id as string | undefined;
  });
