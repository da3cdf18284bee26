import { type CloudEvent, type Identity, newId } from '@tributary/service-kit';
import { startTestSubgraph, type TestDatabase, type TestSubgraph, until } from '@tributary/service-kit/testing';
import type { z } from 'zod';
import type { ordersConfig } from '../config.ts';
import { subgraph } from '../subgraph.ts';

type User = Identity & { kind: 'user' };

export interface TestProduct {
  productId: string;
  sku: string;
  name: string;
  price: { amountMinor: number; currency: string };
  weightGrams: number;
  active: boolean;
  version: number;
}

export const ADDRESS = {
  recipient: 'Ada Example',
  line1: 'Example Street 1',
  postalCode: '10115',
  city: 'Berlin',
  country: 'DE',
};

const refusals = (...fields: string[]) => `errors { __typename ... on DomainError { code } ${fields.join(' ')} }`;
const INVALID_INPUT = '... on InvalidInputError { field }';
const INVALID_QUANTITY = '... on InvalidQuantityError { min max }';

const cartMutation = (name: string, input: string, ...fields: string[]) =>
  `mutation ($input: ${input}!) { ${name}(input: $input) { cart { ...cart } ${fields.join(' ')} } } ${CART}`;

const CART = `fragment cart on Cart { id itemCount subtotal { amountMinor currency } lines {
  product { id } quantity available priceChanged
  unitPrice { amountMinor currency } currentPrice { amountMinor currency } lineTotal { amountMinor currency } } }`;

export const CREATE_GUEST_CART = `mutation { createGuestCart { guestToken cart { ...cart } } } ${CART}`;
export const FIND_CART = `query ($guestToken: String) { cart(guestToken: $guestToken) { ...cart } } ${CART}`;
export const ADD = cartMutation('addToCart', 'AddToCartInput', 'guestToken', refusals(INVALID_QUANTITY));
export const SET = cartMutation('setCartLineQuantity', 'SetCartLineQuantityInput', refusals(INVALID_QUANTITY));
export const REMOVE = cartMutation('removeFromCart', 'RemoveFromCartInput', refusals());
export const CLEAR = cartMutation('clearCart', 'ClearCartInput', refusals());
export const ACCEPT = cartMutation('acceptCartPrices', 'AcceptCartPricesInput', refusals());
export const MERGE = cartMutation('mergeGuestCart', 'MergeGuestCartInput', refusals());

