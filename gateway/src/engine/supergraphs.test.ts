import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { gatewayConfig } from '../config/gateway-config.ts';
import { composed } from '../planner/testing/composed.ts';
import { startGateway } from '../start-gateway.ts';
import { type FakeSubgraph, startFakeSubgraph } from '../testing/fake-subgraph.ts';
import { compose, startTestGateway } from '../testing/test-gateway.ts';

const LINK =
  '@link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@interfaceObject", "@shareable", "@inaccessible"])';
const config = gatewayConfig.parse({
  server: { host: '127.0.0.1', port: 0 },
  admin: { host: '127.0.0.1', port: 0 },
  log: { level: 'silent' },
});

describe('any supergraph', () => {
  const started: FakeSubgraph[] = [];
  afterEach(() => Promise.all(started.splice(0).map((subgraph) => subgraph.close())));

  it('sends exactly the requests of the plan', async () => {
    await using gateway = await startTestGateway();
    const answer = await gateway.ask('query Page($isbn: ID!) { book(isbn: $isbn) { title weight } }', {
      variables: { isbn: '1', unused: 2 },
    });
    expect(answer.data).toEqual({ book: { title: 'Emma', weight: 948 } });
    expect(gateway.books.requests.map(({ body }) => body)).toEqual([
      {
        query: 'query($isbn:ID!){book(isbn:$isbn){__typename isbn title pages}}',
        variables: { isbn: '1' },
      },
    ]);
    expect(gateway.reviews.requests.map(({ body }) => body)).toEqual([
      {
        query: 'query($representations:[_Any!]!){_entities(representations:$representations){...on Book{weight}}}',
        variables: { representations: [{ __typename: 'Book', isbn: '1', pages: 474 }] },
      },
    ]);
  });

  it('serves interface objects, unions and root types under other names', async () => {
    const media = await startFakeSubgraph({
      name: 'media',
      sdl: `extend schema ${LINK} { query: Root }
        type Root { media: [Media!]! any: [Any!]! }
        interface Media @key(fields: "id") { id: ID! title: String! }
        type Film implements Media @key(fields: "id") { id: ID! title: String! minutes: Int! }
        type Song implements Media @key(fields: "id") { id: ID! title: String! }
        union Any = Film | Song`,
      resolvers: {
        Root: {
          media: () => [
            { __typename: 'Film', id: 'f', title: 'Alien', minutes: 117 },
            { __typename: 'Song', id: 's', title: 'Aria' },
          ],
          any: () => [{ __typename: 'Song', id: 's', title: 'Aria' }],
        },
      },
    });
    const likes = await startFakeSubgraph({
      name: 'likes',
      sdl: `extend schema ${LINK}
        type Query { top: Int }
        type Media @key(fields: "id") @interfaceObject { id: ID! likes: Int! }`,
      resolvers: {
        Media: { __resolveReference: (media: object) => media, likes: ({ id }: { id: string }) => id.charCodeAt(0) },
      },
    });
    started.push(media, likes);
    const gateway = await startGateway(config, { supergraphSdl: compose([media, likes]), processMetrics: false });
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: '{ media { __typename title likes ... on Film { minutes } } any { ... on Song { title likes } } }',
      }),
    });
    const answer = await response.json();
    await gateway.stop();
    expect(answer).toEqual({
      data: {
        media: [
          { __typename: 'Film', title: 'Alien', likes: 102, minutes: 117 },
          { __typename: 'Song', title: 'Aria', likes: 115 },
        ],
        any: [{ title: 'Aria', likes: 115 }],
      },
    });
  });

  it.each([
    ['is no GraphQL', 'type {', 'The supergraph cannot be used'],
    ['is no supergraph', 'type Query { a: Int }', 'The supergraph cannot be used'],
  ])('is refused at the start when it %s', async (_what, supergraphSdl, message) => {
    await expect(startGateway(config, { supergraphSdl, processMetrics: false })).rejects.toThrow(message);
  });

  it.each([
    ['a version of a security directive that is not known', 'authenticated/v0.1', 'authenticated/v0.2'],
    ['another name for it that is not defined', 'authenticated/v0.1"', 'authenticated/v0.1", as: "login"'],
    ['a security feature that is not known', 'authenticated/v0.1', 'secrecy/v0.1'],
  ])('is refused with %s', async (_what, link, other) => {
    const subgraph = await startFakeSubgraph({
      name: 'closed',
      sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated"])
        type Query { secret: Int @authenticated }`,
      resolvers: {},
    });
    started.push(subgraph);
    const supergraphSdl = compose([subgraph]);
    expect(supergraphSdl).toContain(link);
    const starting = startGateway(config, { supergraphSdl: supergraphSdl.replace(link, other), processMetrics: false });
    await expect(starting).rejects.toThrow('It cannot be said who may see what of the supergraph');
  });

  it('needs a file, which it names when it is not there', async () => {
    await expect(startGateway(config)).rejects.toThrow('supergraph: expected a file or an http(s):// URL');
    await expect(startGateway({ ...config, supergraph: '/nowhere.graphql' })).rejects.toThrow(
      'The supergraph /nowhere.graphql cannot be read: ENOENT',
    );
  });

  it('has every service that the configuration names', async () => {
    await using gateway = await startTestGateway({ subgraphs: { boks: { url: 'http://127.0.0.1:1/graphql' } } });
    expect(gateway.logLines.some((line) => line.includes('"nearest":"books"'))).toBe(true);
    await expect(startTestGateway({ passthrough: [{ path: '/x', service: 'review' }] })).rejects.toThrow(
      'did you mean reviews?',
    );
  });
});

describe('a supergraph file that cannot be used ends the start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-supergraph-'));
  const file = join(folder, 'supergraph.graphql');
  afterAll(() => rmSync(folder, { recursive: true }));

  const text = composed({
    stars: 'type Query { stars: [Star] } type Star @key(fields: "id") { id: ID! }',
    moons: 'type Query { moons: Int }',
  });
  const start = (supergraphSdl: string) => {
    writeFileSync(file, supergraphSdl);
    return startGateway({ ...config, supergraph: file }, { processMetrics: false });
  };
  const withFeature = (purpose: string) =>
    text.replace('schema\n', `schema\n  @link(url: "https://specs.example/orbit/v1.0", for: ${purpose})\n`);
  const withUrl = (url: string) => text.replace('http://stars.test', url);
  const UNSUPPORTED = 'feature https://specs.example/orbit/v1.0 is for';

  it.each([
    ['is empty', '', 'It is no GraphQL: line 1, column 1'],
    ['ends within a definition', 'enum join__Graph {\n  STARS @join', 'It is no GraphQL: line 2, column 14'],
    ['ends within a name', text.slice(0, text.lastIndexOf('@join__type') + 6), 'Unknown directive "@join_"'],
    ['ends before a type', text.slice(0, text.indexOf('type Star')), 'Unknown type Star'],
    ['needs a feature for execution', withFeature('EXECUTION'), `${UNSUPPORTED}: EXECUTION but is unsupported`],
    ['needs a feature for security', withFeature('SECURITY'), `${UNSUPPORTED}: SECURITY but is unsupported`],
    ['has a URL without a scheme', withUrl('localhost:4001'), 'subgraphs.stars.url: localhost:4001 is no http://'],
    ['has a URL of another scheme', withUrl('ftp://stars.test'), 'subgraphs.stars.url: ftp://stars.test is no http://'],
    ['has no URL', withUrl(''), 'subgraphs.stars.url: the supergraph names none'],
    ['has two subgraphs of one name', text.replace('name: "moons"', 'name: "stars"'), 'subgraph named stars already'],
    ['has no subgraphs', text.replace(/enum join__Graph \{[^}]*\}/, ''), 'it names no subgraphs'],
  ])('when it %s', async (_what, supergraphSdl, reason) => {
    await expect(start(supergraphSdl)).rejects.toThrow(reason);
  });

  it('unless what it has that is unknown is for nothing that it needs', async () => {
    const gateway = await start(text.replace('schema\n', 'schema\n  @link(url: "https://specs.example/orbit/v1.0")\n'));
    await gateway.stop();
  });

  it('and is named', async () => {
    await expect(start('type {')).rejects.toThrow(`The supergraph ${file} cannot be used: It is no GraphQL`);
  });

  it('and a password in a URL is not repeated', async () => {
    await expect(start(withUrl('ftp://keeper:canary-4929@stars.test'))).rejects.not.toThrow('canary-4929');
  });
});
