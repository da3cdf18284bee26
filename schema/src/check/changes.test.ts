import { afterEach, describe, expect, it } from 'vitest';
import type { Finding } from '../finding.ts';
import { runGraph } from '../testing/run-graph.ts';
import { type TemporaryRepository, temporaryRepository } from '../testing/temporary-repository.ts';
import { CHANGE_CASES, type ChangeCase, type Sdl } from './change-cases.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@inaccessible", "@interfaceObject", "@tag", "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize", "@context", "@fromContext"])`;
const LINES = (version: string) =>
  `lines: [{ major: 1, version: ${version}, state: ga, supergraph: 'sha256:${'0'.repeat(64)}' }]`;

const repositories: TemporaryRepository[] = [];
afterEach(() => {
  for (const repository of repositories.splice(0)) repository[Symbol.dispose]();
});

function repositoryOf(sdl: Sdl, version: string): string {
  const subgraphs = typeof sdl === 'string' ? { one: sdl } : sdl;
  const repository = temporaryRepository(subgraphs);
  for (const [name, text] of Object.entries(subgraphs)) {
    repository.write(`subgraphs/${name}/schema.graphql`, `${LINK}\n${text}`);
  }
  repository.write('schema/lines.yaml', LINES(version));
  repositories.push(repository);
  return repository.root;
}

async function changesOf({ before, after }: ChangeCase): Promise<Finding[]> {
  const [old, now] = [repositoryOf(before, '1.0.0'), repositoryOf(after, '1.1.0')];
  const { text } = await runGraph('check', '--against', old, '--root', now, '--format', 'json');
  if (!text.startsWith('{')) throw new Error(text);
  return JSON.parse(text).findings;
}

const told = ({ code, coordinate, change }: Finding) => `${change?.class} ${code} ${coordinate}`;

describe('a change of the graph', () => {
  it.each(CHANGE_CASES.map((each, index) => ({ ...each, title: `${index} ${each.changes[0]}: ${each.says}` })))(
    '$title',
    async (each) => {
      const findings = (await changesOf(each)).filter(({ change }) => change !== undefined);
      expect(findings.map(told).sort()).toEqual([...each.changes].sort());
      const first = findings.find((finding) => told(finding) === each.changes[0]);
      expect(first?.message).toContain(each.says);
      expect(first?.change?.layers.toSorted()).toEqual(each.layers.split(' ').sort());
    },
  );
});
