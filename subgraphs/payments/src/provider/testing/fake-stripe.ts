import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { STRIPE_API_VERSION } from '../stripe-client.ts';
import { FakeStripeBooks, type FormParams, find } from './fake-stripe-books.ts';
import { newStripeId } from './fake-stripe-objects.ts';
import { FakeStripeRefusal, invalidRequest } from './fake-stripe-refusal.ts';

export const FAKE_STRIPE_KEY = 'sk_test_of_the_fake_stripe';

/** A request that was answered, or whose answer was lost. */
export interface FakeStripeRequest {
  method: string;
  path: string;
  idempotencyKey: string | undefined;
  replayed: boolean;
}

/** What goes wrong with a request: it takes effect and its answer never comes, or comes as an error. */
type Trouble = 'answer lost' | 500 | 429;

/**
 * A server that answers as Stripe's API 2026-10-28.endive does, as far as payments by card go: form-encoded requests,
 * its objects and errors, its idempotency keys. Unknown parameters are refused, as they are there.
 */
export interface FakeStripe extends AsyncDisposable {
  url: string;
  books: FakeStripeBooks;
  requests: FakeStripeRequest[];
  /** The next request whose method and path match meets this. */
  trouble(request: RegExp, what: Trouble): void;
  /** The next request that matches takes effect, and its answer waits until `release` is called. */
  hold(request: RegExp): { arrived: Promise<void>; release(): void };
  /** As after a day: what was answered to idempotency keys is forgotten. */
  forgetKeys(): void;
}

interface Route {
  method: string;
  path: RegExp;
  parameters: readonly string[];
  answer(books: FakeStripeBooks, id: string, params: FormParams): object;
}

const LIST = ['limit', 'starting_after', 'created', 'expand'];
const INTENT = ['amount', 'currency', 'capture_method', 'allowed_payment_method_types', 'payment_method', 'customer'];

const ROUTES: readonly Route[] = [
  route('GET', /^\/v1\/payment_methods\/(\w+)$/, ['expand'], (books, id, { expand }) => {
    const method = find('PaymentMethod', books.methods, id);
    const customer = method.customer === null ? null : find('customer', books.customers, method.customer);
    return expand === undefined ? method : { ...method, customer };
  }),
  route('POST', /^\/v1\/payment_methods\/(\w+)\/attach$/, ['customer'], (books, id, { customer }) =>
    books.attach(id, String(customer)),
  ),
  route('POST', /^\/v1\/payment_methods\/(\w+)\/detach$/, [], (books, id) => books.detach(id)),
  route('POST', /^\/v1\/customers$/, ['metadata'], (books, _id, params) => books.createCustomer(params)),
  route('POST', /^\/v1\/payment_intents$/, [...INTENT, 'metadata'], (books, _id, params) => books.createIntent(params)),
  route('GET', /^\/v1\/payment_intents\/(\w+)$/, [], (books, id) => find('payment_intent', books.intents, id)),
  route('POST', /^\/v1\/payment_intents\/(\w+)\/confirm$/, ['return_url'], (books, id, params) =>
    books.confirm(id, params),
  ),
  route('POST', /^\/v1\/payment_intents\/(\w+)\/capture$/, [], (books, id) => books.capture(id)),
  route('POST', /^\/v1\/payment_intents\/(\w+)\/cancel$/, [], (books, id) => books.cancel(id)),
  route('GET', /^\/v1\/payment_intents$/, LIST, (books, _id, params) =>
    listOf(params, [...books.intents.values()], (intent) => ({
      ...intent,
      latest_charge: intent.latest_charge === null ? null : expandedCharge(books, intent.latest_charge),
    })),
  ),
  route('POST', /^\/v1\/refunds$/, ['payment_intent', 'amount', 'metadata'], (books, _id, params) =>
    books.refund(params),
  ),
  route('GET', /^\/v1\/refunds$/, [...LIST, 'payment_intent'], (books, _id, params) =>
    listOf(
      params,
      [...books.refunds.values()].filter(
        ({ payment_intent }) => (params.payment_intent ?? payment_intent) === payment_intent,
      ),
      (refund) => ({
        ...refund,
        payment_intent: books.intents.get(refund.payment_intent),
        balance_transaction: expandedBooking(books, refund.balance_transaction),
        failure_balance_transaction: expandedBooking(books, refund.failure_balance_transaction),
      }),
    ),
  ),
];

