import { newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PaymentProvider, StatementEntry } from './payment-provider.ts';
import {
  type CardUnderTest,
  openTestSandbox,
  openTestStripe,
  type ProviderUnderTest,
} from './testing/providers-under-test.ts';

const soon = () => AbortSignal.timeout(5000);

/** What every adapter of the port `PaymentProvider` keeps, by tests of its calls alone. */
function keepsThePort(open: () => Promise<ProviderUnderTest>): void {
  let tested: ProviderUnderTest;
  let provider: PaymentProvider;
  beforeAll(async () => {
    tested = await open();
    provider = tested.provider;
  });
  afterAll(() => tested[Symbol.asyncDispose]());

  const newCharge = async (card: CardUnderTest = 'approved') => {
    const token = tested.newCard(card);
    await provider.keepCard(token, newId(), soon());
    return { key: newId(), token, amountMinor: 5000, currency: 'EUR', reference: newId() };
  };
  const authorized = async (card: CardUnderTest = 'approved') => {
    const charge = await newCharge(card);
    expect(await provider.authorize(charge, soon())).toMatchObject({ status: 'AUTHORIZED' });
    return charge.key;
  };
  const captured = async (card: CardUnderTest = 'approved') => {
    const key = await authorized(card);
    expect(await provider.capture(key, soon())).toMatchObject({ status: 'CAPTURED' });
    return key;
  };
  const entriesOf = async (...keys: string[]) => {
    const entries: StatementEntry[] = [];
    for await (const entry of provider.statement(new Date(Date.now() - 60_000), soon())) entries.push(entry);
    return entries.filter(({ key }) => keys.includes(key)).map(({ at: _, ...entry }) => entry);
  };

  it('keeps a card, and none by a token that is unknown', async () => {
    const card = { brand: 'Visa', last4: '4242', expiryMonth: 12, expiryYear: 2030 };
    const [token, userId] = [tested.newCard('approved'), newId()];
    for (let times = 0; times < 2; times++) expect(await provider.keepCard(token, userId, soon())).toMatchObject(card);
    expect(await provider.keepCard('pm_unknown', userId, soon())).toBeUndefined();
    for (let times = 0; times < 2; times++) await provider.releaseCard(token, soon());
    await provider.releaseCard('pm_unknown', soon());
  });

  it('authorises once for a key, however often it is asked, and finds it again', async () => {
    const charge = await newCharge();
    expect(await provider.find(charge.key, soon())).toBeUndefined();
    for (let times = 0; times < 3; times++) {
      expect(await provider.authorize(charge, soon())).toMatchObject({ status: 'AUTHORIZED' });
    }
    expect(await provider.find(charge.key, soon())).toMatchObject({ status: 'AUTHORIZED' });
    expect(await tested.chargesOf(charge.key)).toBe(1);
  });

  it('authorises once for calls at once', async () => {
    const charge = await newCharge();
    // One may be told to come again; none may charge a second time.
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => provider.authorize(charge, soon())));
    expect(asked.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await provider.authorize(charge, soon())).toMatchObject({ status: 'AUTHORIZED' });
    expect(await tested.chargesOf(charge.key)).toBe(1);
  });

  it.each([
    ['declined', 'CARD_DECLINED'],
    ['insufficientFunds', 'INSUFFICIENT_FUNDS'],
  ] as const)('says why a card was %s, and says it again', async (card, reason) => {
    const charge = await newCharge(card);
    const declined = { status: 'DECLINED', reason };
    expect(await provider.authorize(charge, soon())).toMatchObject(declined);
    expect(await provider.authorize(charge, soon())).toMatchObject(declined);
    expect(await provider.find(charge.key, soon())).toMatchObject(declined);
  });

  it('finds what became of a charge whose answer was lost, and charges no second time', async () => {
    const charge = await newCharge('losesAnswer');
    await expect(provider.authorize(charge, AbortSignal.timeout(300))).rejects.toThrow();
    expect(await provider.find(charge.key, soon())).toMatchObject({ status: 'AUTHORIZED' });
    expect(await provider.authorize(charge, soon())).toMatchObject({ status: 'AUTHORIZED' });
    expect(await tested.chargesOf(charge.key)).toBe(1);
  });

  it('lets go of a call when its signal says so', async () => {
    const charge = await newCharge('losesAnswer');
    const aborted = new AbortController();
    const asking = provider.authorize(charge, aborted.signal);
    setTimeout(() => aborted.abort(), 100);
    await expect(asking).rejects.toThrow();
    await expect(provider.authorize(await newCharge(), AbortSignal.abort())).rejects.toThrow();
  });

  it('asks what the bank asks, and knows when it is answered', async () => {
    const charge = await newCharge('challenged');
    const challenged = {
      status: 'CHALLENGED',
      url: expect.stringMatching(/^https:/),
      instructions: expect.any(String),
    };
    expect(await provider.authorize(charge, soon())).toMatchObject(challenged);
    expect(await provider.answerChallenge(charge.key, 'wrong', soon())).toMatchObject(challenged);
    expect(await tested.passChallenge(charge.key)).toMatchObject({ status: 'AUTHORIZED' });
    expect(await provider.capture(charge.key, soon())).toMatchObject({ status: 'CAPTURED' });
  });

  it('captures once, and what is captured stays so', async () => {
    const key = await captured();
    expect(await provider.capture(key, soon())).toMatchObject({ status: 'CAPTURED' });
    expect(await provider.void(key, soon())).toMatchObject({ status: 'CAPTURED' });
    expect(await entriesOf(key)).toEqual([
      { kind: 'CHARGE', key, status: 'CAPTURED', amountMinor: 5000, currency: 'EUR' },
    ]);
  });

  it('declines a capture that fails, and sets nothing aside any more', async () => {
    const key = await authorized('captureFails');
    const declined = { status: 'DECLINED', reason: 'CAPTURE_FAILED' };
    expect(await provider.capture(key, soon())).toMatchObject(declined);
    expect((await entriesOf(key)).map(({ status }) => status)).not.toContain('AUTHORIZED');
  });

  it('voids before and after the charge is made, and never charges what is voided', async () => {
    const key = await authorized();
    for (let times = 0; times < 2; times++)
      expect(await provider.void(key, soon())).toMatchObject({ status: 'VOIDED' });
    expect(await provider.capture(key, soon())).toMatchObject({ status: 'VOIDED' });

    const early = await newCharge();
    expect(await provider.void(early.key, soon())).toMatchObject({ status: 'VOIDED' });
    expect(await provider.find(early.key, soon())).toMatchObject({ status: 'VOIDED' });
    expect(await provider.authorize(early, soon())).toMatchObject({ status: 'VOIDED' });
    expect(await tested.chargesOf(early.key)).toBe(0);
  });

  it('refunds once for a key, in parts, and no more than was captured', async () => {
    const chargeKey = await captured();
    const refund = (amountMinor: number, key = newId()) => provider.refund({ key, chargeKey, amountMinor }, soon());
    const first = newId();
    for (let times = 0; times < 3; times++) expect(await refund(2000, first)).toBe('SUCCEEDED');
    expect(await refund(3001)).toBe('FAILED');
    const second = newId();
    expect(await refund(3000, second)).toBe('SUCCEEDED');
    expect(await refund(1)).toBe('FAILED');
    expect(await refund(2000, first)).toBe('SUCCEEDED');
    const paid = { kind: 'REFUND', status: 'SUCCEEDED', currency: 'EUR' };
    const entries = await entriesOf(first, second);
    expect(entries).toHaveLength(2);
    expect(entries).toEqual(
      expect.arrayContaining([
        { ...paid, key: first, amountMinor: 2000 },
        { ...paid, key: second, amountMinor: 3000 },
      ]),
    );
  });

  it('refuses a refund of what was not captured, and of a card that takes none', async () => {
    const key = await authorized();
    expect(await provider.refund({ key: newId(), chargeKey: key, amountMinor: 1 }, soon())).toBe('FAILED');
    expect(await provider.refund({ key: newId(), chargeKey: newId(), amountMinor: 1 }, soon())).toBe('FAILED');
    const chargeKey = await captured('refundFails');
    const refund = { key: newId(), chargeKey, amountMinor: 100 };
    for (let times = 0; times < 2; times++) expect(await provider.refund(refund, soon())).toBe('FAILED');
  });

  it('has a statement of all of it, over several pages, and of nothing before its time', async () => {
    const charge = await newCharge();
    const keys = Array.from({ length: 130 }, () => newId());
    await Promise.all(keys.map((key) => provider.authorize({ ...charge, key }, soon())));
    await Promise.all(keys.map((key) => provider.capture(key, soon())));
    expect(await entriesOf(...keys)).toHaveLength(130);
    for await (const entry of provider.statement(new Date(Date.now() + 60_000), soon())) {
      expect(entry).toMatchObject({ kind: 'REFUND' });
    }
  });
}

describe('the sandbox provider, over HTTP', () => keepsThePort(openTestSandbox));
eachEngine('the adapter of Stripe', (open) => keepsThePort(async () => openTestStripe(await open())));
