import { deepEqual, equal, ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { DemoClient } from './demo-client.ts';

/** One operation of the demo. `run` sends it, throws unless the answer is right, and gives what is printed. */
export interface DemoStep {
  title: string;
  /** Name of the operation that it sends. */
  operation: string;
  run(client: DemoClient): Promise<unknown>;
}

const QUANTITY = 2;
const customer = {
  name: 'Mary Somerville',
  email: `mary-${randomUUID()}@example.com`,
  password: 'the-moon-and-the-tides',
};
const address = {
  recipient: customer.name,
  line1: 'Unter den Linden 6',
  postalCode: '10117',
  city: 'Berlin',
  country: 'DE',
};
const idempotencyKey = randomUUID();

/** Of a graph of an older version. */
const NONE = 'this graph has no such subscription';

/** What later steps need of earlier answers. */
const seen = {
  product: { id: '', name: '', price: { amountMinor: 0, currency: '' } },
  guestToken: '',
  paymentMethodId: '',
  order: { id: '', number: '' },
  notifications: undefined as AsyncIterableIterator<Told> | undefined,
  notificationId: '',
  unread: 0,
};

interface Told {
  notificationReceived: { id: string; kind: string; order: { number: string } | null };
}

const orderInput = () => ({
  input: { idempotencyKey, shippingAddress: address, paymentMethodId: seen.paymentMethodId },
});

/** A purchase from the first look at the catalogue to the last line of the order's timeline. */
export const purchase: readonly DemoStep[] = [
  {
    title: 'Look around, without an account',
    operation: 'BrowseProducts',
    async run(client) {
      const data = await client.send('browse-products', { search: 'head', filter: { inStock: true }, first: 2 });
      ok(data.categories.length >= 5, 'the catalogue has several categories');
      ok(data.products.nodes.length > 0, 'the search finds something');
      seen.product = data.products.nodes[0];
      return data;
    },
  },
  {
    title: 'Read about one product: inventory describes it, orders says what sending it costs',
    operation: 'ProductPage',
    async run(client) {
      const data = await client.send('product-page', { id: seen.product.id, country: address.country });
      equal(data.product.name, seen.product.name);
      ok(data.product.available >= QUANTITY, 'there is enough of it');
      ok(data.product.shippingEstimate.amountMinor > 0, 'sending it costs something');
      return data;
    },
  },
  {
    title: 'Put two of it into a guest cart',
    operation: 'AddToCart',
    async run(client) {
      const data = await client.send('add-to-cart', { input: { productId: seen.product.id, quantity: QUANTITY } });
      deepEqual(data.addToCart.errors, []);
      equal(data.addToCart.cart.subtotal.amountMinor, QUANTITY * seen.product.price.amountMinor);
      seen.guestToken = data.addToCart.guestToken;
      return data;
    },
  },
  {
    title: 'Sign up',
    operation: 'SignUp',
    async run(client) {
      const data = await client.send('sign-up', { input: customer });
      deepEqual(data.signUp.errors, []);
      equal(data.signUp.session.user.name, customer.name);
      client.accessToken = data.signUp.session.accessToken;
      return data;
    },
  },
  {
    title: 'Take the guest cart along',
    operation: 'MergeGuestCart',
    async run(client) {
      const data = await client.send('merge-guest-cart', { input: { guestToken: seen.guestToken } });
      deepEqual(data.mergeGuestCart.errors, []);
      equal(data.mergeGuestCart.cart.itemCount, QUANTITY);
      return data;
    },
  },
  {
    title: 'Note an address',
    operation: 'AddAddress',
    async run(client) {
      const data = await client.send('add-address', { input: address });
      deepEqual(data.addAddress.errors, []);
      equal(data.addAddress.address.city, address.city);
      return data;
    },
  },
  {
    title: 'Keep a card, by its token',
    operation: 'AddPaymentMethod',
    async run(client) {
      const data = await client.send('add-payment-method', { input: { token: 'tok_visa', label: 'The blue one' } });
      deepEqual(data.addPaymentMethod.errors, []);
      seen.paymentMethodId = data.addPaymentMethod.paymentMethod.id;
      return data;
    },
  },
  {
    title: 'Listen to what the shop says from now on: a subscription, by server-sent events',
    operation: 'FollowNotifications',
    async run(client) {
      seen.notifications = await client.follow('follow-notifications');
      return seen.notifications === undefined ? NONE : 'listening';
    },
  },
  {
    title: 'Order',
    operation: 'PlaceOrder',
    async run(client) {
      const data = await client.send('place-order', orderInput());
      deepEqual(data.placeOrder.errors, []);
      ok(['PLACED', 'RESERVED', 'CONFIRMED', 'PAID'].includes(data.placeOrder.order.status), 'the order is on its way');
      seen.order = data.placeOrder.order;
      return data;
    },
  },
  {
    title: 'Order again with the same key, as after a lost connection: it is the same order',
    operation: 'PlaceOrder',
    async run(client) {
      const data = await client.send('place-order', orderInput());
      deepEqual(data.placeOrder.errors, []);
      deepEqual(data.placeOrder.order, seen.order);
      return data;
    },
  },
  {
    title: 'Watch it being reserved and paid: one query, four subgraphs',
    operation: 'OrderDetails',
    async run(client) {
      const data = await client.sendUntil(
        'order-details',
        { id: seen.order.id },
        ({ order }) => order.status === 'PAID',
      );
      const { subtotal, shipping, total, lines, customer: buyer, payments } = data.order;
      equal(total.amountMinor, subtotal.amountMinor + shipping.amountMinor);
      deepEqual(
        lines.map(({ name, quantity }: { name: string; quantity: number }) => [name, quantity]),
        [[seen.product.name, QUANTITY]],
      );
      equal(buyer.name, customer.name);
      deepEqual(payments, [
        { status: 'CAPTURED', amount: total, method: { brand: 'Visa', last4: payments[0].method.last4 } },
      ]);
      return data;
    },
  },
  {
    title: 'Hear that it is sure, without asking: each event is completed as a query would be',
    operation: 'FollowNotifications',
    async run() {
      if (seen.notifications === undefined) return NONE;
      const heard: unknown[] = [];
      for await (const { notificationReceived } of seen.notifications) {
        heard.push(notificationReceived);
        if (notificationReceived.kind !== 'ORDER_CONFIRMED') continue;
        equal(notificationReceived.order?.number, seen.order.number);
        return heard;
      }
      throw new Error(`after 30 s the shop has told ${JSON.stringify(heard, null, 2)}`);
    },
  },
  {
    title: 'Read what one was told about it',
    operation: 'MyNotifications',
    async run(client) {
      type Notification = { id: string; kind: string; order: { number: string } | null };
      const confirmed = ({ me }: { me: { notifications: { nodes: Notification[] } } }) =>
        me.notifications.nodes.find(({ kind }) => kind === 'ORDER_CONFIRMED');
      const data = await client.sendUntil('my-notifications', {}, (answer) => confirmed(answer) !== undefined);
      equal(confirmed(data)?.order?.number, seen.order.number);
      seen.notificationId = confirmed(data)?.id ?? '';
      seen.unread = data.me.unreadNotificationCount;
      return data;
    },
  },
  {
    title: 'Mark it as read',
    operation: 'MarkNotificationRead',
    async run(client) {
      const data = await client.send('mark-notification-read', { input: { id: seen.notificationId } });
      deepEqual(data.markNotificationRead.errors, []);
      equal(data.markNotificationRead.notification.recipient.unreadNotificationCount, seen.unread - 1);
      return data;
    },
  },
  {
    title: "Look at the order's timeline",
    operation: 'OrderTimeline',
    async run(client) {
      const data = await client.send('order-timeline', { id: seen.order.id });
      const statuses = data.order.timeline.map(({ status }: { status: string }) => status);
      deepEqual(statuses, ['PLACED', 'RESERVED', 'CONFIRMED', 'PAID']);
      return data;
    },
  },
];
