import { composeServices } from '@apollo/composition';
import { LINES_SDL } from '@tributary/service-kit/sdl';
import { parse } from 'graphql';
import { type FakeSubgraph, startFakeSubgraph } from '../../src/testing/fake-subgraph.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@composeDirective"])';

/** Majors 1 and 2: a name and a place that changed, an argument, an enum value and a member of a union that are new. */
const USERS = `${LINK}
  ${LINES_SDL}
  type Query {
    me: User!
    myself: User! @deprecated(reason: "Use me.") @sunset(on: "2027-07-31", replacement: "Query.me", owner: "team-users")
    found: Found
    many: Many!
    favourites(limit: Int = 2 @since(major: 2)): [User!]!
  }
  enum Plan { FREE PAID @since(major: 2) }
  type Team @since(major: 2) { title: String! }
  union Found = User | Team
  type Address @until(major: 1) { text: String! }
  type Place @since(major: 2) { city: String! }
  enum ChangeKind { OLD @deprecated(reason: "Use NEW.") NEW }
  input Change {
    name: String @until(major: 1)
    displayName: String @since(major: 2)
    note: String @deprecated(reason: "Nobody reads it.")
    kind: ChangeKind
  }
  type Many { ${Array.from({ length: 130 }, (_, at) => `old${at}: Int @deprecated(reason: "It is old.")`).join(' ')} }
  type Mutation { change(to: Change!): User! }
  type User @key(fields: "id") {
    id: ID!
    name: String! @until(major: 1) @deprecated(reason: "Use displayName.")
      @sunset(on: "2027-06-30", replacement: "User.displayName", owner: "team-users")
    displayName: String! @since(major: 2)
    address(short: Boolean @deprecated(reason: "It is always short.")): Address @until(major: 1)
    place: Place @since(major: 2)
    plan: Plan @deprecated(reason: "There are no plans.")
  }`;

const POSTS = `${LINK}
  type User @key(fields: "id") { id: ID! posts: [String!]! }`;

const ADA = {
  id: '1',
  name: 'Ada',
  displayName: 'Ada L.',
  address: { text: 'London' },
  place: { city: 'London' },
  plan: 'PAID',
};

export interface VersionedGraph extends AsyncDisposable {
  readonly supergraphSdl: string;
  readonly users: FakeSubgraph;
  readonly posts: FakeSubgraph;
}

/** A graph of which elements belong to majors, on loopback ports. */
export async function startVersionedGraph(): Promise<VersionedGraph> {
  const users = await startFakeSubgraph({
    name: 'users',
    sdl: USERS,
    resolvers: {
      Query: {
        me: () => ADA,
        myself: () => ADA,
        many: () => ({}),
        found: () => ({ __typename: 'Team', title: 'Us' }),
        favourites: (_: unknown, { limit }: { limit: number }) => [ADA, ADA, ADA].slice(0, limit),
      },
      Mutation: { change: () => ADA },
      User: { __resolveReference: () => ADA },
    },
  });
  const posts = await startFakeSubgraph({
    name: 'posts',
    sdl: POSTS,
    resolvers: { User: { __resolveReference: ({ id }: { id: string }) => ({ id }), posts: () => ['Notes'] } },
  });
  const { supergraphSdl, errors } = composeServices(
    [users, posts].map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? []);
  return {
    supergraphSdl,
    users,
    posts,
    async [Symbol.asyncDispose]() {
      await Promise.all([users.close(), posts.close()]);
    },
  };
}
