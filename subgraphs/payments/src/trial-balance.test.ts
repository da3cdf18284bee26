import { readFile } from 'node:fs/promises';
import { anonymous, type Identity, newId } from '@tributary/service-kit';
import { eachEngine, until } from '@tributary/service-kit/testing';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { postCapture, postRefund } from './domain/ledger.ts';
import { lockOrder } from './store/order-store.ts';
import { insertPayment, type PaymentRow } from './store/payment-store.ts';
import { ledgerEntries } from './tables.ts';
import { startPayments, type TestPayments } from './testing/test-payments.ts';

const READ = `query ($asOf: DateTime) { trialBalance(asOf: $asOf) {
  asOf
  accounts { account currency debitsMinor creditsMinor balanceMinor }
  totals { currency debitsMinor creditsMinor isBalanced }
} }`;

interface Accounts {
  [accountAndCurrency: string]: { debits: bigint; credits: bigint };
}

/** A payment, and what becomes of each refund of it: shares of what is left. */
const story = fc.record({
  currency: fc.constantFrom('EUR', 'USD', 'GBP'),
  amountMinor: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  refunds: fc.array(
    fc.record({ percent: fc.integer({ min: 1, max: 100 }), end: fc.constantFrom('PAID', 'FAILED', 'OPEN') }),
    {
      maxLength: 4,
    },
  ),
});

