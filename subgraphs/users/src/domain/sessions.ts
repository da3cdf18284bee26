import { createHash, randomBytes } from 'node:crypto';
import { type Database, type Db, DomainError, type Logger, newId } from '@tributary/service-kit';
import type { UsersConfig } from '../config.ts';
import {
  deleteSessionsExpiredBefore,
  deleteTokensRotatedBefore,
  extendSession,
  findSession,
  insertRefreshToken,
  insertSession,
  lockSession,
  markRotated,
  revokeSession,
} from '../store/session-store.ts';
import { findOpenUser, type UserRow } from '../store/user-store.ts';
import { accessTokenSigner } from './access-tokens.ts';
import { auditFields, createAudited } from './audit.ts';
import type { SigningKeys } from './signing-keys.ts';
import { ownView, type UserView } from './user-view.ts';

const TOKEN_BYTES = 32;

/** What a client gets of a session. */
export interface Session {
  accessToken: string;
  refreshToken: string;
  /** Of the access token. */
  expiresAt: Date;
  user: UserView;
}

/** What a transaction has written of one. */
export interface StoredSession {
  user: UserRow;
  refreshToken: string;
}

/** Sessions by rotating refresh tokens (RFC 9700, 4.14.2): a token works once, and a second use ends its session. */
export interface Sessions {
  /** Called before the transaction that stores a session; the result makes of it what the client gets. */
  prepare(): Promise<(stored: StoredSession) => Promise<Session>>;
  open(tx: Db, user: UserRow): Promise<StoredSession>;
  /** @throws DomainError InvalidRefreshTokenError, RefreshTokenReusedError */
  refresh(input: { refreshToken: string }): Promise<Session>;
  /** Writes one audit line, whatever comes of it. @throws DomainError InvalidRefreshTokenError for a token that never was */
  signOut(input: { refreshToken: string }): Promise<void>;
  prune(): Promise<void>;
}

export interface SessionsOptions {
  database: Database;
  log: Logger;
  config: UsersConfig['tokens'];
  signingKeys: SigningKeys;
}

export function createSessions({ database, log, config, signingKeys }: SessionsOptions): Sessions {
  const audited = createAudited(log);
  const expiry = () => new Date(Date.now() + config.refreshTokenLifetime);

  async function prepare(): Promise<(stored: StoredSession) => Promise<Session>> {
    const sign = await accessTokenSigner(signingKeys, config);
    return async ({ user, refreshToken }) => ({ ...(await sign(user)), refreshToken, user: ownView(user) });
  }

  async function issueRefreshToken(tx: Db, sessionId: string): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    await insertRefreshToken(tx, hashOf(token), sessionId);
    return token;
  }

  /** The next token of the session, or why there is none. What a refusal has written stays, so it is no exception. */
  async function rotate(tx: Db, tokenHash: string): Promise<StoredSession | 'invalid' | 'reused'> {
    const found = await findSession(tx, tokenHash);
    const session = found && (await lockSession(tx, found.id));
    if (!session) return 'invalid';
    const { id, userId } = session;
    if (session.revokedAt !== null || session.expiresAt.getTime() <= Date.now()) return 'invalid';
    if (!(await markRotated(tx, tokenHash))) {
      await revokeSession(tx, id);
      const reused = auditFields('session_refresh', 'REFRESH_TOKEN_REUSED', userId);
      log.warn({ ...reused, session_id: id }, 'a refresh token was used twice: its session is ended');
      return 'reused';
    }
    const user = await findOpenUser(tx, userId);
    if (user === undefined) return 'invalid';
    await extendSession(tx, id, expiry());
    return { user, refreshToken: await issueRefreshToken(tx, id) };
  }

  return {
    prepare,
    async open(tx, user) {
      const sessionId = newId();
      await insertSession(tx, { id: sessionId, userId: user.id, expiresAt: expiry() });
      return { user, refreshToken: await issueRefreshToken(tx, sessionId) };
    },
    async refresh({ refreshToken }) {
      const toSession = await prepare();
      const rotated = await database.transaction((tx) => rotate(tx, hashOf(refreshToken)));
      if (rotated === 'invalid') throw invalidRefreshToken();
      if (rotated === 'reused') {
        throw new DomainError('RefreshTokenReusedError', 'This refresh token was used before. Sign in again.');
      }
      return toSession(rotated);
    },
    signOut: ({ refreshToken }) =>
      audited('sign_out', async (subject) => {
        const session = await findSession(database.db, hashOf(refreshToken));
        if (session === undefined) throw invalidRefreshToken();
        subject.userId = session.userId;
        await revokeSession(database.db, session.id);
      }),
    async prune() {
      await deleteSessionsExpiredBefore(database.db, new Date());
      await deleteTokensRotatedBefore(database.db, new Date(Date.now() - config.refreshTokenLifetime));
    },
  };
}

/** Of 256 random bits, so a fast hash is enough. */
const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');

const invalidRefreshToken = () =>
  new DomainError('InvalidRefreshTokenError', 'This refresh token is not valid. Sign in again.');
