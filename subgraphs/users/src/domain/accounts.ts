import {
  accountOf,
  CodedError,
  type Db,
  DomainError,
  type Identity,
  invalidInput,
  newId,
  plainText,
  type ServiceKit,
} from '@tributary/service-kit';
import { accountClosed, accountRegistered, passwordChanged } from '../events.ts';
import { deleteAddressesOf } from '../store/address-store.ts';
import { deleteCredential, holdCredential, insertCredential, replaceCredential } from '../store/credential-store.ts';
import { deleteSessionsOf, revokeSessionsOf } from '../store/session-store.ts';
import {
  anonymiseUser,
  emailExists,
  findOpenUser,
  insertUser,
  lockOpenUser,
  type OpenUserRow,
} from '../store/user-store.ts';
import { type AuditSubject, createAudited } from './audit.ts';
import { foldEmail, isEmailAddress } from './email-address.ts';
import { MAX_NAME_LENGTH } from './max-name-length.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { refuseWeakPassword } from './password-policy.ts';
import type { Session, Sessions } from './sessions.ts';
import { invalidCredentials, type VerifyCredentials } from './verify-credentials.ts';

/** Opening, entering, securing and closing an account. Each writes one audit line, whatever comes of it. */
export interface Accounts {
  /** @throws DomainError EmailTakenError, WeakPasswordError, InvalidInputError */
  signUp(input: SignUp): Promise<Session>;
  /** @throws DomainError InvalidCredentialsError, TooManyAttemptsError */
  signIn(input: { email: string; password: string }): Promise<Session>;
  /**
   * Ends all sessions and begins a new one.
   *
   * @throws CodedError UNAUTHENTICATED; DomainError InvalidCredentialsError, WeakPasswordError, TooManyAttemptsError
   */
  changePassword(identity: Identity, input: { currentPassword: string; newPassword: string }): Promise<Session>;
  /** @throws CodedError UNAUTHENTICATED; DomainError InvalidCredentialsError, TooManyAttemptsError */
  close(identity: Identity, input: { password: string }): Promise<Date>;
}

export interface SignUp extends Pick<OpenUserRow, 'email' | 'name'> {
  password: string;
  /** Default EN. */
  locale?: OpenUserRow['locale'] | undefined;
}

export interface AccountsOptions extends Pick<ServiceKit, 'database' | 'emit' | 'log'> {
  hasher: PasswordHasher;
  verify: VerifyCredentials;
  sessions: Sessions;
}

export function createAccounts(parts: AccountsOptions): Accounts {
  const audited = createAudited(parts.log);
  return {
    signUp: (input) => audited('sign_up', (subject) => signUp(parts, input, subject)),
    signIn: (input) => audited('sign_in', (subject) => signIn(parts, input, subject)),
    changePassword: (identity, input) =>
      audited('password_change', (subject) => changePassword(parts, identity, input, subject)),
    close: (identity, input) => audited('account_close', (subject) => close(parts, identity, input, subject)),
  };
}

// Hashing takes tens of milliseconds, so it is always done before a transaction, and what it was based on is held or
// compared within. Locks are taken in one order: credential, user, sessions.

async function signUp(
  { database, emit, hasher, sessions }: AccountsOptions,
  input: SignUp,
  subject: AuditSubject,
): Promise<Session> {
  const email = input.email.trim();
  if (!isEmailAddress(email)) throw invalidInput('email', 'This is not an e-mail address.');
  const name = plainText('name', input.name, MAX_NAME_LENGTH);
  refuseWeakPassword(input.password, [email, name]);
  const emailFolded = foldEmail(email);
  if (await emailExists(database.db, emailFolded)) throw emailTaken();
  const [passwordHash, toSession] = await Promise.all([hasher.hash(input.password), sessions.prepare()]);
  const stored = await database.transaction(async (tx) => {
    const { locale = 'EN' } = input;
    const user = await insertUser(tx, { id: newId(), email, emailFolded, name, locale, roles: ['customer'] });
    if (user === undefined) throw emailTaken();
    await insertCredential(tx, { userId: user.id, passwordHash });
    await emit(tx, accountRegistered, user.id, { userId: user.id });
    return sessions.open(tx, user);
  });
  subject.userId = stored.user.id;
  return toSession(stored);
}

async function signIn(
  parts: AccountsOptions,
  input: { email: string; password: string },
  subject: AuditSubject,
): Promise<Session> {
  const { database, verify, sessions } = parts;
  const credential = await verify(input.email, input.password, subject);
  const toSession = await sessions.prepare();
  const stored = await database.transaction(async (tx) => {
    if (!(await holdCredential(tx, credential))) throw invalidCredentials();
    return sessions.open(tx, await openUser(tx, credential.userId));
  });
  return toSession(stored);
}

async function changePassword(
  { database, emit, hasher, verify, sessions }: AccountsOptions,
  identity: Identity,
  { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
  subject: AuditSubject,
): Promise<Session> {
  const userId = accountOf(identity);
  subject.userId = userId;
  const { email, name } = await openUser(database.db, userId);
  refuseWeakPassword(newPassword, [email, name]);
  const credential = await verify(email, currentPassword);
  const [passwordHash, toSession] = await Promise.all([hasher.hash(newPassword), sessions.prepare()]);
  const stored = await database.transaction(async (tx) => {
    if (!(await replaceCredential(tx, credential, passwordHash))) throw invalidCredentials();
    await revokeSessionsOf(tx, userId);
    await emit(tx, passwordChanged, userId, { userId });
    return sessions.open(tx, await openUser(tx, userId));
  });
  return toSession(stored);
}

async function close(
  { database, emit, verify }: AccountsOptions,
  identity: Identity,
  { password }: { password: string },
  subject: AuditSubject,
): Promise<Date> {
  const userId = accountOf(identity);
  subject.userId = userId;
  const { email } = await openUser(database.db, userId);
  const credential = await verify(email, password);
  const closedAt = new Date();
  await database.transaction(async (tx) => {
    if (!(await deleteCredential(tx, credential))) throw invalidCredentials();
    await lockOpenUser(tx, userId);
    await deleteSessionsOf(tx, userId);
    await deleteAddressesOf(tx, userId);
    await anonymiseUser(tx, userId, closedAt);
    await emit(tx, accountClosed, userId, { userId });
  });
  return closedAt;
}

/** @throws CodedError UNAUTHENTICATED: an access token may outlive its account by some minutes. */
async function openUser(db: Db, userId: string): Promise<OpenUserRow> {
  const user = await findOpenUser(db, userId);
  if (user === undefined) throw new CodedError('UNAUTHENTICATED');
  return user;
}

const emailTaken = () => new DomainError('EmailTakenError', 'Somebody has an account with this e-mail address.');
