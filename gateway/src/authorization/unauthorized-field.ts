import { CodedError } from '@tributary/service-kit';

/** Refuses a request for one of its fields, which the caller may not see. */
export class UnauthorizedField extends CodedError {
  /** In the client's keys, without the indices of lists: nothing was executed. */
  readonly path: readonly string[];

  constructor(path: readonly string[]) {
    super('UNAUTHORIZED_FIELD_OR_TYPE');
    this.path = path;
  }
}
