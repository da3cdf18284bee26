import type { Database } from '@tributary/service-kit';
import { createNewWallet, insertPaymentMethod } from './store/wallet-store.ts';

/** As the sandbox provider describes it. */
const CARD = { token: 'tok_visa', brand: 'Visa', last4: '4242', expiryMonth: 12, expiryYear: 2030, isShared: true };

/** The customers of the users subgraph's demo data, each with the id of a payment method. */
const DEMO_METHODS = [
  { userId: '019a4b1c-0000-7000-8000-000000000001', id: '019a4b1c-0000-7000-8000-000000000101' },
  { userId: '019a4b1c-0000-7000-8000-000000000002', id: '019a4b1c-0000-7000-8000-000000000102' },
];

/** Gives the demo customers a card, once: what they do to their wallets since is left as it is. */
export async function addDemoWallets(database: Database): Promise<void> {
  for (const owner of DEMO_METHODS) {
    await database.transaction(async (tx) => {
      if (!(await createNewWallet(tx, owner.userId))) return;
      await insertPaymentMethod(tx, { ...owner, ...CARD, label: null, isDefault: true });
    });
  }
}
