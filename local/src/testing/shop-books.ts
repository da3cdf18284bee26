import { until } from '@tributary/service-kit/testing';
import type { Shop } from './shop.ts';

/** Everything that an administrator sees of orders, money and stock. */
export interface ShopBooks {
  orders: BookedOrder[];
  products: BookedProduct[];
  accounts: { account: string; currency: string; debitsMinor: string; creditsMinor: string; balanceMinor: string }[];
}

interface BookedOrder {
  id: string;
  status: string;
  lines: { quantity: number; product: { id: string } }[];
  payments: {
    status: string;
    amount: { amountMinor: number; currency: string };
    refundedAmount: { amountMinor: number };
    refunds: { status: string }[];
  }[];
}

interface BookedProduct {
  id: string;
  stock: { onHand: number; reserved: number; sold: number; available: number };
  /** One page of them, which these tests do not fill. */
  stockMovements: {
    nodes: { kind: string; availableDelta: number; reservedDelta: number; soldDelta: number; orderId: string | null }[];
  };
}

export const COLLECTED = ['CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED'];
const PAYMENT_ENDS = ['DECLINED', 'VOIDED', ...COLLECTED];
const ORDER_ENDS = ['PAID', 'CANCELLED', 'REFUNDED'];

/** The books once nothing moves any more: every order has ended, every event was published and heard. */
export async function booksAtRest(shop: Shop): Promise<ShopBooks> {
  let orders: BookedOrder[] = [];
  await until('everything to be at rest', async () => {
    orders = await readOrders(shop);
    return orders.every(isAtRest) && (await everythingIsPublished(shop));
  });
  const ids = new Set(orders.flatMap(({ lines }) => lines.map(({ product }) => product.id)));
  const products = await Promise.all(Array.from(ids, (id) => readProduct(shop, id)));
  const accounts = '{ ledgerAccounts { account currency debitsMinor creditsMinor balanceMinor } }';
  return { orders, products, accounts: (await shop.ask(accounts, {}, shop.admin)).data.ledgerAccounts };
}

/** A return whose refund has failed waits for a person. */
const isAtRest = ({ status, payments }: BookedOrder): boolean =>
  (ORDER_ENDS.includes(status) ||
    (status === 'RETURN_REQUESTED' &&
      payments.some(({ refunds }) => refunds.some((each) => each.status === 'FAILED')))) &&
  payments.every(
    (each) => PAYMENT_ENDS.includes(each.status) && each.refunds.every((refund) => refund.status !== 'PENDING'),
  );

async function readOrders({ ask, admin }: Shop): Promise<BookedOrder[]> {
  const query = `query ($after: String) { orders(first: 50, after: $after) { pageInfo { hasNextPage endCursor } nodes {
    id status lines { quantity product { id } }
    payments { status amount { amountMinor currency } refundedAmount { amountMinor } refunds { status } }
  } } }`;
  const orders: BookedOrder[] = [];
  for (let page = { hasNextPage: true, endCursor: null }; page.hasNextPage; ) {
    const { data } = await ask(query, { after: page.endCursor }, admin);
    orders.push(...data.orders.nodes);
    page = data.orders.pageInfo;
  }
  return orders;
}

async function readProduct({ ask, admin }: Shop, id: string): Promise<BookedProduct> {
  const query = `query ($id: ID!) { product(id: $id) {
    id stock { onHand reserved sold available }
    stockMovements(first: 100) { nodes { kind availableDelta reservedDelta soldDelta orderId } }
  } }`;
  return (await ask(query, { id }, admin)).data.product;
}

async function everythingIsPublished({ graph }: Shop): Promise<boolean> {
  const scrapes = Array.from(graph.subgraphs.values(), async ({ adminUrl }) =>
    (await fetch(`${adminUrl}/metrics`)).text(),
  );
  return (await Promise.all(scrapes)).every((text) => /^outbox_pending{.*} 0$/m.test(text));
}

/** What the ledger holds of a payment, oldest first. */
export async function ledgerOf({ ask, admin }: Shop, paymentId: string): Promise<string[]> {
  const query = `query ($paymentId: ID!) {
    ledgerTransactions(paymentId: $paymentId) { nodes { kind amount { amountMinor } } }
  }`;
  const { data } = await ask(query, { paymentId }, admin);
  const transactions: { kind: string; amount: { amountMinor: number } }[] = data.ledgerTransactions.nodes;
  return transactions.map(({ kind, amount }) => `${kind} ${amount.amountMinor}`).reverse();
}
