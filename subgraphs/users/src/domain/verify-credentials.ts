import { type Database, DomainError } from '@tributary/service-kit';
import { type Credential, findCredential, replaceCredential } from '../store/credential-store.ts';
import type { AuditSubject } from './audit.ts';
import { foldEmail, isEmailAddress } from './email-address.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { SignInThrottle } from './sign-in-throttle.ts';

/**
 * The account that e-mail address and password belong to. The answer, and the time that it takes, don't tell a wrong
 * password from an unknown address.
 *
 * @param subject is told whose account the address is, also where the password is wrong
 * @throws DomainError InvalidCredentialsError, TooManyAttemptsError
 */
export type VerifyCredentials = (email: string, password: string, subject?: AuditSubject) => Promise<Credential>;

export interface VerifyCredentialsOptions {
  database: Database;
  hasher: PasswordHasher;
  throttle: SignInThrottle;
}

export function createVerifyCredentials({ database, hasher, throttle }: VerifyCredentialsOptions): VerifyCredentials {
  const verify: VerifyCredentials = async (email, password, subject = {}) => {
    const folded = foldEmail(email);
    await throttle.count(folded);
    const credential = isEmailAddress(folded) ? await findCredential(database.db, folded) : undefined;
    if (credential !== undefined) subject.userId = credential.userId;
    const matches = await hasher.verify(password, credential?.passwordHash);
    if (credential === undefined || !matches) throw invalidCredentials();
    await throttle.clear(folded);
    if (!hasher.isOutdated(credential.passwordHash)) return credential;
    const passwordHash = await hasher.hash(password);
    // When a parallel sign-in was faster, there is nothing left to renew.
    if (!(await replaceCredential(database.db, credential, passwordHash))) return verify(email, password, subject);
    return { ...credential, passwordHash };
  };
  return verify;
}

export const invalidCredentials = (): DomainError =>
  new DomainError('InvalidCredentialsError', 'The e-mail address or the password is wrong.');
