import type { Invariant } from './invariant.ts';

/** A payment that was authorised so long before its order's end was not too late. */
const FOR_CERTAIN = '30 seconds';

/** Orders, and what their customers were told. */
export const orderInvariants: readonly Invariant[] = [
  {
    name: 'every order is at its end',
    means: 'an order hangs between two steps',
    when: 'after',
    sql: `select id, jsonb_build_object('status', status, 'updated', updated_at) as detail from orders.orders
      where status not in ('PAID', 'CANCELLED', 'REFUNDED')`,
  },
  {
    name: 'every order that was answered exists',
    means: 'a customer was told of an order that is lost',
    when: 'after',
    sql: `select order_id as id, jsonb_build_object('customer', answers.customer_id, 'key', answers.key) as detail
      from answers where order_id is not null and not exists (select from orders.orders where orders.id = order_id)`,
  },
  {
    name: "a key is answered with its customer's own order",
    means: "somebody was shown another customer's order, or one that was made with another key",
    when: 'always',
    sql: `select order_id as id, jsonb_build_object('asked by', answers.customer_id, 'key', answers.key,
        'is of', orders.customer_id, 'was made with', orders.idempotency_key) as detail
      from answers join orders.orders on orders.id = order_id
      where (answers.customer_id, answers.key) <> (orders.customer_id, orders.idempotency_key)`,
  },
  {
    name: 'nobody is refused a key that is new to them',
    means: "a customer's first use of a key was taken for a repetition; none of them uses a key for two orders",
    when: 'always',
    sql: `select customer_id::text || '/' || key as id, to_jsonb(body) as detail from answers
      where body like '%IDEMPOTENCY_KEY_REUSED%'`,
  },
  {
    name: 'a key has one order, and one answer',
    means: 'a repeated request was answered otherwise, or made a second order',
    when: 'always',
    sql: `select customer_id::text || '/' || key as id, jsonb_agg(distinct body) as detail from answers
      where order_id is not null group by customer_id, key having count(distinct body) > 1
      union all
      select customer_id::text || '/' || idempotency_key, jsonb_agg(id) from orders.orders
      group by customer_id, idempotency_key having count(*) > 1`,
  },
  {
    name: 'an order runs out of time by its customer alone',
    means: 'an outage made an order fail that nothing else was wrong with',
    when: 'after',
    sql: `select order_id as id, jsonb_build_object('cause', cause, 'at', at) as detail from orders.order_timeline
      where cause in ('RESERVATION_EXPIRED', 'TIMED_OUT') and not exists (select from all_events
          where type = 'payments.payment.challenged.v1' and data ->> 'orderId' = order_id::text)
        or cause in ('RESERVATION_EXPIRED', 'TIMED_OUT') and exists (select from all_events
          where type = 'payments.payment.authorized.v1' and data ->> 'orderId' = order_id::text
            and time < at - interval '${FOR_CERTAIN}')`,
  },
  {
    name: 'a paid order has its stock',
    means: 'an order is paid and not reserved, or with other articles than were bought',
    when: 'after',
    sql: `select orders.id, jsonb_build_object('order', orders.status, 'reservation', reservations.status) as detail
      from orders.orders left join inventory.reservations on order_id = orders.id
      where orders.status = 'PAID' and reservations.status is distinct from 'CONFIRMED'
      union all
      select order_id, jsonb_build_object('product', product_id, 'bought', bought.quantity, 'reserved', held.quantity)
      from (select * from orders.order_lines join orders.orders on orders.id = order_id where status = 'PAID') as bought
      left join inventory.reservation_lines as held using (order_id, product_id)
      where held.quantity is distinct from bought.quantity`,
  },
  {
    name: 'a cancelled order holds no stock',
    means: 'stock is kept from others for an order that was cancelled',
    when: 'after',
    sql: `select orders.id, jsonb_build_object('reservation', reservations.status) as detail
      from orders.orders join inventory.reservations on order_id = orders.id
      where orders.status = 'CANCELLED' and reservations.status in ('RESERVED', 'CONFIRMED')`,
  },
  {
    name: 'every step of an order is in its timeline',
    means: 'a step was taken and not written down, or the other way round',
    when: 'always',
    sql: `select orders.id, jsonb_build_object('version', version, 'steps', steps, 'status', status, 'last', last) as detail
      from orders.orders
      left join lateral (select count(*) as steps, (array_agg(order_timeline.status order by seq desc))[1] as last
        from orders.order_timeline where order_id = orders.id) as timeline on true
      where steps <> version or last <> status`,
  },
  {
    name: 'an event lets an order take one step',
    means: 'an event took effect twice',
    when: 'always',
    sql: `select order_id as id, jsonb_build_object('event', event_id, 'steps', count(*)) as detail
      from orders.order_timeline where event_id is not null group by order_id, event_id having count(*) > 1`,
  },
  {
    name: 'orders and payments agree on refunds',
    means: 'an order knows of a refund that was not made, or not of one that was',
    when: 'after',
    sql: `select coalesce(refund_id, refunds.id) as id, jsonb_build_object('orders', known.amount_minor,
        'payments', refunds.amount_minor) as detail
      from orders.refunds as known
      full join (select * from payments.refunds where status = 'SUCCEEDED') as refunds on refunds.id = refund_id
      where known.amount_minor is distinct from refunds.amount_minor`,
  },
];
