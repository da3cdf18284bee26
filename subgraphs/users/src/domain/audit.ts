import { asCodedError, DomainError, hashedId, type Logger } from '@tributary/service-kit';

/** What is written down of accounts, whatever comes of it. */
export type AuditEvent =
  | 'account_close'
  | 'password_change'
  | 'role_change'
  | 'session_refresh'
  | 'sign_in'
  | 'sign_out'
  | 'sign_up';

/** Whom an event is about, as soon as that is known. */
export interface AuditSubject {
  userId?: string;
}

/** Does the work of an event and writes its one line: what became of it, and of whose account. */
export type Audited = <T>(event: AuditEvent, work: (subject: AuditSubject) => Promise<T>, more?: object) => Promise<T>;

export const createAudited =
  (log: Logger): Audited =>
  async (event, work, more) => {
    const subject: AuditSubject = {};
    const tell = (outcome: string) => log.info({ ...auditFields(event, outcome, subject.userId), ...more }, 'audit');
    try {
      const result = await work(subject);
      tell('SUCCESS');
      return result;
    } catch (error) {
      tell(outcomeOf(error));
      throw error;
    }
  };

/**
 * Fields of an audit line.
 *
 * @param outcome `SUCCESS`, or a refusal's code
 * @param userId undefined where nobody knows, such as for an e-mail address that no account has
 */
export const auditFields = (event: AuditEvent, outcome: string, userId: string | undefined) => ({
  audit_event: event,
  audit_outcome: outcome,
  // Of the account; that may be another one than the caller's, which is in all lines of the request.
  user: userId === undefined ? undefined : hashedId(userId),
});

const outcomeOf = (error: unknown): string => (error instanceof DomainError ? error.code : asCodedError(error).code);
