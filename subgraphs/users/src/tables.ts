import { eventTables } from '@tributary/service-kit/tables';
import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgSchema, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';

const time = (name: string) => timestamp(name, { withTimezone: true });

export const usersSchema = pgSchema('users');

/** One row for each account that ever was; a closed one is kept as an anonymous tombstone. */
export const users = usersSchema.table(
  'users',
  {
    id: uuid('id').primaryKey(),
    /** As it was typed. */
    email: text('email'),
    /** What makes it unique, and what sign-in looks for; see `foldEmail`. */
    emailFolded: text('email_folded'),
    name: text('name'),
    locale: text('locale', { enum: ['EN', 'DE'] }).notNull(),
    roles: text('roles', { enum: ['customer', 'admin'] })
      .array()
      .notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    closedAt: time('closed_at'),
  },
  (table) => [
    unique('users_email_folded').on(table.emailFolded),
    index('users_open_created_at').on(table.createdAt, table.id).where(sql`closed_at is null`),
    check(
      'users_open_or_anonymous',
      sql`num_nonnulls(email, email_folded, name) = case when closed_at is null then 3 else 0 end`,
    ),
  ],
);

const userId = () =>
  uuid('user_id')
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' });

export const credentials = usersSchema.table('credentials', {
  userId: userId().primaryKey(),
  /** PHC string format. */
  passwordHash: text('password_hash').notNull(),
});

/** A sign-in and what follows from it: the family of its refresh tokens. */
export const sessions = usersSchema.table(
  'sessions',
  {
    id: uuid('id').primaryKey(),
    userId: userId(),
    createdAt: time('created_at').notNull().defaultNow(),
    /** Moves on with each refresh. */
    expiresAt: time('expires_at').notNull(),
    revokedAt: time('revoked_at'),
  },
  (table) => [index('sessions_user').on(table.userId), index('sessions_expires_at').on(table.expiresAt)],
);

export const refreshTokens = usersSchema.table(
  'refresh_tokens',
  {
    /** SHA-256, base64url; the token itself is nowhere. */
    tokenHash: text('token_hash').primaryKey(),
    sessionId: uuid('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    /** When it was exchanged for the next one; null for the session's newest. */
    rotatedAt: time('rotated_at'),
  },
  (table) => [
    index('refresh_tokens_session').on(table.sessionId),
    index('refresh_tokens_rotated_at').on(table.rotatedAt).where(sql`rotated_at is not null`),
  ],
);

/** Attempts on a password within the present window, of accounts that exist and of those that don't. */
export const signInAttempts = usersSchema.table(
  'sign_in_attempts',
  {
    /** SHA-256 of what was given as e-mail address: people type passwords there. */
    accountHash: text('account_hash').primaryKey(),
    attempts: integer('attempts').notNull(),
    windowStartedAt: time('window_started_at').notNull(),
  },
  (table) => [index('sign_in_attempts_window').on(table.windowStartedAt)],
);

export const addresses = usersSchema.table(
  'addresses',
  {
    id: uuid('id').primaryKey(),
    userId: userId(),
    recipient: text('recipient').notNull(),
    line1: text('line1').notNull(),
    line2: text('line2'),
    postalCode: text('postal_code'),
    city: text('city').notNull(),
    region: text('region'),
    country: text('country').notNull(),
  },
  (table) => [index('addresses_user').on(table.userId, table.id)],
);

export const signingKeys = usersSchema.table('signing_keys', {
  /** RFC 7638 thumbprint of the public key. */
  kid: text('kid').primaryKey(),
  publicJwk: jsonb('public_jwk').notNull(),
  /** The private JWK, encrypted; see `private-key-cipher.ts`. */
  privateJwk: text('private_jwk').notNull(),
  /** From then on it signs, until its successor does. */
  activeFrom: time('active_from').notNull(),
});

export const { outbox, inbox, deadLetters } = eventTables(usersSchema);
