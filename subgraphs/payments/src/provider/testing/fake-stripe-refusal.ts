/** An error of Stripe's API: `{ "error": … }` with a status. */
export class FakeStripeRefusal extends Error {
  readonly status: number;
  readonly body: { error: Record<string, unknown> };

  constructor(status: number, type: string, fields: Record<string, unknown>) {
    super(type);
    this.status = status;
    this.body = { error: { type, ...fields } };
  }
}

export const invalidRequest = (fields: Record<string, unknown>, status = 400) =>
  new FakeStripeRefusal(status, 'invalid_request_error', fields);

export const missingResource = (kind: string, id: string) =>
  invalidRequest({ code: 'resource_missing', message: `No such ${kind}: '${id}'`, param: 'id' }, 404);

export const unexpectedState = (what: string, status: string) =>
  invalidRequest({
    code: 'payment_intent_unexpected_state',
    message: `You cannot ${what} this PaymentIntent because it has a status of ${status}.`,
  });
