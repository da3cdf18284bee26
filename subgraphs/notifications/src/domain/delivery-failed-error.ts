/** Why an attempt at a delivery failed, by a code that holds nothing of the recipient or the message. */
export class DeliveryFailedError extends Error {
  override readonly name = 'DeliveryFailedError';
  readonly failure: string;
  /** Trying again would not help. */
  readonly isFinal: boolean;
  /** The address takes no e-mails at all. */
  readonly isBounce: boolean;

  constructor(failure: string, options: { isFinal?: boolean; isBounce?: boolean; cause?: unknown } = {}) {
    super(failure, { cause: options.cause });
    this.failure = failure;
    this.isFinal = options.isFinal ?? false;
    this.isBounce = options.isBounce ?? false;
  }
}

/** The code of an attempt's failure; undefined where it has none. */
export const deliveryFailure = (error: unknown): string | undefined =>
  error instanceof DeliveryFailedError ? error.failure : undefined;
