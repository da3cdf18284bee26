import type { Finding } from '../../finding.ts';
import { runGraph } from '../../testing/run-graph.ts';
import { type TemporaryRepository, temporaryRepository } from '../../testing/temporary-repository.ts';
import type { ChangeCase, Sdl } from '../change-cases.ts';
import { LINK } from './federation-link.ts';

const LINES = (version: string) =>
  `lines: [{ major: 1, version: ${version}, state: ga, supergraph: 'sha256:${'0'.repeat(64)}' }]`;

/** What `graph check` says of the changes of a case. */
export async function changesOf({ before, after }: ChangeCase): Promise<Finding[]> {
  using old = repositoryOf(before, '1.0.0');
  using now = repositoryOf(after, '1.1.0');
  const { text } = await runGraph('check', '--against', old.root, '--root', now.root, '--format', 'json');
  if (!text.startsWith('{')) throw new Error(text);
  const { findings }: { findings: Finding[] } = JSON.parse(text);
  return findings.filter(({ change }) => change !== undefined);
}

/** `class CODE coordinate`. */
export const told = ({ code, coordinate, change }: Finding): string => `${change?.class} ${code} ${coordinate}`;

/** All of them, in order. */
export const toldOf = async (each: ChangeCase): Promise<string[]> => (await changesOf(each)).map(told).sort();

function repositoryOf(sdl: Sdl, version: string): TemporaryRepository {
  const subgraphs = typeof sdl === 'string' ? { one: sdl } : sdl;
  const repository = temporaryRepository(subgraphs);
  for (const [name, text] of Object.entries(subgraphs)) {
    repository.write(`subgraphs/${name}/schema.graphql`, `${LINK}\n${text}`);
  }
  repository.write('schema/lines.yaml', LINES(version));
  return repository;
}
