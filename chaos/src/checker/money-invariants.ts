import type { Invariant } from './invariant.ts';

/** Our books and the provider's. */
export const moneyInvariants: readonly Invariant[] = [
  {
    name: 'an attempt is captured once',
    means: 'a customer was charged twice',
    when: 'always',
    sql: `select order_id as id, jsonb_build_object('attempt', attempt, 'captures', count(*)) as detail
      from provider_movements join payments.payments on payments.id::text = charge_key
      where kind = 'CAPTURED' group by order_id, attempt having count(*) > 1`,
  },
  {
    name: 'refunds stay within the capture',
    means: 'more was given back than was collected',
    when: 'always',
    sql: `select charge_key as id, jsonb_build_object('captured', c, 'refunded', r) as detail
      from (select charge_key, coalesce(sum(amount_minor) filter (where kind = 'CAPTURED'), 0) as c,
          coalesce(sum(amount_minor) filter (where kind = 'REFUNDED'), 0) as r
        from provider_movements group by charge_key) as sums where r > c
      union all
      select id::text, to_jsonb(payments) from payments.payments
      where refunded_minor > captured_minor or promised_minor > captured_minor`,
  },
  {
    name: 'every transaction of the ledger balances',
    means: 'money was booked on one side alone',
    when: 'always',
    sql: `select transactions.id, jsonb_agg(to_jsonb(entries)) as detail
      from payments.ledger_transactions as transactions
      left join payments.ledger_entries as entries on entries.transaction_id = transactions.id
      group by transactions.id
      having coalesce(sum(entries.amount_minor) filter (where side = 'DEBIT'), 0) <> transactions.amount_minor
        or coalesce(sum(entries.amount_minor) filter (where side = 'CREDIT'), 0) <> transactions.amount_minor
        or count(distinct entries.currency) <> 1`,
  },
  {
    name: 'the trial balance is even',
    means: 'all debits are not all credits',
    when: 'always',
    sql: `select currency as id, jsonb_build_object('debit', d, 'credit', c) as detail
      from (select currency, coalesce(sum(amount_minor) filter (where side = 'DEBIT'), 0) as d,
          coalesce(sum(amount_minor) filter (where side = 'CREDIT'), 0) as c
        from payments.ledger_entries group by currency) as sums where d <> c`,
  },
  {
    name: "every charge at the provider is one of our payments'",
    means: 'the provider was asked for money that no payment stands for',
    when: 'always',
    sql: `select charges.key as id, to_jsonb(charges) as detail from provider_charges as charges
      where not exists (select from payments.payments where payments.id::text = charges.key)`,
  },
  {
    name: 'the provider and the ledger agree on captures',
    means: 'money was collected and not booked, or booked and not collected',
    when: 'after',
    sql: `select coalesce(key, payment_id::text) as id, jsonb_build_object('provider', theirs, 'ledger', ours) as detail
      from (select charge_key as key, sum(amount_minor) as theirs from provider_movements
        where kind = 'CAPTURED' group by charge_key) as provider
      full join (select payment_id, sum(amount_minor) as ours from payments.ledger_transactions
        where kind = 'CAPTURE' group by payment_id) as ledger on payment_id::text = key
      where theirs is distinct from ours`,
  },
  {
    name: 'the provider and the ledger agree on refunds',
    means: 'money was given back and not booked, or booked and not given back',
    when: 'after',
    sql: `select coalesce(key, payment_id::text) as id, jsonb_build_object('provider', theirs, 'ledger', ours) as detail
      from (select charge_key as key, sum(amount_minor) as theirs from provider_movements
        where kind = 'REFUNDED' group by charge_key) as provider
      full join (select payment_id, sum(amount_minor) as ours from payments.ledger_transactions
        where kind = 'REFUND_PAID' group by payment_id) as ledger on payment_id::text = key
      where theirs is distinct from ours`,
  },
  {
    name: 'no refund is owed',
    means: 'a refund was promised and not paid',
    when: 'after',
    sql: `select id, to_jsonb(refunds) as detail from payments.refunds where status <> 'SUCCEEDED'
      union all
      select payments.id, to_jsonb(payments) from payments.payments where promised_minor <> refunded_minor`,
  },
  {
    name: 'no payment has something left to do',
    means: 'a task of a payment was forgotten',
    when: 'after',
    sql: `select id, to_jsonb(payments) as detail from payments.payments
      where task is not null or status in ('PENDING', 'CHALLENGED', 'VOIDING', 'AUTHORIZED')`,
  },
  {
    name: 'a paid order is charged what it costs, less its refunds',
    means: 'an order counts as paid and is not, or is charged too much',
    when: 'after',
    sql: `select orders.id, jsonb_build_object('status', status, 'total', total_minor, 'refunded', back, 'net', net_minor) as detail
      from orders.orders left join charged on order_id = orders.id
      left join lateral (select coalesce(sum(amount_minor), 0) as back from orders.refunds where order_id = orders.id)
        as refunded on true
      where status in ('PAID', 'REFUNDED')
        and (net_minor is distinct from total_minor - back or (status = 'REFUNDED' and net_minor <> 0))`,
  },
  {
    name: 'a cancelled order is not charged',
    means: 'a customer pays for an order that was cancelled, or has money held for it',
    when: 'after',
    sql: `select orders.id, jsonb_build_object('net', net_minor, 'charges', charges) as detail
      from orders.orders left join charged on order_id = orders.id
      left join lateral (select jsonb_agg(to_jsonb(provider_charges)) as charges,
          bool_or(provider_charges.status in ('AUTHORIZED', 'CHALLENGED')) as held
        from provider_charges join payments.payments on payments.id::text = key where order_id = orders.id) as held on true
      where orders.status = 'CANCELLED' and (coalesce(net_minor, 0) <> 0 or held)`,
  },
];
