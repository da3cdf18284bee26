import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gatewayConfig, type RunningGateway, startGateway } from '@tributary/gateway';
import {
  createServiceIdentityIssuer,
  generateServiceKeyPair,
  type ServiceIdentityIssuer,
  type ServiceKeyPair,
} from '@tributary/service-kit';
import { openPglite, startTestSubgraph } from '@tributary/service-kit/testing';
import { buildASTSchema, type GraphQLSchema, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSubgraphs, type SubgraphPackage } from './find-subgraphs.ts';
import { calls, subgraphSettings } from './subgraph-settings.ts';
import { type Misspelling, misspellings, names } from './testing/misspelt.ts';

const SUPERGRAPH = fileURLToPath(new URL('../../schema/supergraph.graphql', import.meta.url));
const SECRET = 'x'.repeat(64);
const AT_ONCE = 8;

interface Answer {
  status: number;
  text: string;
  messages: string[];
}

/** Asks one port as somebody whom it answers. */
interface Port {
  schema: GraphQLSchema;
  ask(query: string, variables?: object, headers?: Record<string, string>): Promise<Answer>;
}

/** The whole graph as a deployment has it: nobody has switched introspection on. */
describe('Introspection, suggestions: off in production', () => {
  const parts = new AsyncDisposableStack();
  const ports = new Map<string, Port>();
  beforeAll(async () => {
    const [keys, database, packages] = await Promise.all([
      generateServiceKeyPair('gateway'),
      openPglite(),
      findSubgraphs(),
    ]);
    parts.use(database);
    const issuer = await createServiceIdentityIssuer('gateway', keys.privateKey);
    const started = packages.map(async (each) => {
      const running = parts.use(
        await startTestSubgraph(each.subgraph, { database, config: await configOf(each, keys) }),
      );
      ports.set(running.name, await subgraphPort(running, issuer));
      return [running.name, { url: `${running.url}/graphql` }] as const;
    });
    const urls = Object.fromEntries(await Promise.all(started));
    const gateway = await startQuietGateway(keys, urls);
    parts.defer(() => gateway.stop());
    ports.set('gateway', { schema: schemaOf(readFileSync(SUPERGRAPH, 'utf8')), ask: asker(gateway.url) });
  });
  afterAll(() => parts.disposeAsync());

  const at = (name: string) => ports.get(name) ?? expect.fail(`nothing is started as ${name}`);
  const NAMES = ['gateway', 'inventory', 'notifications', 'orders', 'payments', 'users'];

  it('at the gateway and at every subgraph’s port', () => {
    expect([...ports.keys()].sort()).toEqual(NAMES);
  });

  it.each(NAMES)('at %s introspection is refused, and a good query is not', async (name) => {
    const { ask } = at(name);
    expect(await ask('{ __typename }')).toMatchObject({ status: 200, messages: [] });
    for (const query of [
      '{ __schema { types { name } } }',
      '{ __type(name: "User") { name } }',
      '{ __typename ...hidden } fragment hidden on Query { s: __schema { queryType { name } } }',
      'query ($on: Boolean = false) { __schema @include(if: $on) { directives { name } } }',
      'mutation { __schema { types { name } } }',
    ]) {
      const { status, text, messages } = await ask(query);
      expect([query, status, messages.length > 0]).toEqual([query, expect.any(Number), true]);
      expect(text).not.toMatch(/"data":\{|"__schema":|"types":|"name":/);
    }
  });

  it.each(NAMES)('at %s no name is suggested to who misspells it', async (name) => {
    const { ask, schema } = at(name);
    const all = misspellings(schema);
    expect(new Set(all.map(({ what }) => what))).toEqual(
      new Set(['field', 'argument', 'enum value', 'input field', 'type', 'variable', 'type of a variable']),
    );
    const told: string[] = [];
    const next = all.values();
    const client = async () => {
      for (const each of next) told.push(...(await leakOf(each, ask)));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    console.info(`${name}: ${all.length} misspellings`);
    expect(told).toEqual([]);
  });

  it.each(NAMES.slice(1))('at %s nobody without an identity learns anything', async (name) => {
    const { ask } = at(name);
    for (const query of ['{ _service { sdl } }', '{ _entities(representations: []) { __typename } }', '{ nothing }']) {
      const answer = await ask(query, {}, { authorization: '' });
      expect(answer).toMatchObject({ status: 401, messages: [expect.any(String)] });
      expect(answer.text).not.toMatch(/data|sdl|nothing|Query/);
    }
  });
});

/** What of the answer should not be in it. */
async function leakOf({ what, right, query, variables }: Misspelling, ask: Port['ask']): Promise<string[]> {
  const { status, text, messages } = await ask(query, variables);
  const isRefused = status === 400 && messages.length > 0;
  const isTold = /did you mean/i.test(text) || messages.some((message) => names(message, right));
  return isRefused && !isTold ? [] : [`${what} ${right}: ${query} ${JSON.stringify(variables)}: ${status} ${text}`];
}

/** What each cannot do without; all else by default. */
async function configOf({ subgraph: { name } }: SubgraphPackage, gateway: ServiceKeyPair) {
  const facts = {
    secret: () => SECRET,
    endpointOf: () => 'http://127.0.0.1:9/graphql',
    publicUrl: 'http://127.0.0.1:9',
    standInUrl: 'http://127.0.0.1:9',
  };
  const own = name in calls ? { key: JSON.stringify((await generateServiceKeyPair(name)).privateKey) } : {};
  return { ...subgraphSettings[name]?.(facts), identity: { ...own, trusted: { gateway: gateway.publicKeys } } };
}

function startQuietGateway(keys: ServiceKeyPair, subgraphs: Record<string, { url: string }>): Promise<RunningGateway> {
  const config = gatewayConfig.parse({
    server: { host: '127.0.0.1', port: 0 },
    admin: { host: '127.0.0.1', port: 0 },
    log: { level: 'silent' },
    supergraph: SUPERGRAPH,
    identity: { key: JSON.stringify(keys.privateKey) },
    // This asks faster than people.
    rateLimit: { exemptLoopback: true },
    subgraphs,
  });
  return startGateway(config, { processMetrics: false });
}

async function subgraphPort(
  { name, url }: { name: string; url: string },
  issuer: ServiceIdentityIssuer,
): Promise<Port> {
  const ask: Port['ask'] = async (query, variables, headers) =>
    asker(url)(query, variables, {
      authorization: `Bearer ${await issuer.issue(name, { kind: 'anonymous' })}`,
      ...headers,
    });
  const { text } = await ask('{ _service { sdl } }');
  return { ask, schema: schemaOf(JSON.parse(text).data._service.sdl) };
}

function asker(url: string): Port['ask'] {
  return async (query, variables = {}, headers = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    const { errors = [] } = JSON.parse(text) as { errors?: { message: string }[] };
    return { status: response.status, text, messages: errors.map(({ message }) => message) };
  };
}

/** Directives of federation are not defined in it. */
const schemaOf = (sdl: string) => buildASTSchema(parse(sdl), { assumeValid: true, assumeValidSDL: true });
