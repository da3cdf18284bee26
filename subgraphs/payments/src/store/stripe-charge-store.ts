import type { Db } from '@tributary/service-kit';
import { eq } from 'drizzle-orm';
import { stripeCharges } from '../tables.ts';

type StripeChargeRow = typeof stripeCharges.$inferSelect;

export async function findStripeCharge(db: Db, key: string): Promise<StripeChargeRow | undefined> {
  const [row] = await db.select().from(stripeCharges).where(eq(stripeCharges.key, key));
  return row;
}

/** Keeps what Stripe calls a charge, unless something is kept already; gives what is kept. */
export async function keepStripeCharge(db: Db, key: string, intentId: string | null): Promise<StripeChargeRow> {
  await db.insert(stripeCharges).values({ key, intentId }).onConflictDoNothing();
  const kept = await findStripeCharge(db, key);
  if (kept === undefined) throw new Error('a charge was not kept');
  return kept;
}