export async function startFakeStripe(): Promise<FakeStripe> {
  const books = new FakeStripeBooks();
  const requests: FakeStripeRequest[] = [];
  const troubles: { asked: RegExp; what: Trouble | Promise<void>; arrive?: () => void }[] = [];
  const answered = new Map<string, { request: string; status: number; body: string }>();

  /** The answer to a request; the first one to its key, if it has one. */
  function answerOf(method: string, path: string, form: string, key: string | undefined) {
    const request = `${method} ${path}?${form}`;
    const earlier = key === undefined ? undefined : answered.get(key);
    requests.push({ method, path, idempotencyKey: key, replayed: earlier !== undefined });
    if (earlier !== undefined && earlier.request !== request) {
      const message = `Keys for idempotent requests can only be used with the same parameters. Key: ${key}`;
      return { status: 400, body: JSON.stringify({ error: { type: 'idempotency_error', message } }) };
    }
    if (earlier !== undefined) return earlier;
    const made = { request, ...perform(books, method, path, parseForm(form)) };
    if (key !== undefined) answered.set(key, made);
    return made;
  }

  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? '', 'http://stripe');
    const form = request.method === 'GET' ? search.slice(1) : await textOf(request);
    const refused = refusedHeaders(request);
    if (refused !== undefined) return send(response, refused.status, JSON.stringify(refused.body));
    const key = request.headers['idempotency-key'];
    const { status, body } = answerOf(request.method ?? '', pathname, form, typeof key === 'string' ? key : undefined);
    const at = troubles.findIndex(({ asked }) => asked.test(`${request.method} ${pathname}`));
    const [met] = at === -1 ? [] : troubles.splice(at, 1);
    met?.arrive?.();
    const trouble = await met?.what;
    if (trouble === 'answer lost' || losesAnswer(books, pathname)) return;
    if (typeof trouble === 'number') {
      return send(response, trouble, JSON.stringify({ error: { type: 'api_error', message: 'trouble' } }));
    }
    send(response, status, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    books,
    requests,
    trouble: (asked, what) => troubles.push({ asked, what }),
    hold(asked) {
      const [answer, arrival] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      troubles.push({ asked, what: answer.promise, arrive: arrival.resolve });
      return { arrived: arrival.promise, release: answer.resolve };
    },
    forgetKeys: () => answered.clear(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function perform(books: FakeStripeBooks, method: string, path: string, params: FormParams) {
  try {
    const matching = ROUTES.find((each) => each.method === method && each.path.test(path));
    if (matching === undefined)
      throw invalidRequest({ message: `Unrecognized request URL (${method}: ${path}).` }, 404);
    const unknown = Object.keys(params).find((name) => !matching.parameters.includes(name));
    if (unknown !== undefined) {
      throw invalidRequest({ code: 'parameter_unknown', message: 'Received unknown parameter', param: unknown });
    }
    const id = matching.path.exec(path)?.[1] ?? '';
    return { status: 200, body: JSON.stringify(matching.answer(books, id, params)) };
  } catch (error) {
    if (!(error instanceof FakeStripeRefusal)) throw error;
    return { status: error.status, body: JSON.stringify(error.body) };
  }
}

function refusedHeaders({ headers, method }: IncomingMessage): FakeStripeRefusal | undefined {
  if (headers.authorization !== `Bearer ${FAKE_STRIPE_KEY}`) return invalidRequest({ message: 'Invalid API Key' }, 401);
  const isForm = method === 'GET' || headers['content-type'] === 'application/x-www-form-urlencoded';
  if (headers['stripe-version'] !== STRIPE_API_VERSION || !isForm) return invalidRequest({ message: 'Not as sent' });
  return undefined;
}

/** Newest first, after `starting_after`. */
function listOf<T extends { id: string; created: number }>(
  params: FormParams,
  all: T[],
  expand: (object: T) => object,
) {
  const { limit = '10', starting_after: after, created, expand: expanded } = params;
  const since = typeof created === 'object' ? Number(created.gte) : 0;
  const found = all.reverse().filter((object) => object.created >= since);
  const from = after === undefined ? 0 : found.findIndex(({ id }) => id === after) + 1;
  const page = found.slice(from, from + Number(limit));
  const data = expanded === undefined ? page : page.map(expand);
  return { object: 'list', data, has_more: found.length > from + page.length, url: '/v1/list' };
}

function expandedCharge(books: FakeStripeBooks, id: string) {
  const charge = find('charge', books.charges, id);
  return { ...charge, balance_transaction: expandedBooking(books, charge.balance_transaction) };
}

const expandedBooking = (books: FakeStripeBooks, id: string | null) => (id === null ? null : books.balance.get(id));

function losesAnswer(books: FakeStripeBooks, path: string): boolean {
  const confirmed = books.intents.get(/(\w+)\/confirm$/.exec(path)?.[1] ?? '');
  return confirmed !== undefined && books.cardOf(confirmed).losesAnswer === true;
}

/** `a[b]=c` as `{ a: { b: 'c' } }`. */
function parseForm(form: string): FormParams {
  const params: FormParams = {};
  for (const [name, value] of new URLSearchParams(form)) {
    const [outer = '', inner] = name.replaceAll(']', '').split('[');
    if (inner === undefined) params[outer] = value;
    else params[outer] = { ...(params[outer] as FormParams | undefined), [inner]: value };
  }
  return params;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': newStripeId('req') }).end(body);
}

function route(method: string, path: RegExp, parameters: readonly string[], answer: Route['answer']): Route {
  return { method, path, parameters, answer };
}
