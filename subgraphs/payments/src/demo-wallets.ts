import type { Database } from '@tributary/service-kit';
import { sandboxCards } from './provider/sandbox-cards.ts';
import { createNewWallet, insertPaymentMethod } from './store/wallet-store.ts';

const TOKEN = 'tok_visa';

/** The customers of the users subgraph's demo data, each with the id of a payment method. */
const DEMO_METHODS = [
  { userId: '019a4b1c-0000-7000-8000-000000000001', id: '019a4b1c-0000-7000-8000-000000000101' },
  { userId: '019a4b1c-0000-7000-8000-000000000002', id: '019a4b1c-0000-7000-8000-000000000102' },
];

/** Gives the demo customers a card, once: what they do to their wallets since is left as it is. */
export async function addDemoWallets(database: Database): Promise<void> {
  const card = sandboxCards.get(TOKEN);
  if (card === undefined) return;
  const { brand, last4, expiryMonth, expiryYear } = card;
  for (const owner of DEMO_METHODS) {
    await database.transaction(async (tx) => {
      if (!(await createNewWallet(tx, owner.userId))) return;
      const method = { ...owner, token: TOKEN, brand, last4, expiryMonth, expiryYear, label: null };
      await insertPaymentMethod(tx, { ...method, isDefault: true });
    });
  }
}
