// Runs in a pod: customers order at URL and follow what they order, half of them by WebSocket (graphql-transport-ws), half by
// server-sent events, until SIGUSR2. A connection that ends is made again, to go on behind the last event (docs/subscriptions.md).
// Prints `following` once every customer follows an order, and in the end what came of it as one line of JSON (followers.ts).
// Plain JavaScript for `node -e`: the pod has Node and nothing else of ours.
const { setTimeout: delay } = require('node:timers/promises');

const { URL: url, CUSTOMERS } = process.env;
const FOLLOW = 'subscription ($id: ID!) { orderUpdated(id: $id) { status timeline { status } } }';
const LOOK = 'query ($id: ID!) { order(id: $id) { status timeline { status } payments { id status } } }';
const ADDRESS = { recipient: 'Mary', line1: 'Street 1', postalCode: '10115', city: 'Berlin', country: 'DE' };
/** Placed, reserved, and the bank asks: from there on the order moves when its customer answers. */
const STEPS_TO_CHALLENGE = 3;
const CHALLENGE_MS = 4000;
const PATIENCE_MS = 20_000;
/** As long as the gateway tells clients of server-sent events to stay away. */
const AWAY_MS = { least: 1000, most: 5000 };

const result = { orders: 0, events: 0, eventsWhileAway: 0, longestMs: 0, ends: {}, problems: [] };
let isOver = false;
const note = (problem) => void result.problems.push(problem.message ?? problem);

const headersOf = (token) => ({
  'content-type': 'application/json',
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
});

async function ask(query, variables, token) {
  const response = await fetch(url, {
    method: 'POST',
    headers: headersOf(token),
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(15_000),
  });
  const { data, errors } = await response.json();
  if (errors !== undefined) throw new Error(`${errors[0].extensions?.code ?? errors[0].message} at ${errors[0].path}`);
  return data;
}

/** The payload of a mutation. */
async function mutate(name, fields, input, token) {
  const inputType = `${name[0].toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation ($input: ${inputType}!) { ${name}(input: $input) { ${fields} errors { __typename } } }`;
  const payload = (await ask(query, { input }, token))[name];
  if (payload.errors.length > 0) throw new Error(`${name}: ${payload.errors[0].__typename}`);
  return payload;
}

async function until(what, look) {
  const endMs = Date.now() + PATIENCE_MS;
  while (Date.now() < endMs) {
    const found = await look();
    if (found) return found;
    await delay(100);
  }
  throw new Error(`${what}: not within ${PATIENCE_MS} ms`);
}

/** Gives the close code. */
const webSocket = ({ query, variables, token, lastEventId }, hear) =>
  new Promise((resolve) => {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws');
    const send = (message) => socket.send(JSON.stringify(message));
    socket.onopen = () => send({ type: 'connection_init', payload: headersOf(token) });
    socket.onmessage = ({ data }) => {
      const { type, payload } = JSON.parse(data);
      const extensions = { lastEventId };
      if (type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: { query, variables, extensions } });
      if (type === 'next') hear(payload, payload.extensions?.eventId);
      if (type === 'error') hear({ errors: payload });
    };
    socket.onclose = ({ code }) => resolve(String(code));
  });

/** Gives `retry` when it was told to come again. */
async function serverSentEvents({ query, variables, token, lastEventId }, hear) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headersOf(token), accept: 'text/event-stream', 'last-event-id': lastEventId },
    body: JSON.stringify({ query, variables }),
  });
  if (response.status !== 200) return `status ${response.status}`;
  let [text, end] = ['', 'without retry'];
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const events = (text + chunk).split('\n\n');
    text = events.pop();
    for (const event of events) {
      const fields = Object.fromEntries(event.split('\n').map((line) => /^([^:]*):? ?(.*)$/.exec(line).slice(1)));
      if (fields.retry !== undefined) end = 'retry';
      if (fields.event === 'next') hear(JSON.parse(fields.data), fields.id);
    }
  }
  return end;
}

const WAYS = [
  ['WebSocket', webSocket],
  ['server-sent events', serverSentEvents],
];

/** Of an id, `<stream>-<sequence>`. */
const sequenceOf = (eventId) => Number(eventId.slice(eventId.lastIndexOf('-') + 1));

function hear(order, { data, errors }, eventId) {
  const seen = data?.orderUpdated;
  const tell = (problem) => note(`${order.id} by ${order.customer.way}: ${problem}`);
  if (!seen || eventId === undefined) return tell(errors?.[0].extensions?.code ?? 'a result without an order or an id');
  if (sequenceOf(eventId) <= sequenceOf(order.lastEventId)) tell(`${eventId} after ${order.lastEventId}`);
  order.lastEventId = eventId;
  order.heard++;
  result.events++;
  if (seen.timeline.length < order.heard) tell(`shown as it was before event ${eventId}`);
}