export const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
  order { ...placed }
  ${refusals(
    INVALID_INPUT,
    '... on ProductUnavailableError { productIds }',
    '... on OutOfStockError { message order { ...placed } products { productId requested available } }',
    `... on CartPriceChangedError { total { amountMinor currency }
      lines { productId oldPrice { amountMinor currency } newPrice { amountMinor currency } } }`,
  )} } }
  fragment placed on Order { id number status total { amountMinor currency } updatedAt cancellable
    shippingAddress { city } timeline { at status cause message }
    cancellation { reason at outOfStock { productId requested available } } }`;
export const CANCEL = `mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) {
  order { status } ${refusals(INVALID_INPUT, '... on OrderNotCancellableError { status }')} } }`;
export const RETURN = `mutation ($input: RequestReturnInput!) { requestReturn(input: $input) {
  order { id status updatedAt timeline { at status cause } } refund { amountMinor currency }
  ${refusals(INVALID_INPUT, INVALID_QUANTITY, '... on ReturnNotPossibleError { reason }')} } }`;

/** The orders subgraph with a catalogue and customers, for behaviour tests. */
export interface TestShop extends TestSubgraph {
  admin: User;
  newCustomer(): User;
  /** Tells the shop of a product, as inventory does: by default a new one of 10.00 EUR and 500 g. */
  product(change?: Partial<TestProduct>): Promise<TestProduct>;
  addToCart(customer: User, product: TestProduct, quantity?: number): Promise<void>;
  placeInput(change?: object): Record<string, unknown>;
  /** Puts products into the customer's cart and orders them. */
  order(customer: User, lines?: readonly (readonly [TestProduct, number])[]): Promise<string>;
  /** Waits until the customer has an order; gives the id of the newest. */
  placedBy(customer: User): Promise<string>;
  /** What another service says of an order; gives the event's id. */
  hear(type: string, orderId: string, data?: object): Promise<string>;
  /** An order that has come as far as PAID. */
  paidOrder(customer: User, lines?: readonly (readonly [TestProduct, number])[]): Promise<string>;
  /** The last words of the types of what was said of the subject beside `order.changed`, as `reservation.requested`, in order. */
  said(subject: string): Promise<string[]>;
  statusOf(orderId: string): Promise<string>;
}

/** @param config by default, `placeOrder` does not wait: there is no inventory here that would answer */
export async function openTestShop(
  database: TestDatabase,
  config: z.input<typeof ordersConfig> = { placement: { waitForStock: '0s' } },
): Promise<TestShop> {
  const server = await startTestSubgraph(subgraph, { database, config });
  const admin: User = { kind: 'user', userId: newId(), roles: ['admin'] };

  const product: TestShop['product'] = async (change = {}) => {
    const data: TestProduct = {
      productId: newId(),
      sku: 'SKU-1',
      name: 'A thing',
      price: { amountMinor: 1000, currency: 'EUR' },
      weightGrams: 500,
      active: true,
      version: 1,
      ...change,
    };
    await server.deliver({ type: 'inventory.product.changed.v1', subject: data.productId, data });
    return data;
  };

  const addToCart: TestShop['addToCart'] = async (customer, { productId }, quantity = 1) => {
    const { data } = await server.query(ADD, { input: { productId, quantity } }, customer);
    if (data.addToCart.errors.length > 0) throw new Error(data.addToCart.errors[0].__typename);
  };

  const placeInput: TestShop['placeInput'] = (change = {}) => ({
    idempotencyKey: newId(),
    shippingAddress: ADDRESS,
    paymentMethodId: newId(),
    ...change,
  });

  const order: TestShop['order'] = async (customer, lines) => {
    for (const [line, quantity] of lines ?? [[await product(), 2] as const]) await addToCart(customer, line, quantity);
    const { data } = await server.query(PLACE, { input: placeInput() }, customer);
    return data.placeOrder.order.id;
  };

  const placedBy: TestShop['placedBy'] = (customer) =>
    until('the order to be placed', async () => {
      const { data } = await server.query('{ orders(first: 1) { nodes { id } } }', {}, customer);
      return data.orders.nodes[0]?.id;
    });

  const hear: TestShop['hear'] = async (type, orderId, data = {}) => {
    const id = newId();
    await server.deliver({ id, type: `${type}.v1`, subject: orderId, data: { orderId, ...data } });
    return id;
  };

  return {
    ...server,
    admin,
    product,
    addToCart,
    placeInput,
    order,
    placedBy,
    hear,
    newCustomer: () => ({ kind: 'user', userId: newId(), roles: ['customer'] }),
    async paidOrder(customer, lines) {
      const id = await order(customer, lines);
      const paymentId = newId();
      await hear('inventory.stock.reserved', id);
      await hear('payments.payment.authorized', id, { paymentId });
      await hear('payments.payment.captured', id, { paymentId });
      return id;
    },
    async said(subject) {
      const about = (await server.published()).filter((event: CloudEvent) => event.subject === subject);
      const types = about.map(({ type }) => type.replace(/^orders\.(.*)\.v1$/, '$1'));
      // With each step, whatever else it says.
      return types.filter((type) => type !== 'order.changed');
    },
    async statusOf(orderId) {
      const { data } = await server.query('query ($id: ID!) { order(id: $id) { status } }', { id: orderId }, admin);
      return data.order.status;
    },
  };
}
