import type { Ask } from './graph-client.ts';
import type { Purchase } from './shop-actions.ts';

/** What customer and administrator see of a purchase, written short. */
export interface Picture {
  order: string;
  timeline: string;
  /** Status, amount, and why it was declined. */
  payments: string[];
  /** Cause, status and amount; oldest first. */
  refunds: string[];
  /** Kinds of the notifications about it, in the order of the alphabet. */
  told: string;
  /** On hand, reserved, sold, available. */
  stock: number[];
}

interface Money {
  amountMinor: number;
}

interface OrderAnswer {
  status: string;
  timeline: { status: string }[];
  payments: {
    status: string;
    declineReason: string | null;
    amount: Money;
    refunds: { cause: string; status: string; amount: Money }[];
  }[];
}

const AS_CUSTOMER = `query ($order: ID!) {
  order(id: $order) {
    status
    timeline { status }
    payments { status declineReason amount { amountMinor } refunds { cause status amount { amountMinor } } }
  }
  me { notifications(first: 100) { nodes { kind order { id } } } }
}`;
const AS_ADMIN = 'query ($product: ID!) { product(id: $product) { stock { onHand reserved sold available } } }';

export async function pictureOf(
  ask: Ask,
  admin: Record<string, string>,
  { customer, order, product }: Purchase,
): Promise<Picture> {
  const { data } = await ask(AS_CUSTOMER, { order }, customer.headers);
  const { data: shown } = await ask(AS_ADMIN, { product }, admin);
  const { status, timeline, payments }: OrderAnswer = data.order;
  const notifications: { kind: string; order: { id: string } | null }[] = data.me.notifications.nodes;
  return {
    order: status,
    timeline: timeline.map((entry) => entry.status).join(' '),
    payments: payments.map((each) => words(each.status, each.amount.amountMinor, each.declineReason)),
    refunds: payments.flatMap(({ refunds }) =>
      refunds.map((each) => words(each.cause, each.status, each.amount.amountMinor)).reverse(),
    ),
    told: words(...notifications.flatMap((each) => (each.order?.id === order ? each.kind : [])).sort()),
    stock: Object.values(shown.product.stock),
  };
}

const words = (...parts: (string | number | null)[]) => parts.filter((part) => part !== null).join(' ');