const look = async ({ id, customer }) => (await ask(LOOK, { id }, customer.token)).order;

/** The customer answers what the bank asks. Gives the order when it is paid. */
async function pay(order) {
  const { id, customer } = order;
  const { payments } = await until(`${id} to be challenged`, async () => {
    const found = await look(order);
    return found.payments[0]?.status === 'CHALLENGED' && found;
  });
  const input = { paymentId: payments[0].id, code: '123456' };
  await mutate('completePaymentChallenge', 'payment { id }', input, customer.token);
  return until(`${id} to be paid`, async () => {
    const found = await look(order);
    return found.status === 'PAID' && found;
  });
}

/** Hears of an order as long as the pod runs. What is not paid by the end of a connection is paid before the next one. */
async function follow(order) {
  const { id, customer } = order;
  for (;;) {
    const startedMs = Date.now();
    const request = { query: FOLLOW, variables: { id }, token: customer.token, lastEventId: order.lastEventId };
    const end = await customer
      .open(request, (payload, eventId) => hear(order, payload, eventId))
      .catch((error) => error.cause?.code ?? error.message);
    result.longestMs = Math.max(result.longestMs, Date.now() - startedMs);
    result.ends[end] = (result.ends[end] ?? 0) + 1;
    if (order.paid === undefined) {
      order.paid = pay(order);
      const { timeline } = await order.paid;
      result.eventsWhileAway += timeline.length - order.heard;
    }
    await delay(AWAY_MS.least + Math.random() * (AWAY_MS.most - AWAY_MS.least));
  }
}

/** A place in the stream, before anything is ordered. */
async function placeOf(token) {
  const { body } = await fetch(url, {
    method: 'POST',
    headers: { ...headersOf(token), accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { notificationReceived { id } }' }),
  });
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const [, id] = /^id: (.+)\n/m.exec(text) ?? [];
    if (id !== undefined) return id;
  }
  throw new Error(`no place in the stream: ${text}`);
}

async function arrive(number, productId) {
  const account = {
    email: `mary-${crypto.randomUUID()}@example.com`,
    password: 'the-moon-and-the-tides',
    name: 'Mary',
  };
  const { session } = await mutate('signUp', 'session { accessToken }', account);
  const token = session.accessToken;
  const { paymentMethod } = await mutate('addPaymentMethod', 'paymentMethod { id }', { token: 'tok_challenge' }, token);
  const [way, open] = WAYS[number % WAYS.length];
  return { token, way, open, productId, paymentMethodId: paymentMethod.id, place: await placeOf(token), orders: [] };
}

async function placeOrder({ token, productId, paymentMethodId }) {
  await mutate('addToCart', 'cart { id }', { productId, quantity: 1 }, token);
  const input = { idempotencyKey: crypto.randomUUID(), shippingAddress: ADDRESS, paymentMethodId };
  return (await mutate('placeOrder', 'order { id }', input, token)).order.id;
}

/** One order after the other, each heard of from its first step on. The first one is not paid before its connection ends. */
async function shop(customer) {
  for (let number = 1; !isOver; number++) {
    const order = { id: await placeOrder(customer), customer, lastEventId: customer.place, heard: 0, paid: undefined };
    customer.orders.push(order);
    follow(order).catch(note);
    await until(`${order.id} to be heard of`, () => order.heard >= STEPS_TO_CHALLENGE);
    await delay(CHALLENGE_MS);
    if (number === 1) continue;
    order.paid ??= pay(order);
    await order.paid;
  }
}

/** @throws Error unless the customer has heard of every step of the order, and of no more. */
async function heardOfAll(order) {
  const steps = (await look(order)).timeline.length;
  await until(`${order.id} by ${order.customer.way}: all ${steps} steps`, () => order.heard >= steps);
  if (order.heard > steps)
    throw new Error(`${order.id} by ${order.customer.way}: ${order.heard} events of ${steps} steps`);
}

async function main() {
  const { products } = await ask('{ products(first: 100) { nodes { id available } } }');
  const [product] = products.nodes.toSorted((one, other) => other.available - one.available);
  const customers = await Promise.all(Array.from({ length: CUSTOMERS }, (_, number) => arrive(number, product.id)));
  const shopping = customers.map((customer) => shop(customer).catch(note));
  await until('every customer to follow an order', () => customers.every(({ orders }) => orders[0]?.heard > 0));
  console.log('following');
  await Promise.all(shopping);
  const orders = customers.flatMap((customer) => customer.orders);
  await Promise.all(orders.map((order) => heardOfAll(order).catch(note)));
  console.log(JSON.stringify({ ...result, orders: orders.length }));
  process.exit();
}

process.on('SIGUSR2', () => {
  isOver = true;
});

main().catch((error) => {
  console.error(error, result.problems);
  process.exit(1);
});
