import type { InputIssue } from '@tributary/rest';
import { CodedError } from '@tributary/service-kit';

/** Parameters that are missing, unknown or not of their type: all of them at once. */
export class InvalidInput extends CodedError {
  readonly issues: readonly InputIssue[];

  constructor(issues: readonly InputIssue[]) {
    const [first] = issues;
    super('BAD_USER_INPUT', first && `${nameOf(first)}: ${first.detail}`);
    this.issues = issues;
  }
}

/** `query.limit`. */
export const nameOf = (issue: InputIssue): string => (issue.name === '' ? issue.in : `${issue.in}.${issue.name}`);
