import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewayConfig } from '../src/config/gateway-config.ts';
import { startGateway } from '../src/start-gateway.ts';
import {
  AUDIENCE,
  type FakeIssuer,
  ISSUER,
  type IssuerKey,
  newKey,
  startFakeIssuer,
} from '../src/testing/fake-issuer.ts';
import { type FakeSubgraph, startFakeSubgraph } from '../src/testing/fake-subgraph.ts';
import { compose } from '../src/testing/test-gateway.ts';

/** In each of so many subgraphs there is a way on: what is nested takes long to plan. */
const SUBGRAPHS = 12;
const FLOODING = '203.0.113.7';
/** More than may wait for a plan at all. */
const UNDER_WAY = 300;

const startNodes = (index: number): Promise<FakeSubgraph> =>
  startFakeSubgraph({
    name: `s${index}`,
    sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
      type Query { node: Node @shareable }
      ${index === 0 ? 'type Mutation { touch: Node }' : ''}
      type Node @key(fields: "id") { id: ID! @shareable next: Node @shareable f${index}: Int }`,
    resolvers: {
      Query: { node: () => ({ id: '1' }) },
      ...(index === 0 ? { Mutation: { touch: () => ({ id: '1' }) } } : {}),
      Node: { __resolveReference: (node: object) => node, next: () => ({ id: '1' }), [`f${index}`]: () => index },
    },
  });

/** Each number selects something else, for which there is no plan yet. Nothing of it is fetched. */
function selection(number: number, levels: number): string {
  const digits = Array.from({ length: levels }, (_, level) => Math.floor(number / SUBGRAPHS ** level) % SUBGRAPHS);
  return digits.reduce((below, digit) => `f${digit} next { ${below} }`, 'id');
}

/** With mutations the planner has more to choose from. */
const FLOODS = {
  queries: (number: number) => `query ($no: Boolean = false) { node @include(if: $no) { ${selection(number, 8)} } }`,
  mutations: (number: number) =>
    `mutation ($no: Boolean = false) { touch @include(if: $no) { ${selection(number, 3)} } }`,
};

/** Of its operations, the first is planned before it is asked for. */
const TRUSTED = 'query First { node { f1 } } query Second { node { f1 f2 } }';

describe('Overload: of the planner', () => {
  let folder: string;
  let key: IssuerKey;
  let issuer: FakeIssuer;
  let subgraphs: FakeSubgraph[];
  beforeAll(async () => {
    key = await newKey('k1');
    issuer = await startFakeIssuer([key]);
    subgraphs = await Promise.all(Array.from({ length: SUBGRAPHS }, (_, index) => startNodes(index)));
    folder = await mkdtemp(join(tmpdir(), 'planning-overload-'));
    await mkdir(join(folder, 'shop'));
    await writeFile(join(folder, 'shop', 'nodes.graphql'), TRUSTED);
  });
  afterAll(async () => {
    await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
    await Promise.all([issuer[Symbol.asyncDispose](), rm(folder, { recursive: true })]);
  });

  async function start() {
    const lines: { shed?: string; [key: string]: unknown }[] = [];
    const gateway = await startGateway(
      gatewayConfig.parse({
        server: { host: '127.0.0.1', port: 0, trustedProxies: ['127.0.0.1'] },
        admin: { host: '127.0.0.1', port: 0 },
        identity: { issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }] },
        persistedDocuments: { folder },
        rateLimit: { enabled: false },
        deadline: '5s',
      }),
      {
        supergraphSdl: compose(subgraphs),
        logDestination: { write: (line) => lines.push(JSON.parse(line)) },
        processMetrics: false,
      },
    );
    const ask = async (query: string, headers: Record<string, string>, operationName?: string) => {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
        body: JSON.stringify({ query, operationName }),
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    };
    return { gateway, ask, lines, [Symbol.asyncDispose]: () => gateway.stop() };
  }

  /** Asks for so much at once from one address, and for more when that is answered; until it is told to stop. */
  function flood({ ask }: Awaited<ReturnType<typeof start>>, text: (number: number) => string) {
    const shed: Awaited<ReturnType<typeof ask>>[] = [];
    let isOver = false;
    const askOn = async (first: number) => {
      for (let number = first; !isOver; number += UNDER_WAY) {
        const answer = await ask(text(number), { 'x-forwarded-for': FLOODING });
        if (answer.status !== 503) continue;
        shed.push(answer);
        return;
      }
    };
    const asked = Promise.all(Array.from({ length: UNDER_WAY }, (_, first) => askOn(first)));
    return {
      shed,
      async [Symbol.asyncDispose]() {
        isOver = true;
        await asked;
      },
    };
  }

  it.each([
    ['queries', 'low'],
    ['mutations', 'high'],
  ] as const)(
    'who floods it with distinct %s is shed; a mutation, a trusted document and strangers get their plans',
    async (kind, priority) => {
      await using started = await start();
      const { gateway, ask, lines } = started;
      await using flooding = flood(started, FLOODS[kind]);
      const refused = await until('a refusal', () => flooding.shed[0]);
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(refused.body).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] });
      expect(lines.find(({ shed }) => shed !== undefined)).toMatchObject({ shed: 'planner', status: '503' });

      const [from, elsewhere] = [{ 'x-forwarded-for': FLOODING }, { 'x-forwarded-for': '203.0.113.8' }];
      const signedIn = { ...from, authorization: `Bearer ${await key.sign()}` };
      expect(await ask('mutation { touch { f3 f4 } }', signedIn)).toMatchObject({
        status: 200,
        body: { data: { touch: { f3: 3, f4: 4 } } },
      });
      expect(await ask(TRUSTED, from, 'Second')).toMatchObject({
        status: 200,
        body: { data: { node: { f1: 1, f2: 2 } } },
      });
      expect(await ask('{ node { f5 f6 } }', elsewhere)).toMatchObject({
        status: 200,
        body: { data: { node: { f5: 5, f6: 6 } } },
      });

      const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
      expect(text).toMatch(new RegExp(`gateway_requests_shed_total{priority="${priority}"[^}]*} [1-9]`));
      expect(text).toMatch(/query_plan_duration_seconds_count{[^}]*outcome="overloaded"[^}]*} [1-9]/);
    },
  );
});
