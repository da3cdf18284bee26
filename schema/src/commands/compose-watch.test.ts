import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@tributary/service-kit/testing';
import { expect, test } from 'vitest';
import { graphProcess } from '../testing/graph-process.ts';
import { runGraph } from '../testing/run-graph.ts';
import { temporaryRepository } from '../testing/temporary-repository.ts';

const OUT = 'schema/supergraph.graphql';

test('graph compose --watch composes again after each change, and goes on when one is wrong', async () => {
  using repository = temporaryRepository({ users: 'type Query { user: String }' });
  const { root, read, write } = repository;
  const schema = read('subgraphs/users/schema.graphql');
  const change = (sdl: string) => write('subgraphs/users/schema.graphql', `${schema}\n${sdl}`);
  await using graph = graphProcess('compose', '--watch', '--root', root);
  let heard = 0;
  const says = async (text: string) => {
    heard = await until(text, () => endOf(text, graph.output(), heard), 30_000);
  };

  await says('1 subgraph, 0 trusted documents: written to');
  expect(read(OUT)).toContain('user: String');

  change('extend type Query { added: Int }');
  await says('written to');
  expect(read(OUT)).toContain('added: Int');

  change('extend type Query { added: Missing }');
  await says('error INVALID_GRAPHQL');
  await says('1 error: not in order');
  expect(read(OUT)).toContain('added: Int');

  change('# import "./schema.graphql"');
  await says('INVALID_IMPORT');
  write('subgraphs/users/schema.graphql', `# import "./types/card.graphql"\n${schema}`);
  await says('IMPORT_NOT_FOUND');
  write('subgraphs/users/types/card.graphql', 'type Card { id: ID }\nextend type Query { card: Card }');
  await says('written to');
  expect(read(OUT)).toContain('card: Card');

  write('subgraphs/cards/config.yaml', 'server: { port: 5100 }');
  write('subgraphs/cards/schema.graphql', schema.replace('user: String', 'cards: Int'));
  await says('2 subgraphs, 0 trusted documents: written to');
  write('schema/documents/web/cards.graphql', 'query Cards { card { id name } }');
  await says('1 error: not in order');
  rmSync(join(root, 'schema/documents/web/cards.graphql'));
  await says('2 subgraphs, 0 trusted documents: up to date');
  rmSync(join(root, 'subgraphs/cards'), { recursive: true });
  await says('1 subgraph, 0 trusted documents: written to');

  expect(await graph.stop()).toBe(0);
});

function endOf(text: string, output: string, from: number): number | undefined {
  const at = output.indexOf(text, from);
  return at === -1 ? undefined : at + text.length;
}

test.each([
  [['--watch', '--check'], '--watch writes the supergraph, and --check does not.'],
  [['--watch', '--root', '/nowhere'], 'There is no folder subgraphs/ in /nowhere.'],
])('graph compose %j exits 2', async (args, message) => {
  const { code, text } = await runGraph('compose', ...args);
  expect(code).toBe(2);
  expect(text).toContain(message);
});
