import { type CloudEvent, type Identity, newId } from '@tributary/service-kit';
import { startTestSubgraph, type TestDatabase, type TestSubgraph, until } from '@tributary/service-kit/testing';
import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { paymentsConfig } from '../config.ts';
import { signatureOf } from '../provider/webhook-signature.ts';
import type { PaymentRow, PaymentStatus } from '../store/payment-store.ts';
import { subgraph } from '../subgraph.ts';
import { payments } from '../tables.ts';
import { API_KEY, startTestSandbox, type TestSandbox, WEBHOOK_SECRET } from './test-sandbox.ts';

type User = Identity & { kind: 'user' };

/** A worker that looks often, so that what waits for its timers is soon over. The provider's address is left out. */
export const testConfig = {
  provider: { kind: 'sandbox', apiKey: API_KEY, webhookSecret: WEBHOOK_SECRET, timeout: '5s' },
  worker: { pollInterval: '50ms' },
} satisfies z.input<typeof paymentsConfig>;

const METHOD = 'paymentMethod { id brand last4 expiryMonth expiryYear label isDefault }';
const INVALID_INPUT = '... on InvalidInputError { field }';
const CARD_NUMBER = '... on CardNumberRefusedError { field }';

/** What a mutation's payload is asked for, and of its errors. */
const SELECTIONS: Record<string, { fields: string; errors: string }> = {
  addPaymentMethod: {
    fields: METHOD,
    errors: `${INVALID_INPUT} ${CARD_NUMBER} ... on TooManyPaymentMethodsError { limit }`,
  },
  removePaymentMethod: { fields: METHOD, errors: '' },
  setDefaultPaymentMethod: { fields: METHOD, errors: '' },
  completePaymentChallenge: {
    fields: 'payment { id status declineReason }',
    errors: `${INVALID_INPUT} ${CARD_NUMBER} ... on ChallengeNotOpenError { status }`,
  },
  refundPayment: {
    fields: 'refund { id status cause reason amount { amountMinor currency } } payment { id }',
    errors: `${INVALID_INPUT} ${CARD_NUMBER} ... on NothingToRefundError { status }
      ... on RefundTooLargeError { refundable { amountMinor currency } } ... on RefundCurrencyError { currency }`,
  },
};

/** A report of the provider, and how it is sent. */
export interface TestWebhook {
  body: string;
  /** Default: the right one. */
  signature?: string | undefined;
  secret?: string;
  /** Unix seconds; default: now. */
  timestamp?: number;
  contentType?: string;
}

/** The payments subgraph, for behaviour tests. */
export interface TestPayments extends TestSubgraph {
  /** The provider that it talks to. */
  sandbox: TestSandbox;
  admin: User;
  newCustomer(): User;
  /** Runs one mutation and gives its payload, or the code of the error that it met. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads payloads of many shapes
  mutate(name: string, input: Record<string, unknown>, identity?: Identity): Promise<any>;
  /** Gives the customer a test card; gives the payment method's id. */
  addCard(customer: User, token?: string): Promise<string>;
  /** What orders says of an order; gives the event's id. */
  hear(type: string, orderId: string, data?: object): Promise<string>;
  /** An order's payment request: by default of 50.00 EUR by a new customer's card. Gives the order's id. */
  request(choice?: { customer?: User; token?: string; methodId?: string; amount?: object }): Promise<string>;
  /** An order that was paid, of 50.00 EUR. */
  captured(choice?: { customer?: User; token?: string }): Promise<PaymentRow>;
  /** The payment of an order, once it has that status. */
  reaches(orderId: string, status: PaymentStatus): Promise<PaymentRow>;
  /** The last words of the types of what was said of the order, such as `authorized`, in order. */
  said(orderId: string): Promise<string[]>;
  /** What was said of the order. */
  events(orderId: string): Promise<CloudEvent[]>;
  webhook(webhook: TestWebhook): Promise<Response>;
  /** A signed report of the provider; gives the status of its answer. */
  report(type: string, data: object, id?: string): Promise<number>;
}

