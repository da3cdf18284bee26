import { describe, expect, test } from 'vitest';
import { discoverSubgraphs, SourceError } from './subgraphs.ts';
import { temporaryRepository } from './testing/temporary-repository.ts';

const SDL = 'type Query { a: Int }';

test('every folder with a schema is a subgraph, by name; those with _ and those without are none', () => {
  using repository = temporaryRepository({ users: SDL, orders: SDL, _template: SDL });
  repository.write('subgraphs/planned/package.json', '{}');
  const subgraphs = discoverSubgraphs(repository.root);
  expect(subgraphs.map(({ name, url, schemaPath }) => [name, url, schemaPath])).toEqual([
    ['orders', 'http://127.0.0.1:5002/graphql', 'subgraphs/orders/schema.graphql'],
    ['users', 'http://127.0.0.1:5001/graphql', 'subgraphs/users/schema.graphql'],
  ]);
});

describe('what cannot be read is said with its file:', () => {
  const config = (text: string) => ['subgraphs/users/config.yaml', text] as const;
  test.each([
    ['no port', config('server: {}'), 'subgraphs/users/config.yaml: server.port must be a number'],
    ['nothing in it', config(''), 'server.port must be a number'],
    ['a port that is none', config('server: { port: 99999 }'), 'server.port must be a number from 1 to 65535'],
    ['no YAML', config('server: { canary'), 'subgraphs/users/config.yaml is not YAML: '],
    ["another's port", config('server: { port: 5002 }'), 'port 5002 belongs to orders already'],
    [
      'a name that is none',
      ['subgraphs/Users2/schema.graphql', SDL] as const,
      "subgraphs/Users2: a subgraph's name has lower-case",
    ],
    [
      'a missing configuration',
      ['subgraphs/late/schema.graphql', SDL] as const,
      'subgraphs/late/config.yaml is missing',
    ],
  ])('%s', (_, [path, text], message) => {
    using repository = temporaryRepository({ users: SDL, orders: SDL });
    repository.write(path, text);
    expect(() => discoverSubgraphs(repository.root)).toThrow(SourceError);
    expect(() => discoverSubgraphs(repository.root)).toThrow(message);
    expect(() => discoverSubgraphs(repository.root)).not.toThrow('canary');
  });

  test('no subgraphs at all', () => {
    using empty = temporaryRepository({});
    expect(() => discoverSubgraphs(empty.root)).toThrow('There is no folder subgraphs/');
    empty.write('subgraphs/a/package.json', '{}');
    expect(() => discoverSubgraphs(empty.root)).toThrow('has a schema.graphql');
  });
});
