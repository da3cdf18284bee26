import { setTimeout as delay } from 'node:timers/promises';
import { askAgain } from './ask-again.ts';
import { documents } from './documents.ts';
import { isChallenged } from './follow-up.ts';
import type { Ask, Data } from './graph-client.ts';

/** The demo's administrator, whose password is in the repository. */
const ADMIN = { email: 'admin@example.com', password: 'tributary-demo-3' };
const PASSWORD = 'a-long-and-odd-one';
const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 500;

export interface ShopOptions {
  products: number;
  /** Of each product. */
  stock: number;
  customers: number;
  /** Tokens of the provider's test cards; each customer has all of them. */
  cards: readonly string[];
}

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  /** Ends after some minutes; see `renewSessions`. */
  accessToken: string;
}

export interface CustomerAccount extends Account {
  /** Payment method ids by the card's token. */
  methods: ReadonlyMap<string, string>;
}

export interface Shop {
  admin: Account;
  customers: CustomerAccount[];
  productIds: string[];
}

/** Fills an empty graph: products with little stock, customers with several cards. */
export async function openShop(ask: Ask, options: ShopOptions): Promise<Shop> {
  const admin = await accountOf(ADMIN, () => ask(documents.signIn, { input: ADMIN }), 'signIn');
  const productIds: string[] = [];
  for (let number = 1; number <= options.products; number++)
    productIds.push(await addProduct(ask, admin, number, options));
  const customers: CustomerAccount[] = [];
  for (let number = 1; number <= options.customers; number++) customers.push(await addCustomer(ask, number, options));
  await untilOrderable(ask, customers[0], productIds);
  return { admin, customers, productIds };
}

/** Cancels what waits for its customer, until no order is on its way to its payment, or until `deadline`. */
export async function closeShop(ask: Ask, { admin }: Shop, deadline: number): Promise<void> {
  while (performance.now() < deadline) {
    const open = await surely(() => ask(documents.openOrders, {}, admin.accessToken));
    if (open.placed.nodes.length + open.reserved.nodes.length === 0) return;
    for (const { id, payments } of open.reserved.nodes) {
      if (!payments.some(isChallenged)) continue;
      const input = { orderId: id, reason: 'The shop closes' };
      await surely(() => ask(documents.cancelOrder, { input }, admin.accessToken));
    }
    await delay(LOOK_AGAIN_MS);
  }
}

async function addProduct(ask: Ask, admin: Account, number: number, { stock }: ShopOptions): Promise<string> {
  const input = {
    sku: `SCARCE-${number}`,
    name: `Scarce thing ${number}`,
    description: 'There are too few of it.',
    category: 'Scarce',
    price: { amountMinor: 900 + 100 * number, currency: 'EUR' },
    weightGrams: 200,
  };
  const { createProduct } = await surely(() => ask(documents.createProduct, { input }, admin.accessToken));
  const { id } = createProduct.product;
  await surely(() => ask(documents.restock, { input: { productId: id, quantity: stock } }, admin.accessToken));
  return id;
}

async function addCustomer(ask: Ask, number: number, { cards }: ShopOptions): Promise<CustomerAccount> {
  const input = { email: `customer-${number}@example.com`, password: PASSWORD, name: `Customer ${number}` };
  const account = await accountOf(input, () => ask(documents.signUp, { input }), 'signUp');
  const methods = new Map<string, string>();
  for (const token of cards) {
    const { addPaymentMethod } = await surely(() =>
      ask(documents.addPaymentMethod, { input: { token } }, account.accessToken),
    );
    methods.set(token, addPaymentMethod.paymentMethod.id);
  }
  return { ...account, methods };
}

/** Orders knows a product only once it has heard of it. */
async function untilOrderable(ask: Ask, customer: Account | undefined, productIds: readonly string[]): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (const productId of productIds) {
    for (;;) {
      const input = { productId, quantity: 1 };
      const { addToCart } = await surely(() => ask(documents.addToCart, { input }, customer?.accessToken));
      if (addToCart.errors.length === 0) break;
      if (performance.now() > deadline) throw new Error('orders does not get to know the products');
      await delay(100);
    }
  }
}

async function accountOf(
  { email, password }: Pick<Account, 'email' | 'password'>,
  work: () => Promise<Data>,
  name: 'signIn' | 'signUp',
): Promise<Account> {
  const { session } = (await surely(work))[name];
  return { id: session.user.id, email, password, accessToken: session.accessToken };
}

async function surely(work: () => Promise<Data>): Promise<Data> {
  const answer = await askAgain(PATIENCE_MS, work);
  if (answer === undefined) throw new Error('the graph does not answer');
  return answer;
}
