import type { RunningLocal } from '../start-local.ts';
import { type Ask, mutator } from './graph-client.ts';
import type { KnownThings } from './populated-graph.ts';

/** What there is beside a customer's things once rare fields are filled. */
export interface RareThings {
  /** The owner's address. */
  email: string;
  /** Somebody who has closed the account. */
  closedUser: string;
}

/**
 * Fills the fields that stay null while all goes well, so that something can be seen of them: by what the graph offers
 * where it does so, else in the database. To be called once.
 */
export async function fillRareFields(
  ask: Ask,
  { database, demoUsers }: Pick<RunningLocal, 'database' | 'demoUsers'>,
  things: KnownThings,
): Promise<RareThings> {
  const closedUser = await closeAnAccount(ask);
  const [owner] = demoUsers;
  if (owner === undefined) throw new Error('expected demo users');
  await database.query(
    `insert into notifications.bounces (user_id, address_hash, bounced_at, count)
     select $1, address_hash, now(), 1 from notifications.deliveries d
     join notifications.notifications n on n.id = d.notification_id
     where n.user_id = $1 and address_hash is not null limit 1`,
    [things.user],
  );
  await database.query(
    `update notifications.webhooks set failures_in_row = 1, failing_since = now(), last_failure = 'TIMEOUT',
     disabled_at = now(), disabled_reason = 'FAILING' where id = $1`,
    [things.webhook],
  );
  await database.query(
    `update notifications.deliveries set state = 'FAILED', settled_at = now(), failure = 'TIMEOUT' where webhook_id = $1`,
    [things.webhook],
  );
  await database.query(
    `with run as (
       insert into payments.reconciliation_runs (id, slot, since, started_at, finished_at, entries)
       values (gen_random_uuid(), now(), now(), now(), now(), 1) returning id
     )
     insert into payments.reconciliation_differences
       (id, run_id, kind, key, payment_id, our_status, our_minor, our_currency,
        provider_status, provider_minor, provider_currency, at)
     select gen_random_uuid(), id, 'CAPTURE_NOT_IN_LEDGER', $1::text, $1::uuid, 'CAPTURED', 1, 'EUR', 'captured', 2, 'EUR', now()
     from run`,
    [things.payment],
  );
  return { email: owner.email, closedUser };
}

async function closeAnAccount(ask: Ask): Promise<string> {
  const mutate = mutator(ask);
  const password = 'correct horse battery';
  const account = { email: 'gone@example.com', name: 'Gone', password };
  const { session } = await mutate('signUp', 'session { accessToken user { id } }', {}, account);
  const headers = { authorization: `Bearer ${session.accessToken}` };
  await mutate('closeAccount', 'closedAt', headers, { password });
  return session.user.id;
}
