import { type ErrorCode, errorCatalogue } from './catalogue.ts';

/**
 * An error with a code of the catalogue. Its message is safe to show to a client; `cause` is for the log alone.
 */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  readonly code: ErrorCode;

  /** @param message Default: the catalogue's. Must hold nothing personal and nothing internal. */
  constructor(code: ErrorCode, message: string = errorCatalogue[code].message, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /** HTTP status of an answer that consists of this error. */
  get status(): number {
    return errorCatalogue[this.code].status;
  }
}
