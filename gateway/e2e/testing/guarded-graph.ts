import type { z } from 'zod';
import { gatewayConfig } from '../../src/config/gateway-config.ts';
import { type RunningGateway, startGateway } from '../../src/start-gateway.ts';
import { AUDIENCE, ISSUER, newKey, startFakeIssuer } from '../../src/testing/fake-issuer.ts';
import { type FakeSubgraph, startFakeSubgraph } from '../../src/testing/fake-subgraph.ts';
import { type Answer, compose } from '../../src/testing/test-gateway.ts';

const LINK = `extend schema @link(
  url: "https://specs.apollo.dev/federation/v2.9"
  import: ["@key", "@authenticated", "@requiresScopes", "@policy"]
)`;

const POSTS = [
  { __typename: 'PublicBlog', id: '1', title: 'Spring' },
  { __typename: 'PrivateBlog', id: '2', title: 'Diary' },
];
const ITEMS = [
  { __typename: 'Tool', id: 't1', label: 'Saw' },
  { __typename: 'Weapon', id: 'w1', label: 'Bow' },
];

/** Has everything that a security directive can be on. */
export const startGuarded = (): Promise<FakeSubgraph> =>
  startFakeSubgraph({
    name: 'guarded',
    sdl: `${LINK}
      type Query {
        open: String
        me: User
        article: Article
        articles: [Article!]!
        posts: [Post!]!
        results: [Result]
        items: [Item]
        token: Secret
        level: Level
        levels: [Level!]!
        audit: [Audit] @policy(policies: [["admin"]])
        either: String @requiresScopes(scopes: [["a", "b"], ["c"]])
        unknown: String @policy(policies: [["not-configured"]])
        both: String @authenticated @requiresScopes(scopes: [["c"]])
        needed: String! @authenticated
        self: Query
      }
      type Mutation { knock: String enter: String @authenticated publish: Post }
      type User @key(fields: "id") @authenticated { id: ID! name: String }
      type Article { title: String views: Int @authenticated code: ID! @authenticated author: Author }
      type Author @key(fields: "id") { id: ID! }
      interface Post { id: ID! title: String! }
      type PublicBlog implements Post { id: ID! title: String! }
      type PrivateBlog implements Post @authenticated { id: ID! title: String! }
      union Result = PublicBlog | PrivateBlog
      interface Item { id: ID label: String }
      type Tool implements Item { id: ID label: String }
      type Weapon implements Item { id: ID @authenticated label: String }
      scalar Secret @authenticated
      enum Level @requiresScopes(scopes: [["read:level"]]) { LOW HIGH }
      type Audit { line: String }`,
    resolvers: {
      Query: {
        open: () => 'open',
        me: () => ({ id: 'u1', name: 'Ada' }),
        article: () => ({ title: 'Bees', views: 7, code: 'x', author: { id: 'a1' } }),
        articles: () => [
          { title: 'Bees', views: 7, code: 'x', author: { id: 'a1' } },
          { title: 'Ants', views: 8, code: 'y', author: { id: 'a2' } },
        ],
        posts: () => POSTS,
        results: () => POSTS,
        items: () => ITEMS,
        token: () => 'hunter2',
        level: () => 'HIGH',
        levels: () => ['LOW'],
        audit: () => [{ line: 'audited' }],
        either: () => 'either',
        unknown: () => 'unknown',
        both: () => 'both',
        needed: () => 'needed',
        self: () => ({}),
      },
      Mutation: { knock: () => 'knocked', enter: () => 'entered', publish: () => POSTS[1] },
    },
  });

/** Knows of authors what the other one does not. */
export const startAuthors = (): Promise<FakeSubgraph> =>
  startFakeSubgraph({
    name: 'authors',
    sdl: `${LINK}
      type Query { authors: [Author] }
      type Author @key(fields: "id") {
        id: ID!
        name: String
        email: String @requiresScopes(scopes: [["read:email"]])
      }`,
    resolvers: {
      Query: { authors: () => [{ id: 'a1' }] },
      Author: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        name: ({ id }: { id: string }) => `Name of ${id}`,
        email: ({ id }: { id: string }) => `${id}@example.com`,
      },
    },
  });

export const CALLERS = {
  anonymous: undefined,
  user: { sub: 'user' },
  other: { sub: 'other' },
  reader: { sub: 'reader', scope: 'read:email read:level' },
  scoped: { sub: 'scoped', scp: ['c'] },
  admin: { sub: 'admin', roles: ['admin'] },
};
export type Caller = keyof typeof CALLERS;

export interface GuardedGateway extends AsyncDisposable {
  readonly running: RunningGateway;
  readonly logLines: string[];
  /** What subgraphs were asked since the last call, as `name query`. */
  asked(): string[];
  ask(caller: Caller, query: string, variables?: object): Promise<Answer>;
}

/** A gateway over that graph, with an issuer that knows the callers. */
export async function startGuardedGateway(config: z.input<typeof gatewayConfig> = {}): Promise<GuardedGateway> {
  const key = await newKey('k1');
  const [guarded, authors, issuer] = await Promise.all([startGuarded(), startAuthors(), startFakeIssuer([key])]);
  const logLines: string[] = [];
  const running = await startGateway(
    gatewayConfig.parse({
      server: { host: '127.0.0.1', port: 0 },
      admin: { host: '127.0.0.1', port: 0 },
      log: { level: 'debug' },
      identity: { issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }] },
      authorization: { policies: { admin: { roles: ['admin'] } } },
      ...config,
    }),
    {
      supergraphSdl: compose([guarded, authors]),
      logDestination: { write: (line) => logLines.push(line) },
      processMetrics: false,
    },
  );
  const tokens = new Map<Caller, string>();
  const tokenOf = async (caller: Caller) => {
    const token = tokens.get(caller) ?? (await key.sign(CALLERS[caller]));
    tokens.set(caller, token);
    return token;
  };
  return {
    running,
    logLines,
    asked: () =>
      [guarded, authors].flatMap(({ name, requests }) =>
        requests.splice(0).map(({ body }) => `${name} ${body.query} ${JSON.stringify(body.variables ?? {})}`),
      ),
    async ask(caller, query, variables = {}) {
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      if (caller !== 'anonymous') headers.authorization = `Bearer ${await tokenOf(caller)}`;
      const response = await fetch(`${running.url}/graphql`, {
        method: 'POST',
        headers: { accept: 'application/graphql-response+json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      const body = (await response.json()) as Omit<Answer, 'status' | 'headers'>;
      return { status: response.status, headers: response.headers, ...body };
    },
    async [Symbol.asyncDispose]() {
      await running.stop();
      await Promise.all([guarded.close(), authors.close(), issuer[Symbol.asyncDispose]()]);
    },
  };
}
