import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@tributary/service-kit';
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { sandboxCharges, sandboxRefunds } from '../tables.ts';
import type { Charge, PaymentProvider } from './payment-provider.ts';
import { MAX_WRONG_CODES, SANDBOX_CODE, sandboxCards } from './sandbox-cards.ts';

/** Longer than any deadline. */
const FOR_EVER_MS = 2 ** 31 - 1;

type ChargeRow = typeof sandboxCharges.$inferSelect;
type ChargeStatus = ChargeRow['status'];

/**
 * A payment provider for development and tests, with test cards in place of banks. Its books are tables of its own, so
 * that it remembers what its caller never heard of.
 */
export function createSandboxProvider(database: Database): PaymentProvider {
  const { db } = database;

  const read = async (key: string): Promise<ChargeRow | undefined> =>
    (await db.select().from(sandboxCharges).where(eq(sandboxCharges.key, key)))[0];

  /** Changes a charge that is in one of `from`, and gives it as it is then. */
  async function change(
    key: string,
    from: ChargeStatus[],
    set: { [Column in keyof ChargeRow]?: ChargeRow[Column] | SQL },
  ): Promise<Charge> {
    await db
      .update(sandboxCharges)
      .set(set)
      .where(and(eq(sandboxCharges.key, key), inArray(sandboxCharges.status, from)));
    return chargeOf((await read(key)) ?? unknownKey());
  }

  return {
    describe: async (token) => sandboxCards.get(token),
    async find(key) {
      const row = await read(key);
      return row && chargeOf(row);
    },
    async authorize({ key, token, amountMinor }, signal) {
      const card = sandboxCards.get(token);
      if (card?.delayMs !== undefined) await delay(card.delayMs, undefined, { signal });
      const made = await db
        .insert(sandboxCharges)
        .values({ key, card: token, amountMinor, ...outcomeOf(token) })
        .onConflictDoNothing()
        .returning();
      if (card?.losesAnswer && made.length > 0) await delay(FOR_EVER_MS, undefined, { signal });
      return chargeOf((await read(key)) ?? unknownKey());
    },
    async answerChallenge(key, code) {
      if (code === SANDBOX_CODE) return change(key, ['CHALLENGED'], { status: 'AUTHORIZED' });
      const isLast = sql`${sandboxCharges.wrongCodes} + 1 >= ${MAX_WRONG_CODES}`;
      return change(key, ['CHALLENGED'], {
        wrongCodes: sql`${sandboxCharges.wrongCodes} + 1`,
        status: sql`case when ${isLast} then 'DECLINED' else 'CHALLENGED' end`,
        declineReason: sql`case when ${isLast} then 'CHALLENGE_FAILED' end`,
      });
    },
    async capture(key) {
      const card = sandboxCards.get((await read(key))?.card ?? '');
      return change(
        key,
        ['AUTHORIZED'],
        card?.refusesCapture ? { status: 'DECLINED', declineReason: 'CAPTURE_FAILED' } : { status: 'CAPTURED' },
      );
    },
    async void(key) {
      await db.insert(sandboxCharges).values({ key, amountMinor: 0, status: 'VOIDED' }).onConflictDoNothing();
      return change(key, ['CHALLENGED', 'AUTHORIZED'], { status: 'VOIDED' });
    },
    refund: ({ key, chargeKey, amountMinor }) =>
      database.transaction(async (tx) => {
        // The charge's row first: it lets refunds of one charge through one by one.
        const [charge] = await tx.select().from(sandboxCharges).where(eq(sandboxCharges.key, chargeKey)).for('update');
        const [earlier] = await tx.select().from(sandboxRefunds).where(eq(sandboxRefunds.key, key));
        if (earlier !== undefined) return 'SUCCEEDED';
        if (charge === undefined || !canRefund(charge, amountMinor)) return 'FAILED';
        const refundedMinor = charge.refundedMinor + amountMinor;
        await tx.update(sandboxCharges).set({ refundedMinor }).where(eq(sandboxCharges.key, chargeKey));
        await tx.insert(sandboxRefunds).values({ key, chargeKey, amountMinor });
        return 'SUCCEEDED';
      }),
  };
}

function outcomeOf(token: string): Pick<ChargeRow, 'status' | 'declineReason'> {
  const card = sandboxCards.get(token);
  if (card === undefined) return { status: 'DECLINED', declineReason: 'CARD_DECLINED' };
  const { authorization = 'AUTHORIZED' } = card;
  if (authorization === 'AUTHORIZED' || authorization === 'CHALLENGED') {
    return { status: authorization, declineReason: null };
  }
  return { status: 'DECLINED', declineReason: authorization };
}

const canRefund = ({ status, card, amountMinor, refundedMinor }: ChargeRow, askedMinor: number): boolean =>
  status === 'CAPTURED' && amountMinor - refundedMinor >= askedMinor && !sandboxCards.get(card ?? '')?.refusesRefund;

function chargeOf({ key, status, declineReason }: ChargeRow): Charge {
  if (status === 'DECLINED') return { status, reason: declineReason ?? 'CARD_DECLINED' };
  if (status !== 'CHALLENGED') return { status };
  return {
    status,
    url: `https://bank.example/challenges/${key}`,
    instructions: `The sandbox's bank has sent the code ${SANDBOX_CODE}: enter it to confirm the payment.`,
  };
}

function unknownKey(): never {
  throw new Error('the sandbox has no such charge');
}
