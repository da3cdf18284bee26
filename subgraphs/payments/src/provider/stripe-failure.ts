import Stripe from 'stripe';

/**
 * What Stripe answered in place of a result. Its message may quote a token or a name, so it stays behind: `code` names
 * the class of error, Stripe's code, the HTTP status and the id under which Stripe keeps the request.
 */
export class StripeFailure extends Error {
  override readonly name = 'StripeFailure';
  readonly code: string;
  /** The bank's or Stripe's answer to a card; everything else leaves open what has happened. */
  readonly isCardError: boolean;
  /** What was asked for cannot be, as things are. */
  readonly isInvalidRequest: boolean;
  /** Such as `resource_missing`. */
  readonly reason: string | undefined;
  /** Such as `insufficient_funds`. */
  readonly declineCode: string | undefined;
  /** The parameter that is wrong, such as `amount`. */
  readonly parameter: string | undefined;

  constructor(error: Stripe.errors.StripeError) {
    super('Stripe has not done what it was asked');
    const { type, code, statusCode, requestId, param } = error;
    this.code = [type, code, statusCode, requestId].filter((part) => part !== undefined).join(' ');
    this.isCardError = error instanceof Stripe.errors.StripeCardError;
    this.isInvalidRequest = error instanceof Stripe.errors.StripeInvalidRequestError;
    this.reason = code;
    this.declineCode = error.decline_code;
    this.parameter = param;
  }
}
