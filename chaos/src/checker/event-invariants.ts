import type { Invariant } from './invariant.ts';

/** An order says each of these once at most; that a payment is given up or stock let go may be said again. */
const ONCE = [
  'orders.order.placed.v1',
  'orders.order.confirmed.v1',
  'orders.order.cancelled.v1',
  'orders.reservation.requested.v1',
  'orders.reservation.confirmed.v1',
  'orders.payment.requested.v1',
  'orders.capture.requested.v1',
  'inventory.stock.reserved.v1',
  'inventory.stock.rejected.v1',
  'inventory.reservation.expired.v1',
  'payments.payment.authorized.v1',
  'payments.payment.challenged.v1',
  'payments.payment.declined.v1',
  'payments.payment.captured.v1',
];

/** What the services tell each other and the customers. */
export const eventInvariants: readonly Invariant[] = [
  {
    name: 'nothing is left unpublished',
    means: 'an event was committed and the broker never got it',
    when: 'after',
    sql: `select id, jsonb_build_object('service', service, 'type', type, 'subject', subject, 'attempts', attempts) as detail
      from all_events where published_at is null`,
  },
  {
    name: 'every event was heard by everybody whom it concerns',
    means: 'an event is lost: a consumer acknowledged it and has no effect of it, or never got it',
    when: 'after',
    sql: `select all_events.id, jsonb_build_object('type', all_events.type, 'subject', subject, 'not heard by', consumer) as detail
      from all_events join hearers using (type)
      where not exists (select from all_heard
        where all_heard.consumer = hearers.consumer and event_id = all_events.id)`,
  },
  {
    name: 'nothing was heard that nobody said',
    means: 'an event was published whose transaction never committed',
    when: 'always',
    sql: `select event_id as id, jsonb_build_object('heard by', consumer) as detail from all_heard
      where not exists (select from all_events where all_events.id = event_id)`,
  },
  {
    name: 'what can happen once is said once',
    means: 'a step was taken twice',
    when: 'always',
    sql: `select subject as id, jsonb_build_object('type', type, 'times', count(*)) as detail from all_events
      where type in (${ONCE.map((type) => `'${type}'`).join(', ')}) group by subject, type having count(*) > 1
      union all
      select data ->> 'refundId', jsonb_build_object('type', type, 'times', count(*)) from all_events
      where type = 'payments.payment.refunded.v1' group by data ->> 'refundId', type having count(*) > 1`,
  },
  {
    name: 'no event was given up',
    means: 'a consumer could not handle an event, or still tries',
    when: 'after',
    sql: `select event_id as id, to_jsonb(all_dead_letters) as detail from all_dead_letters`,
  },
  {
    name: 'one notification an event and recipient, and none missing',
    means: 'a customer was told twice, not at all, or of something that did not happen',
    when: 'after',
    sql: `select coalesce(all_events.id, event_id) as id, jsonb_build_object('type', type, 'order', subject,
        'notifications', count(notifications.id)) as detail
      from (all_events join told_by using (type))
      full join (select * from notifications.notifications where order_id is not null) as notifications
        on event_id = all_events.id and user_id::text = data ->> 'customerId' and notifications.kind = told_by.kind
      group by all_events.id, event_id, type, subject
      having count(notifications.id) <> 1 or count(all_events.id) <> 1`,
  },
];