eachEngine('the trial balance', (open) => {
  let server: TestPayments;
  beforeAll(async () => {
    server = await startPayments(await open());
  });
  afterAll(() => server.stop());

  const read = async (asOf?: string) => (await server.query(READ, { asOf }, server.admin)).data.trialBalance;
  const accountsOf = (balance: { accounts: Record<string, string>[] }): Accounts =>
    Object.fromEntries(
      balance.accounts.map(({ account, currency, debitsMinor = '', creditsMinor = '' }) => [
        `${account} ${currency}`,
        { debits: BigInt(debitsMinor), credits: BigInt(creditsMinor) },
      ]),
    );

  const pay = (amountMinor: number, currency: string): Promise<PaymentRow> =>
    server.database.transaction(async (tx) => {
      const orderId = newId();
      await lockOrder(tx, orderId);
      const ids = { id: newId(), orderId, customerId: newId(), paymentMethodId: newId() };
      const sums = { amountMinor, capturedMinor: amountMinor, currency };
      const payment = await insertPayment(tx, { ...ids, ...sums, attempt: 1, status: 'CAPTURED' });
      if (payment === undefined) throw new Error('the payment was not made');
      await postCapture(tx, payment);
      return payment;
    });

  /** A time by the database's clock that is over: nothing is booked at it any more. */
  const timeThatIsOver = async (): Promise<string> => {
    const clock = async () => {
      const { rows } = (await server.database.db.execute(
        sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
      )) as unknown as { rows: { now: number }[] };
      return Number(rows[0]?.now);
    };
    const time = Math.ceil(await clock());
    await until('the time to be over', async () => (await clock()) > time);
    return new Date(time).toISOString();
  };

  it('has equal sides in each currency, at each time, whatever was captured and refunded', async () => {
    const model: Accounts = {};
    const book = (debit: string, credit: string, currency: string, amountMinor: number) => {
      for (const account of [debit, credit]) model[`${account} ${currency}`] ??= { debits: 0n, credits: 0n };
      (model[`${debit} ${currency}`] as { debits: bigint }).debits += BigInt(amountMinor);
      (model[`${credit} ${currency}`] as { credits: bigint }).credits += BigInt(amountMinor);
    };
    const history: { asOf: string; accounts: Accounts }[] = [];
    await fc.assert(
      fc.asyncProperty(story, async ({ currency, amountMinor, refunds }) => {
        const payment = await pay(amountMinor, currency);
        book('PROVIDER_CLEARING', 'SALES_REVENUE', currency, amountMinor);
        let left = amountMinor;
        for (const { percent, end } of refunds) {
          const refund = { id: newId(), amountMinor: Math.ceil((left * percent) / 100) };
          if (refund.amountMinor === 0) continue;
          await server.database.transaction(async (tx) => {
            await postRefund(tx, 'REFUND_PROMISED', payment, refund);
            if (end === 'PAID') await postRefund(tx, 'REFUND_PAID', payment, refund);
            if (end === 'FAILED') await postRefund(tx, 'REFUND_FAILED', payment, refund);
          });
          book('SALES_RETURNS', 'REFUNDS_PAYABLE', currency, refund.amountMinor);
          if (end === 'PAID') book('REFUNDS_PAYABLE', 'PROVIDER_CLEARING', currency, refund.amountMinor);
          if (end === 'FAILED') book('REFUNDS_PAYABLE', 'SALES_RETURNS', currency, refund.amountMinor);
          if (end !== 'FAILED') left -= refund.amountMinor;
        }
        history.push({ asOf: await timeThatIsOver(), accounts: structuredClone(model) });
        const balance = await read();
        expect(accountsOf(balance)).toEqual(model);
        expectSides(balance);
      }),
      { numRuns: 15, endOnFailure: true },
    );
    for (const { asOf, accounts } of history) {
      const balance = await read(asOf);
      expect(balance.asOf).toBe(asOf);
      expect(accountsOf(balance)).toEqual(accounts);
      expectSides(balance);
    }
    expect(await read('2020-01-01T00:00:00.000Z')).toMatchObject({ accounts: [], totals: [] });
    await expectEachTransactionBalanced();
  });

  function expectSides({ accounts, totals }: { accounts: Record<string, string>[]; totals: object[] }): void {
    for (const { account = '', balanceMinor = '' } of accounts) {
      const isDebit = account === 'PROVIDER_CLEARING' || account === 'SALES_RETURNS';
      expect(BigInt(balanceMinor) * (isDebit ? 1n : -1n)).toBeGreaterThanOrEqual(0n);
    }
    expect(totals).toHaveLength(new Set(accounts.map(({ currency }) => currency)).size);
    for (const total of totals) expect(total).toMatchObject({ isBalanced: true });
  }

  async function expectEachTransactionBalanced(): Promise<void> {
    const entries = await server.database.db.select().from(ledgerEntries);
    expect(entries.length).toBeGreaterThan(20);
    for (const group of Map.groupBy(entries, (row) => `${row.transactionId} ${row.currency}`).values()) {
      const sum = group.reduce((total, row) => total + (row.side === 'DEBIT' ? row.amountMinor : -row.amountMinor), 0);
      expect(sum).toBe(0);
    }
  }

  it('is what the README’s SQL says', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const statement = /```sql\n(SELECT e\.currency.*?)```/s.exec(readme)?.[1] ?? '';
    await pay(500, 'EUR');
    const { rows } = (await server.database.db.execute(sql.raw(statement))) as unknown as {
      rows: { currency: string; account: string; debits: string; credits: string; balance: string }[];
    };
    const { accounts, totals } = await read();
    const lines = rows.map(({ currency, account, ...sums }) => [currency, account, ...Object.values(sums).map(Number)]);
    expect(lines).toEqual(
      totals.flatMap(({ currency, debitsMinor, creditsMinor }: Record<string, string>) => [
        ...accounts
          .filter((account: Record<string, string>) => account.currency === currency)
          .map(({ account, debitsMinor: debits, creditsMinor: credits, balanceMinor }: Record<string, string>) => [
            currency,
            account,
            ...[debits, credits, balanceMinor].map(Number),
          ]),
        [currency, 'all', Number(debitsMinor), Number(creditsMinor), 0],
      ]),
    );
  });

  it('is shown to administrators alone', async () => {
    const codeOf = async (identity: Identity) => (await server.query(READ, {}, identity)).errors?.[0]?.extensions.code;
    expect(await codeOf(server.admin)).toBeUndefined();
    expect(await codeOf(server.newCustomer())).toBe('FORBIDDEN');
    for (const identity of [anonymous, { kind: 'service', service: 'orders' } as const]) {
      expect(await codeOf(identity)).toBe('UNAUTHENTICATED');
    }
  });
});
