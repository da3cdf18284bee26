import { createHash } from 'node:crypto';
import { type Database, DomainError } from '@tributary/service-kit';
import { countAttempt, deleteAttempts, deleteAttemptsBefore } from '../store/attempt-store.ts';

const MAX_ATTEMPTS = 10;
const WINDOW_MS = 15 * 60_000;

/** Bounds how often somebody may guess an account's password, over all instances; the same whether it exists or not. */
export interface SignInThrottle {
  /**
   * Counts an attempt before its password is looked at, so that parallel guesses are counted too.
   *
   * @throws DomainError TooManyAttemptsError beyond 10 in 15 minutes
   */
  count(emailFolded: string): Promise<void>;
  /** Forgets an account's attempts: its password was right, or it is closed. */
  clear(emailFolded: string): Promise<void>;
  prune(): Promise<void>;
}

export function createSignInThrottle({ db }: Database): SignInThrottle {
  const windowsSince = () => new Date(Date.now() - WINDOW_MS);
  return {
    async count(emailFolded) {
      const { attempts, windowStartedAt } = await countAttempt(db, accountHash(emailFolded), windowsSince());
      if (attempts <= MAX_ATTEMPTS) return;
      const retryAfterSeconds = Math.max(1, Math.ceil((windowStartedAt.getTime() + WINDOW_MS - Date.now()) / 1000));
      throw new DomainError('TooManyAttemptsError', 'Too many attempts. Try again later.', { retryAfterSeconds });
    },
    clear: (emailFolded) => deleteAttempts(db, accountHash(emailFolded)),
    prune: () => deleteAttemptsBefore(db, windowsSince()),
  };
}

const accountHash = (emailFolded: string) => createHash('sha256').update(emailFolded).digest('base64url');