type Config = z.input<typeof paymentsConfig>;

/**
 * @param config where it names the provider's address, that is what it talks to
 * @param given default: a sandbox provider that ends with it and sends no webhooks
 */
export async function startPayments(
  database: TestDatabase,
  config: Config = testConfig,
  given?: TestSandbox,
): Promise<TestPayments> {
  const sandbox = given ?? (await startTestSandbox());
  const provider = { url: sandbox.url, ...config.provider };
  const server = await startTestSubgraph(subgraph, { database, config: { ...config, provider } });
  const stop = async () => {
    await server.stop();
    if (given === undefined) await sandbox.stop();
  };
  const newCustomer = (): User => ({ kind: 'user', userId: newId(), roles: ['customer'] });

  const mutate: TestPayments['mutate'] = async (name, input, identity) => {
    const { fields = '', errors: errorFields = '' } = SELECTIONS[name] ?? {};
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
    const document = `mutation ($input: ${type}) { ${name}(input: $input) {
      ${fields} errors { __typename ... on DomainError { code } ${errorFields} } } }`;
    const { data, errors } = await server.query(document, { input }, identity);
    return data?.[name] ?? errors?.[0]?.extensions.code;
  };

  const addCard: TestPayments['addCard'] = async (customer, token = 'tok_visa') =>
    (await mutate('addPaymentMethod', { token }, customer)).paymentMethod.id;

  const hear: TestPayments['hear'] = async (type, orderId, data = {}) => {
    const id = newId();
    await server.deliver({ id, type: `orders.${type}.v1`, subject: orderId, data: { orderId, ...data } });
    return id;
  };

  const request: TestPayments['request'] = async ({ customer = newCustomer(), token, methodId, amount } = {}) => {
    const orderId = newId();
    await hear('payment.requested', orderId, {
      customerId: customer.userId,
      paymentMethodId: methodId ?? (await addCard(customer, token)),
      amount: amount ?? { amountMinor: 5000, currency: 'EUR' },
    });
    return orderId;
  };

  const reaches: TestPayments['reaches'] = (orderId, status) =>
    until(`the payment to be ${status}`, async () => {
      const [payment] = await server.database.db.select().from(payments).where(eq(payments.orderId, orderId));
      return payment?.status === status ? payment : undefined;
    });

  const events: TestPayments['events'] = async (orderId) =>
    (await server.published()).filter(({ subject }) => subject === orderId);

  const webhook: TestPayments['webhook'] = ({ body, secret = WEBHOOK_SECRET, contentType, ...given }) => {
    const timestamp = String(given.timestamp ?? Math.floor(Date.now() / 1000));
    const right = `t=${timestamp},v1=${signatureOf(secret, timestamp, Buffer.from(body))}`;
    const signature = 'signature' in given ? given.signature : right;
    return fetch(`${server.url}/webhooks/payments`, {
      method: 'POST',
      headers: {
        'content-type': contentType ?? 'application/json',
        ...(signature === undefined ? {} : { 'payment-signature': signature }),
      },
      body,
    });
  };

  return {
    ...server,
    sandbox,
    stop,
    [Symbol.asyncDispose]: stop,
    admin: { kind: 'user', userId: newId(), roles: ['admin'] },
    newCustomer,
    mutate,
    addCard,
    hear,
    request,
    reaches,
    events,
    webhook,
    async captured(choice) {
      const orderId = await request(choice);
      await reaches(orderId, 'AUTHORIZED');
      await hear('capture.requested', orderId);
      return reaches(orderId, 'CAPTURED');
    },
    said: async (orderId) =>
      (await events(orderId)).map(({ type }) => type.replace(/^payments\.payment\.(.*)\.v1$/, '$1')),
    report: async (type, data, id = newId()) => (await webhook({ body: JSON.stringify({ id, type, data }) })).status,
  };
}
