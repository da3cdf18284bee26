import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { newId } from '@tributary/service-kit';
import { loadLocalSecrets } from '../local-secrets.ts';
import { ACCESS_TOKEN, CANARY, CARD_TOKEN, EMAIL, PASSWORD } from './canary.ts';
import type { PopulatedGraph } from './populated-graph.ts';
import { type OpenApi, restRequests } from './rest-requests.ts';
import { type Talk, talk } from './talk.ts';
import { VIEWERS } from './viewers.ts';

const VERSIONS = ['v1', 'v2'];

export const servicesOf = ({ graph }: PopulatedGraph) => [graph.gateway, ...graph.subgraphs.values()];

/** Where no operation is understood: other paths, headers, methods and bodies, at every port. */
export async function knockOnEveryDoor(populated: PopulatedGraph): Promise<void> {
  const headers = {
    authorization: `Bearer ${ACCESS_TOKEN}`,
    cookie: `session=${CANARY}`,
    'content-type': 'application/json',
    'apollographql-client-name': EMAIL,
    'apollographql-client-version': `1.0.0 ${CANARY}`,
    'idempotency-key': CANARY,
    baggage: `user=${CANARY}`,
    traceparent: CANARY,
    b3: CANARY,
    tracestate: `vendor=${CANARY}`,
    'x-query-plan': CANARY,
  };
  const bodies = [
    `{"query":"{ me { id } }","variables":{"x":"${CANARY}"`,
    `{"query":"{ me { id ${CANARY}(x: \\"${PASSWORD}\\") } }"}`,
    `{"query":"{ me { id } } \\"${PASSWORD}","operationName":"${EMAIL}"}`,
    `{"query":"{ __typename }","variables":"${CANARY}","extensions":{"x":"${CANARY}"}}`,
    `${CANARY}=${PASSWORD}`,
    `[{"query":"{ me { ${CANARY} } }"},{"query":"${CANARY}"}]`,
    // Whoever sends it is told the name of a member that there is not; nobody else is.
    `{"${CANARY}":"${CANARY}"}`,
    `{"documentId":"${CANARY}"}`,
    `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"${CANARY}"}}}`,
  ];
  const paths = [
    '/graphql',
    '/v1/graphql',
    '/v1/orders',
    `/v1/${CANARY}`,
    `/${CANARY}`,
    `/media/${CANARY}`,
    '/webhooks/payments',
    `/unsubscribe?token=${CANARY}`,
    `/%${CANARY}`,
  ];
  for (const service of servicesOf(populated)) {
    for (const url of [service.url, service.adminUrl]) {
      for (const path of paths) {
        await fetch(`${url}${path}${path.includes('?') ? '&' : '?'}variables=${CANARY}&query={me{id}}`, { headers });
        for (const body of bodies) await fetch(`${url}${path}`, { method: 'POST', headers, body });
      }
      await sendRaw(url, `GET /${CANARY} HTTP/1.1\r\n${CANARY}\r\n\r\n`);
      await sendRaw(url, `${CANARY} /${CANARY} HTTP/1.1\r\nhost: ${CANARY}\r\n\r\n`);
    }
    await fetch(`${service.adminUrl}/log/level`, { method: 'PUT', headers, body: `{"level":"${CANARY}"}` });
  }
}

const sendRaw = (url: string, text: string) =>
  new Promise<void>((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.end(text));
    socket.once('error', () => resolve());
    socket.once('close', () => resolve());
    socket.resume();
  });

const INIT = { type: 'connection_init' };
const ASKED = { query: `query ${CANARY} { me { id ${CANARY}(x: "${PASSWORD}") } }`, operationName: EMAIL };
const FOLLOWED = {
  ...{ query: 'subscription ($id: ID!) { orderUpdated(id: $id) { id } }', variables: { id: EMAIL } },
  extensions: { lastEventId: CANARY, traceparent: CANARY },
};
const subscribe = (payload: object) => ({ id: CANARY, type: 'subscribe', payload });

const TALKS: readonly Talk[] = [
  { opening: [{ ...INIT, payload: { authorization: `Bearer ${ACCESS_TOKEN}` } }] },
  { opening: [{ ...INIT, payload: { headers: { authorization: CANARY, 'x-api-version': CANARY } } }] },
  {
    opening: [{ ...INIT, payload: { 'apollographql-client-name': EMAIL, canary: CANARY, [CANARY]: CARD_TOKEN } }],
    messages: [subscribe(ASKED)],
  },
  { opening: [INIT], messages: [subscribe(FOLLOWED)] },
  {
    opening: [INIT],
    messages: [
      { id: CANARY, type: 'complete' },
      { type: 'ping', payload: { [CANARY]: EMAIL } },
    ],
  },
  // What closes it, each with a code of its own.
  { opening: [INIT], messages: [{ ...subscribe(ASKED), id: `${CANARY}`.repeat(100) }] },
  { opening: [INIT, INIT] },
  { opening: [subscribe(ASKED)] },
  { opening: [{ type: CANARY }] },
  { opening: [CANARY] },
  { opening: [], protocol: `graphql-${CANARY}` },
];

/** Whatever may be wrong on a WebSocket. Gives the codes by which they ended. */
export async function knockOnWebSockets(url: string): Promise<number[]> {
  const ended = await Promise.all(TALKS.map((each) => talk(url, each)));
  return ended.map(({ code }) => code);
}

/** Reports that the payment provider has signed, and that nobody can make sense of. Gives their statuses. */
export async function reportAsProvider({ dataFolder, graph }: PopulatedGraph): Promise<number[]> {
  const secret = loadLocalSecrets(dataFolder).secret('payments.webhooks');
  const bodies = [
    `{"id":"${CARD_TOKEN}`,
    JSON.stringify({ id: CANARY, type: 'payment.captured', data: { paymentId: CARD_TOKEN } }),
    JSON.stringify({ id: newId(), type: CANARY, data: EMAIL }),
    JSON.stringify({ id: newId(), type: 'payment.declined', data: { paymentId: newId(), reason: CARD_TOKEN } }),
  ];
  const reported = bodies.map(async (body) => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
    const headers = { 'content-type': 'application/json', 'payment-signature': `t=${timestamp},v1=${signature}` };
    return fetch(`${graph.gateway.url}/webhooks/payments`, { method: 'POST', headers, body });
  });
  return (await Promise.all(reported)).map(({ status }) => status);
}

/** Every route of the REST API, by everybody. Gives what is refused. */
export async function askRest({ graph, headersOf, things }: PopulatedGraph): Promise<string[]> {
  const ids = { orders: things.order, users: things.user, products: things.product };
  const refusals: string[] = [];
  for (const version of VERSIONS) {
    const base = `${graph.gateway.url}/${version}`;
    const document = (await (await fetch(`${base}/openapi.json`)).json()) as OpenApi;
    const requests = [EMAIL, CARD_TOKEN].flatMap((text) => restRequests(document, { text, ids }));
    for (const viewer of VIEWERS) {
      for (const { method, path, headers, body = null } of requests) {
        const response = await fetch(base + path, { method, headers: { ...headers, ...headersOf[viewer] }, body });
        const text = await response.text();
        if (!response.ok) refusals.push(text);
      }
    }
  }
  return refusals;
}
