import type { Invariant } from './invariant.ts';

/**
 * Orders whose articles the customer has. One that was refunded in full keeps its articles or, where its reservation
 * had run out before it was confirmed, never got them; one that is paid must have them.
 */
const DELIVERED = `select orders.id as order_id from orders.orders left join inventory.reservations on order_id = orders.id
  where orders.status = 'PAID' or (orders.status = 'REFUNDED' and reservations.status = 'CONFIRMED')`;

/** What there is of each product, and what orders have of it. */
export const stockInvariants: readonly Invariant[] = [
  {
    name: 'stock adds up',
    means: 'reserved, sold and available are not the stock on hand',
    when: 'always',
    sql: `select product_id as id, to_jsonb(stock) as detail from inventory.stock
      where on_hand <> reserved + sold + available`,
  },
  {
    name: 'stock is never negative',
    means: 'more was promised than there is',
    when: 'always',
    sql: `select product_id as id, to_jsonb(stock) as detail from inventory.stock
      where available < 0 or reserved < 0 or sold < 0`,
  },
  {
    name: 'stock is the sum of its book',
    means: 'stock was changed without an entry, or an entry was made without the change',
    when: 'always',
    sql: `select stock.product_id as id, to_jsonb(stock) || to_jsonb(book) as detail
      from inventory.stock
      left join (select product_id, sum(available_delta) as a, sum(reserved_delta) as r, sum(sold_delta) as s
        from inventory.stock_movements group by product_id) as book using (product_id)
      where (available, reserved, sold) is distinct from (coalesce(a, 0), coalesce(r, 0), coalesce(s, 0))`,
  },
  {
    name: 'reserved and sold stock is that of reservations',
    means: 'stock is held for nobody, or an order holds stock that nobody counted',
    when: 'always',
    sql: `select stock.product_id as id, to_jsonb(stock) || to_jsonb(held) as detail
      from inventory.stock
      left join (select product_id, sum(quantity) filter (where status = 'RESERVED') as r,
          sum(quantity - returned) filter (where status = 'CONFIRMED') as s
        from inventory.reservation_lines join inventory.reservations using (order_id) group by product_id) as held
        using (product_id)
      where (reserved, sold) is distinct from (coalesce(r, 0), coalesce(s, 0))`,
  },
  {
    name: 'an order moves its stock once',
    means: 'a message took effect twice',
    when: 'always',
    sql: `select order_id as id, jsonb_build_object('product', product_id, 'kind', kind, 'times', count(*)) as detail
      from inventory.stock_movements where kind in ('RESERVED', 'SOLD', 'RELEASED', 'EXPIRED')
      group by order_id, product_id, kind having count(*) > 1`,
  },
  {
    name: 'sold stock is what paid orders bought',
    means: 'stock was sold to nobody, or somebody paid for nothing',
    when: 'after',
    sql: `with delivered as (${DELIVERED})
      select stock.product_id as id, jsonb_build_object('sold', sold, 'bought', b, 'returned', r) as detail
      from inventory.stock
      left join (select product_id, sum(quantity) as b from orders.order_lines join delivered using (order_id)
        group by product_id) as bought using (product_id)
      left join (select product_id, sum(quantity) as r from orders.return_lines join delivered using (order_id)
        group by product_id) as back using (product_id)
      where sold <> coalesce(b, 0) - coalesce(r, 0)`,
  },
  {
    name: 'what was sent back came back once',
    means: 'a return took effect twice, or not at all',
    when: 'after',
    sql: `select order_id as id, jsonb_build_object('product', product_id, 'asked', asked, 'returned', returned) as detail
      from (select order_id, product_id, sum(quantity) as asked from orders.return_lines
        join (${DELIVERED}) as delivered using (order_id) group by 1, 2) as wanted
      full join inventory.reservation_lines using (order_id, product_id)
      where coalesce(asked, 0) <> coalesce(returned, 0)`,
  },
  {
    name: 'every reservation is settled',
    means: 'stock is set aside for an order that has ended',
    when: 'after',
    sql: `select order_id as id, to_jsonb(reservations) as detail from inventory.reservations where status = 'RESERVED'`,
  },
];
