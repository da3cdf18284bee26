/** Who has to hear an event, by its type. The checker's own list: what the services subscribe to is under test. */
const CONSUMERS: readonly [type: string, consumers: readonly string[]][] = [
  ['orders.order.placed.v1', ['notifications']],
  ['orders.order.confirmed.v1', ['notifications']],
  ['orders.order.cancelled.v1', ['notifications']],
  ['orders.reservation.requested.v1', ['inventory']],
  ['orders.reservation.confirmed.v1', ['inventory']],
  ['orders.reservation.released.v1', ['inventory']],
  ['orders.payment.requested.v1', ['payments']],
  ['orders.capture.requested.v1', ['payments']],
  ['orders.payment.voided.v1', ['payments']],
  ['orders.return.requested.v1', ['inventory', 'payments', 'notifications']],
  ['inventory.product.changed.v1', ['orders']],
  ['inventory.stock.reserved.v1', ['orders']],
  ['inventory.stock.rejected.v1', ['orders']],
  ['inventory.reservation.expired.v1', ['orders']],
  ['payments.payment.authorized.v1', ['orders']],
  ['payments.payment.declined.v1', ['orders']],
  ['payments.payment.challenged.v1', ['orders', 'notifications']],
  ['payments.payment.captured.v1', ['orders']],
  ['payments.payment.refunded.v1', ['orders', 'notifications']],
  ['users.account.registered.v1', ['notifications']],
];

/** Which notification an event makes for its customer. */
const NOTIFICATIONS: readonly [type: string, kind: string][] = [
  ['orders.order.placed.v1', 'ORDER_PLACED'],
  ['orders.order.confirmed.v1', 'ORDER_CONFIRMED'],
  ['orders.order.cancelled.v1', 'ORDER_CANCELLED'],
  ['orders.return.requested.v1', 'RETURN_REQUESTED'],
  ['payments.payment.challenged.v1', 'PAYMENT_CHALLENGED'],
  ['payments.payment.refunded.v1', 'REFUND_MADE'],
];

const SERVICES = ['orders', 'inventory', 'payments', 'notifications', 'users'];

const ofAll = (table: string, columns: string) =>
  SERVICES.map((service) => `select '${service}' as service, ${columns} from ${service}.${table}`).join(' union all ');

const values = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => `(${row.map((value) => `'${value}'`).join(', ')})`).join(', ');

/**
 * What the invariants read beside the services' tables, in the checker's session alone: events and inboxes of all
 * services (what the provider reports is no event), who hears what, and room for the provider's ledger, for what customers
 * were answered and what they were told of orders that they follow, and for what the broker's stream has of these. Of a
 * following, `began` and `until` are places in the stream: it hears what is behind the one and up to the other, if it has left.
 */
export const SESSION_VIEWS = `
  create temp table if not exists provider_charges
    (key text, reference text, card text, amount_minor bigint, refunded_minor bigint, status text);
  create temp table if not exists provider_movements
    (charge_key text, kind text, amount_minor bigint, request_key text);
  create temp table if not exists answers (customer_id uuid, key text, order_id uuid, body text);
  create temp table if not exists followings
    (order_id uuid, way text, began bigint, until bigint, refusal text);
  create temp table if not exists told (order_id uuid, turn int, at bigint, steps int);
  create temp table if not exists streamed (at bigint, event_id uuid, order_id uuid);
  create or replace temp view all_events as ${ofAll('outbox', 'id, seq, type, subject, time, data, published_at, attempts')};
  create or replace temp view all_heard as select * from (${ofAll('inbox', 'consumer, event_id')}) as inboxes
    where consumer = service;
  create or replace temp view all_dead_letters as ${ofAll('dead_letters', 'consumer, event_id, type, state, reason, error')};
  create or replace temp view hearers as select * from (values
    ${values(CONSUMERS.flatMap(([type, consumers]) => consumers.map((consumer) => [type, consumer])))}
  ) as hearer (type, consumer);
  create or replace temp view told_by as select * from (values ${values(NOTIFICATIONS)}) as told (type, kind);
  create or replace temp view charged as
    select coalesce(sum(movements.amount_minor) filter (where kind = 'CAPTURED'), 0)
         - coalesce(sum(movements.amount_minor) filter (where kind = 'REFUNDED'), 0) as net_minor, payments.order_id
    from provider_movements as movements join payments.payments on payments.id::text = charge_key group by payments.order_id;
`;
