import type { Invariant } from './invariant.ts';

const CHANGED = 'orders.order.changed.v1';

/** What customers were told who follow their orders. */
export const followerInvariants: readonly Invariant[] = [
  {
    name: 'who follows an order is told of each of its steps',
    means: 'a subscription, or one that was gone on with, has lost an event',
    when: 'after',
    sql: `select order_id as id, jsonb_build_object('by', way, 'not told of', at, 'told of', (select jsonb_agg(at order by turn)
        from told where told.order_id = followings.order_id), 'refused with', refusal) as detail
      from followings join streamed using (order_id)
      where at > began and at <= coalesce(until, at)
        and not exists (select from told where told.order_id = followings.order_id and told.at = streamed.at)
      union all
      select order_id, jsonb_build_object('published and not in the stream', id) from all_events
      join followings on order_id::text = subject
      where type = '${CHANGED}' and published_at is not null
        and not exists (select from streamed where event_id = all_events.id)`,
  },
  {
    name: 'nobody is told of a step twice, or after a later one',
    means: 'a subscription that was gone on with has begun at a wrong place, or was told what nobody said',
    when: 'after',
    sql: `select order_id as id, jsonb_build_object('by', way, 'told of', told.at, 'after', before) as detail
      from (select *, lag(at) over (partition by order_id order by turn) as before from told) as told
      join followings using (order_id)
      where before >= told.at or not exists (select from streamed
        where streamed.at = told.at and streamed.order_id = told.order_id)`,
  },
  {
    name: 'who is told of a step is shown it',
    means: 'a subscriber was shown an order as it was before what they are told of',
    when: 'after',
    sql: `select told.order_id as id, jsonb_build_object('steps', said.steps, 'shown', told.steps) as detail
      from told join streamed using (order_id, at)
      join (select id, row_number() over (partition by subject order by seq) as steps from all_events
        where type = '${CHANGED}') as said on said.id = event_id
      where told.steps < said.steps`,
  },
];
