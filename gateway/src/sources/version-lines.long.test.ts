import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FakeSubgraph, startFakeSubgraph } from '../testing/fake-subgraph.ts';
import { gatewayProcess, npmProcess } from '../testing/gateway-process.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@composeDirective"])';
const USERS = `type Query { me: User }
  enum Plan { FREE PAID @since(major: 2) }
  type User @key(fields: "id") {
    id: ID!
    name: String @until(major: 1) @deprecated(reason: "Use displayName.")
      @sunset(on: "2027-06-30", replacement: "User.displayName", owner: "team-users")
    displayName(short: Boolean @since(major: 2)): String! @since(major: 2)
    plan: Plan
  }`;

let users: FakeSubgraph;
beforeAll(async () => {
  const resolvers = { Query: { me: () => ({ id: '1', name: 'Ada', displayName: 'Ada L.', plan: 'PAID' }) } };
  users = await startFakeSubgraph({ name: 'users', sdl: await withLines(USERS), resolvers });
});
afterAll(() => users.close());

/** With the directives as `graph line --help` prints them. */
async function withLines(sdl: string): Promise<string> {
  await using help = npmProcess('graph', 'line', '--help');
  await help.ended;
  return `${LINK}\n${sdl}\n${help.output().slice(help.output().indexOf('extend schema'))}`;
}

it('a gateway boots on a supergraph whose elements belong to version lines', { timeout: 60_000 }, async () => {
  const root = mkdtempSync(join(tmpdir(), 'tributary-lines-'));
  mkdirSync(join(root, 'subgraphs/users'), { recursive: true });
  writeFileSync(join(root, 'subgraphs/users/config.yaml'), `server: { port: ${new URL(users.url).port} }`);
  writeFileSync(join(root, 'subgraphs/users/schema.graphql'), await withLines(USERS));
  writeFileSync(join(root, 'gateway.yaml'), '{ server: { host: 127.0.0.1 }, admin: { host: 127.0.0.1 } }');
  await using graph = npmProcess('graph', 'compose', '--root', root);
  expect(await graph.ended, graph.output()).toBe(0);
  const supergraph = join(root, 'schema/supergraph.graphql');
  await using cut = npmProcess('graph', 'line', 'cut', '2', '--root', root);
  expect(await cut.ended, cut.output()).toBe(0);
  expect(cut.output()).toContain('displayName(short: Boolean): String!');
  expect(cut.output()).not.toContain('name: String');

  await using gateway = gatewayProcess(
    '--supergraph',
    supergraph,
    '--config',
    join(root, 'gateway.yaml'),
    '--port',
    '0',
  );
  const { url } = await gateway.ready();
  const body = JSON.stringify({ query: '{ me { name displayName(short: true) plan } }' });
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(await response.json()).toEqual({ data: { me: { name: 'Ada', displayName: 'Ada L.', plan: 'PAID' } } });
  rmSync(root, { recursive: true });
});
