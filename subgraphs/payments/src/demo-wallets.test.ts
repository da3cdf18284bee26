import { eachEngine } from '@tributary/service-kit/testing';
import { expect, it } from 'vitest';
import { startPayments, testConfig } from './testing/test-payments.ts';

const config = { ...testConfig, demoData: true };
const demoUser = (number: number) =>
  ({ kind: 'user', userId: `019a4b1c-0000-7000-8000-00000000000${number}`, roles: ['customer'] }) as const;

eachEngine('demo wallets', (open) => {
  it('are there from the first start on, and stay as their owners leave them', async () => {
    await using database = await open();
    const first = await startPayments(database, config);
    const listed = async (server: typeof first, number: number) =>
      (await server.query('{ paymentMethods { id brand last4 isDefault } }', {}, demoUser(number))).data.paymentMethods;
    for (const number of [1, 2]) {
      expect(await listed(first, number)).toMatchObject([{ brand: 'Visa', last4: '4242', isDefault: true }]);
    }
    expect(await listed(first, 3)).toEqual([]);
    const [{ id }] = await listed(first, 1);
    await first.mutate('removePaymentMethod', { id }, demoUser(1));
    const { userId } = demoUser(2);
    await first.deliver({ type: 'users.account.closed.v1', subject: userId, data: { userId } });
    await first.stop();

    const second = await startPayments(database, config);
    for (const number of [1, 2]) expect(await listed(second, number)).toEqual([]);
    await second.stop();
  });
});
