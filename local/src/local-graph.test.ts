import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServiceIdentityIssuer, currentTraceparent, hashedId, newId } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadLocalSecrets } from './local-secrets.ts';
import { type RunningLocal, startLocal } from './start-local.ts';
import { type Ask, graphClient, signIn } from './testing/graph-client.ts';

const PORT = 14_200;
const data = mkdtempSync(join(tmpdir(), 'tributary-graph-'));
const DOCUMENTS = new URL('../../schema/documents/storefront/', import.meta.url);
const SUBGRAPHS = ['inventory', 'notifications', 'orders', 'payments', 'users'];
const ADDRESS = { recipient: 'Ada', line1: 'Street 1', postalCode: '10115', city: 'Berlin', country: 'DE' };

/** By which a service that trusts its network would take a caller for an administrator, or for the gateway. */
const SPOOFED = {
  'x-user-id': 'admin',
  'x-user-roles': 'admin',
  'x-forwarded-user': 'admin',
  'x-forwarded-client-cert':
    'By=spiffe://cluster.local/ns/default/sa/users;URI=spiffe://cluster.local/ns/default/sa/gateway',
};

const newTraceId = () => newId().replaceAll('-', '');
const traceHeader = (traceId: string) => ({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` });

interface LogLine {
  service: string;
  message: string;
  trace_id?: string;
  event_type?: string;
}

describe('the whole graph', () => {
  const lines: LogLine[] = [];
  let graph: RunningLocal;
  let ask: Ask;
  let ada: { authorization: string };

  beforeAll(async () => {
    graph = await startLocal(
      { dataFolder: data, fresh: false, port: PORT, logLevel: 'info', ports: 'free' },
      { logDestination: { write: (line) => lines.push(JSON.parse(line)) } },
    );
    ask = graphClient(graph.gateway.url);
    ada = await signIn(ask, 'ada@example.com', 'tributary-demo-1');
  });
  afterAll(async () => {
    await graph.stop();
    rmSync(data, { recursive: true });
  });

  it('lets caches keep what everybody sees of the catalogue, and nothing of anybody', async () => {
    const cacheControlOf = async (query: string, headers = {}) => {
      const response = await fetch(`${graph.gateway.url}/graphql?query=${encodeURIComponent(query)}`, { headers });
      expect(await response.json()).not.toHaveProperty('errors');
      return response.headers.get('cache-control');
    };
    const shelf =
      '{ products(first: 2) { nodes { name price { amountMinor } images { url } } pageInfo { hasNextPage } } }';
    expect(await cacheControlOf(shelf)).toBe('max-age=10, public');
    expect(await cacheControlOf(shelf, ada)).toBe('max-age=10, private');
    expect(await cacheControlOf('{ categories { name } }')).toBe('max-age=60, public');
    expect(await cacheControlOf('{ me { email } categories { name } }', ada)).toBe('no-store');
    const stock = '{ products(first: 1) { nodes { stock { onHand } } } }';
    const admin = await signIn(ask, 'admin@example.com', 'tributary-demo-3');
    expect(await cacheControlOf(stock, admin)).toBe('no-store');
    const denied = await fetch(`${graph.gateway.url}/graphql?query=${encodeURIComponent(stock)}`);
    expect(denied.headers.get('cache-control')).toBe('no-store');
    expect(await denied.json()).toMatchObject({
      data: { products: { nodes: [{ stock: null }] } },
      errors: [{ path: ['products', 'nodes', 0, 'stock'], extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } }],
    });
  });

  it('answers in two versions from one supergraph, and in the older one where none is named', async () => {
    const inVersion = (major: number) => graphClient(`${graph.gateway.url}/v${major}`);
    const known = (name: string) => readFileSync(new URL(`${name}.graphql`, DOCUMENTS), 'utf8');
    const orders = known('my-orders');
    const first = await inVersion(1)(orders, {}, ada);
    expect(first.data.me).toEqual({ name: expect.any(String), orders: expect.any(Object) });
    expect(await inVersion(2)(orders, {}, ada)).toEqual(first);

    const shelf = known('browse-products');
    const old = await inVersion(1)(shelf, { first: 3 });
    expect(await ask(shelf, { first: 3 })).toEqual(old);
    const refused = await inVersion(2)(shelf, { first: 3 });
    expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(['GRAPHQL_VALIDATION_FAILED']);

    const now = '{ products(first: 3) { nodes { availability { inStock quantity } } } categories(first: 1) { name } }';
    const { data: shown } = await inVersion(2)(now);
    expect(shown.categories).toHaveLength(1);
    expect(shown.products.nodes.map(({ availability }: { availability: object }) => availability)).toEqual(
      old.data.products.nodes.map(({ inStock }: { inStock: boolean }) => ({ inStock, quantity: expect.any(Number) })),
    );
    expect((await inVersion(1)(now)).errors).toHaveLength(2);
    expect((await inVersion(3)(now)).status).toBe(404);
  });

  it('says in each line of an operation whose it is, in every service that it is asked of', async () => {
    const traceId = newTraceId();
    const headers = { ...ada, ...traceHeader(traceId), 'apollographql-client-name': 'storefront' };
    const operation = 'query Overview { me { id unreadNotificationCount } products(first: 1) { nodes { id } } }';
    const { data: read } = await ask(operation, {}, headers);
    const names = { operation: 'Overview', operation_type: 'query', client: 'storefront', line: '1' };
    const own = () => lines.filter((line) => line.trace_id === traceId && line.message === 'request');
    await until('the line of each', () => new Set(own().map(({ service }) => service)).size === 4);
    for (const line of own()) expect(line).toMatchObject({ ...names, user: hashedId(read.me.id) });
  });

  async function placeOrder(headers: Record<string, string>): Promise<string> {
    const { data: found } = await ask(
      '{ products(first: 2, filter: { inStock: true }) { nodes { id } } paymentMethods { id } }',
      {},
      headers,
    );
    for (const { id } of found.products.nodes) {
      await ask(
        'mutation ($input: AddToCartInput!) { addToCart(input: $input) { errors { __typename } } }',
        { input: { productId: id, quantity: 1 } },
        headers,
      );
    }
    const { data: placed } = await ask(
      'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } errors { __typename } } }',
      {
        input: { idempotencyKey: newId(), paymentMethodId: found.paymentMethods[0].id, shippingAddress: ADDRESS },
      },
      headers,
    );
    expect(placed.placeOrder.errors).toEqual([]);
    return placed.placeOrder.order.id;
  }

  const isPaid = async (id: string) => {
    const { data: read } = await ask('query ($id: ID!) { order(id: $id) { status } }', { id }, ada);
    return read.order.status === 'PAID';
  };

  it('asks each subgraph for 20 orders with all that belongs to them in two statements at most', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 20; count++) ids.push(await placeOrder(ada));
    for (const id of ids) await until(`order ${id} to be paid`, () => isPaid(id));

    const statements = new Map(SUBGRAPHS.map((name) => [name, [] as string[]]));
    const traceId = newTraceId();
    const stops = [...graph.subgraphs.values()].map(({ database }) =>
      // Consumers and workers are still busy with the orders, each in a trace of its own.
      database.onStatement(({ service, sql }) => {
        if (currentTraceparent()?.includes(traceId)) statements.get(service)?.push(sql);
      }),
    );
    const answer = await ask(
      `{ orders(first: 20) { nodes {
          number status total { amountMinor }
          lines { quantity product { sku name price { amountMinor } } }
          customer { name email }
          payments { status amount { amountMinor } }
      } } }`,
      {},
      { ...ada, ...traceHeader(traceId) },
    );
    for (const stop of stops) stop();
    expect(answer.errors).toBeUndefined();
    expect(answer.data.orders.nodes).toHaveLength(20);
    for (const order of answer.data.orders.nodes) {
      expect(order).toMatchObject({ status: 'PAID', customer: { name: 'Ada Lovelace' } });
      expect(order.lines.map((line: { product: { name: string } }) => typeof line.product.name)).toEqual([
        'string',
        'string',
      ]);
      expect(order.payments).toEqual([{ status: 'CAPTURED', amount: { amountMinor: order.total.amountMinor } }]);
    }
    const counts = Object.fromEntries([...statements].map(([name, list]) => [name, list.length]));
    expect(counts).toEqual({ inventory: 1, notifications: 0, orders: 2, payments: 1, users: 1 });
  });

  it.each(SUBGRAPHS)(
    'Direct call to a subgraph, spoofed headers: %s answers nobody who has no token for it',
    async (name) => {
      const { url } = graph.subgraphs.get(name) ?? { url: '' };
      const secrets = loadLocalSecrets(data);
      const gateway = await createServiceIdentityIssuer('gateway', (await secrets.keysOf('gateway')).privateKey);
      const other = SUBGRAPHS.find((candidate) => candidate !== name) ?? '';
      const tokens = {
        nothing: undefined,
        'the access token of a client': ada.authorization,
        'a token for another subgraph': `Bearer ${await gateway.issue(other, { kind: 'anonymous' })}`,
      };
      const queries = ['{ _service { sdl } }', '{ _entities(representations: []) { __typename } }', '{ __typename }'];
      for (const [what, authorization] of Object.entries(tokens)) {
        for (const query of queries) {
          const response = await fetch(`${url}/graphql`, {
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              ...SPOOFED,
              ...(authorization === undefined ? {} : { authorization }),
            },
            body: JSON.stringify({ query }),
          });
          expect(response.status, `${what} ${query}`).toBe(401);
          expect(await response.json()).toMatchObject({
            errors: [{ extensions: { code: 'SERVICE_IDENTITY_REQUIRED' } }],
          });
        }
      }
      const right = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${await gateway.issue(name, { kind: 'anonymous' })}`,
        },
        body: JSON.stringify({ query: '{ __typename }' }),
      });
      expect(right.status).toBe(200);
    },
  );

  it('refuses an access token that was tampered with', async () => {
    const [header, payload, signature] = ada.authorization.split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, roles: ['admin'] })).toString('base64url');
    const answer = await ask('{ me { id } }', {}, { authorization: `${header}.${forged}.${signature}` });
    expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code: 'TOKEN_INVALID' } }] });
  });

  it('carries one trace id from the request through every service to the consumers of its events', async () => {
    const traceId = newTraceId();
    const id = await placeOrder({ ...ada, ...traceHeader(traceId) });
    await until('the order to be paid', () => isPaid(id));
    const traced = () => lines.filter((line) => line.trace_id === traceId);
    const handled = (service: string, type: string) =>
      traced().some((line) => line.service === service && line.message === 'event' && line.event_type === type);
    await until('the last consumer', () => handled('notifications', 'orders.order.confirmed.v1'));
    const answered = () =>
      new Set(
        traced()
          .filter((line) => line.message === 'request')
          .map((line) => line.service),
      );
    // Who sends the e-mail asks users for the address.
    await until('the e-mail', () => answered().has('users'));
    expect(answered()).toEqual(new Set(['gateway', 'inventory', 'orders', 'payments', 'sandbox-provider', 'users']));
    for (const [service, type] of [
      ['inventory', 'orders.reservation.requested.v1'],
      ['orders', 'inventory.stock.reserved.v1'],
      ['payments', 'orders.payment.requested.v1'],
      ['orders', 'payments.payment.captured.v1'],
      ['notifications', 'orders.order.placed.v1'],
    ] as const) {
      expect(handled(service, type), `${service} ${type}`).toBe(true);
    }
  });
});
