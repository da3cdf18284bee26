import type { Finding } from '../../finding.ts';
import { runGraph } from '../../testing/run-graph.ts';
import { type TemporaryRepository, temporaryRepository } from '../../testing/temporary-repository.ts';
import type { ChangeCase, Sdl } from '../change-cases.ts';
import { LINK } from './federation-link.ts';

const LINES = (version: string) =>
  `lines: [{ major: 1, version: ${version}, state: ga, supergraph: 'sha256:${'0'.repeat(64)}' }]`;

/** What `graph check` says of the changes of a case. */
async function changesOf({ before, after }: ChangeCase): Promise<Finding[]> {
  using old = repositoryOf(before, '1.0.0');
  using now = repositoryOf(after, '1.1.0');
  const { text } = await runGraph('check', '--against', old.root, '--root', now.root, '--format', 'json');
  if (!text.startsWith('{')) throw new Error(text);
  const { findings }: { findings: Finding[] } = JSON.parse(text);
  return findings.filter(({ change }) => change !== undefined);
}

/** `class CODE coordinate`. */
const told = ({ code, coordinate, change }: Finding): string => `${change?.class} ${code} ${coordinate}`;

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

/** What is wrong with what `graph check` says of a case; undefined: nothing. */
export async function wrongWith(each: ChangeCase): Promise<string | undefined> {
  const findings = await changesOf(each);
  const all = findings.map(told).sort();
  const expected = [...each.changes].sort();
  if (all.join() !== expected.join()) return `expected ${expected.join(', ')}, got ${all.join(', ')}`;
  const first = findings.find((finding) => told(finding) === each.changes[0]);
  return first === undefined ? 'nothing changed' : wrongWithFirst(first, each);
}

function wrongWithFirst({ message, hint = '', change }: Finding, { says, saysNot, layers, after }: ChangeCase) {
  if (!message.includes(says)) return `does not say ${says}: ${message}`;
  if (saysNot !== undefined && message.includes(saysNot)) return `says ${saysNot}: ${message}`;
  const all = change?.layers.toSorted().join(' ');
  if (all !== layers.split(' ').sort().join(' ')) return `is in the layers ${all}`;
  if (change?.class === 'breaking' && /^(?:A waiver|$)/.test(hint)) return 'says nothing of what to do instead';
  const names = typeof after === 'string' ? ['one'] : Object.keys(after);
  const isKnown = change?.subgraphs.every((name) => names.includes(name)) && change.subgraphs.length > 0;
  return all?.includes('subgraph') && !isKnown ? `is of the subgraphs ${change?.subgraphs.join()}` : undefined;
}
