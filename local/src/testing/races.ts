import { newId } from '@tributary/service-kit';
import { graphClient } from './graph-client.ts';
import { type Customer, shopActions } from './shop-actions.ts';

/** Any graph: what a race does, it does by requests to the gateway. */
export interface RaceTrack {
  /** The gateway's. */
  url: string;
  /** An administrator's headers there. */
  admin: Customer['headers'];
}

/** Customers are made so many at a time: hashing a password takes a processor for a while. */
const SIGN_UPS_AT_ONCE = 8;
/** How often one order is sent that gets no answer. */
const ATTEMPTS = 10;

const ADDRESS = { recipient: 'Mary Somerville', line1: 'Street 1', postalCode: '10117', city: 'Berlin', country: 'DE' };

/** Everything that orders itself shows a customer of an order. */
const PLACE_ORDER = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
  order { ...whole }
  errors { __typename ... on DomainError { code message } ... on OutOfStockError {
    order { ...whole } products { productId requested available } } } } }
fragment whole on Order {
  id number status placedAt updatedAt cancellable total { amountMinor currency } shippingAddress { city }
  lines { sku name quantity } timeline { at status cause message note } cancellation { reason at }
}`;

export interface PlacementAnswer {
  order: { id: string; status: string } | null;
  errors: {
    __typename: string;
    order?: { id: string; status: string };
    products?: { productId: string; requested: number; available: number }[];
  }[];
}

async function place({ url }: RaceTrack, { headers, card }: Customer, idempotencyKey: string): Promise<string> {
  const input = { idempotencyKey, shippingAddress: ADDRESS, paymentMethodId: card };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: PLACE_ORDER, variables: { input } }),
    signal: AbortSignal.timeout(30_000),
  });
  return response.text();
}

/** What `placeOrder` said in an answer's text. @throws Error when it is no such answer */
export function placementIn(text: string): PlacementAnswer {
  const { data, errors } = JSON.parse(text);
  if (errors !== undefined) throw new Error(`placeOrder was answered with ${text}`);
  return data.placeOrder;
}

/** One customer sends one order so many times at once, under one key. */
export async function submitAtOnce(track: RaceTrack, attempts: number) {
  const shop = shopActions(graphClient(track.url), track.admin);
  const [customer, product] = await Promise.all([shop.newCustomer('tok_visa'), shop.newProduct(5)]);
  await shop.fillCart(customer, product, 2);
  const key = newId();
  const again = () => place(track, customer, key);
  const texts = await Promise.all(Array.from({ length: attempts }, again));
  return { customer, product, texts, again };
}

export interface Racer {
  customer: Customer;
  answer: PlacementAnswer;
}

/**
 * Customers order one each of a product of which there are fewer units.
 *
 * @param atOnce how many orders are on their way at a time
 */
export async function raceForStock(
  track: RaceTrack,
  { customers, units, atOnce }: { customers: number; units: number; atOnce: number },
) {
  const shop = shopActions(graphClient(track.url), track.admin);
  const product = await shop.newProduct(units);
  const racers = await eachOf(Array.from({ length: customers }), SIGN_UPS_AT_ONCE, async () => {
    const customer = await shop.newCustomer('tok_visa');
    await shop.fillCart(customer, product, 1);
    return customer;
  });
  const answers = await eachOf(racers, atOnce, async (customer): Promise<Racer> => {
    return { customer, answer: await placeUntilAnswered(track, customer) };
  });
  return { product, answers };
}

/** As a customer whose connection was lost does: again, with the same key. */
async function placeUntilAnswered(track: RaceTrack, customer: Customer): Promise<PlacementAnswer> {
  const key = newId();
  for (let attempt = 1; ; attempt++) {
    const text = await place(track, customer, key);
    if (attempt === ATTEMPTS || !text.includes('"extensions"')) return placementIn(text);
  }
}

/** Does `work` for each item, for so many at a time. */
async function eachOf<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const left = items.values();
  const results: R[] = [];
  const workThrough = async () => {
    for (const item of left) results.push(await work(item));
  };
  await Promise.all(Array.from({ length: atOnce }, workThrough));
  return results;
}
