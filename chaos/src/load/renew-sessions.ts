import { setTimeout as delay } from 'node:timers/promises';
import { askAgain } from './ask-again.ts';
import { documents } from './documents.ts';
import type { Ask } from './graph-client.ts';
import type { Account } from './shop.ts';

/** A third of an access token's life. */
const RENEW_EVERY_MS = 5 * 60_000;
const PATIENCE_MS = 4 * 60_000;

/** Signs everybody in again before their access tokens end, until `signal` is aborted. */
export async function renewSessions(ask: Ask, accounts: readonly Account[], signal: AbortSignal): Promise<void> {
  const pause = () => delay(RENEW_EVERY_MS, undefined, { signal }).catch(() => {});
  for (await pause(); !signal.aborted; await pause()) {
    for (const account of accounts) {
      const { email, password } = account;
      const data = await askAgain(PATIENCE_MS, () => ask(documents.signIn, { input: { email, password } }));
      account.accessToken = data?.signIn.session.accessToken ?? account.accessToken;
    }
  }
}
