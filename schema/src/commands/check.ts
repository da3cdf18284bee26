import { join, resolve } from 'node:path';
import { Cache } from '../check/cache.ts';
import { checkGraph } from '../check/check-graph.ts';
import { type Base, readBase } from '../check/read-base.ts';
import { type CheckedSide, readRepository, readSupergraph } from '../check/read-side.ts';
import { seenSince } from '../check/seen-since.ts';
import { stepFor } from '../check/semver-step.ts';
import { tellSince } from '../check/tell-since.ts';
import { readWaivers } from '../check/waivers.ts';
import type { ChangeClass } from '../diff/change-kinds.ts';
import { readLiveDocuments } from '../documents/live-documents.ts';
import { countedAs, type Finding } from '../finding.ts';
import { parseFlags } from '../flags.ts';
import { FORMATS, formatReport } from '../formats/formats.ts';
import { currentIsoDay, isIsoDay } from '../lines/iso-day.ts';
import { repositoryRoot, SourceError } from '../subgraphs.ts';
import { readCheckConfig } from '../usage/read-check-config.ts';
import { type Command, UsageError } from './command.ts';

export const check: Command = {
  name: 'check',
  summary: 'says whom a change of the graph breaks, against a git ref, a file or an URL',
  usage: `graph check --against REF|FILE|FOLDER|URL [--root FOLDER] [--format ${FORMATS.join('|')}] [--verbose] [--today DAY]
  --against  a git ref (origin/main), a supergraph as a file or at an URL, or a folder with subgraphs/. Against a ref, what
             blocks says since when it is in the graph, and since when it is deprecated
  --root     the repository that is checked, default this one
  --verbose  shows safe changes too; without it they are counted. JSON has all
  --today    the day by which sunsets and waivers are judged, as 2026-11-28
Reads schema/documents (what applications send), schema/lines.yaml, schema/check.yaml (usage) and schema/waivers.yaml.`,
  async run(args) {
    const flags = parseFlags(args, {
      against: { type: 'string' },
      root: { type: 'string', default: repositoryRoot },
      format: { type: 'string', default: 'text', oneOf: FORMATS },
      verbose: { type: 'boolean', default: false },
      today: { type: 'string', default: currentIsoDay() },
    });
    if (flags.against === undefined) throw new UsageError('--against is missing: with what is it compared?');
    if (!isIsoDay(flags.today)) throw new UsageError('--today takes a day such as 2026-11-28.');
    const root = resolve(flags.root);
    const cache = new Cache(join(root, '.tributary/cache/schema'));
    const { before, after, label, commit } = await readSides(flags.against, root, cache);
    const live = readLiveDocuments(root);
    const { usage, trustedDocumentsOnly } = readCheckConfig(root);
    const result = checkGraph(before, after, {
      documents: live.documents,
      ...(await seenSince(usage, flags.today)),
      trustedDocumentsOnly,
      waivers: readWaivers(root),
      today: flags.today,
      cache,
    });
    const all: Finding[] = [...live.findings, ...result.findings];
    const told = commit === undefined ? all : await tellSince(all, before.subgraphs, { root, commit });
    const isShown = ({ severity, change }: Finding) =>
      flags.verbose || flags.format === 'json' || severity !== 'info' || change === undefined;
    const blocking = told.filter(({ severity }) => severity === 'error').length;
    const invalid = told.filter(({ change }) => change?.class === 'invalid').length;
    const summary = summaryOf(result.changes, { label, invalid, blocking, documents: live.documents.length });
    console.log(formatReport({ command: 'graph check', findings: told.filter(isShown), summary }, flags.format));
    return blocking > 0 ? 1 : 0;
  },
};

async function readSides(
  against: string,
  root: string,
  cache: Cache,
): Promise<{ before: CheckedSide; after: CheckedSide; label: string; commit?: string | undefined }> {
  const base = await readBase(against, root);
  try {
    const after = readRepository(root, cache);
    if (base.kind === 'supergraph') {
      const before = readSupergraph(base.sdl, base.label);
      // Both as a supergraph tells of them: what only one side can know is no change.
      const told = after.supergraphSdl === undefined ? after : readSupergraph(after.supergraphSdl, root);
      return { before, after: { ...told, lines: [], findings: after.findings }, label: base.label };
    }
    const before = readBaseRepository(base, cache);
    if (before.composed !== undefined) return { before, after, label: base.label, commit: base.commit };
    const [reason] = before.findings.filter(({ severity }) => severity === 'error');
    throw new SourceError(`${base.label} does not compose: ${reason?.code} ${reason?.message}`);
  } finally {
    base.dispose();
  }
}

function readBaseRepository({ root, label }: Base & { kind: 'repository' }, cache: Cache): CheckedSide {
  try {
    return readRepository(root, cache);
  } catch (error) {
    throw error instanceof SourceError ? new SourceError(`${label} cannot be read: ${error.message}`) : error;
  }
}

function summaryOf(
  changes: ReturnType<typeof checkGraph>['changes'],
  { label, invalid, blocking, documents }: { label: string; invalid: number; blocking: number; documents: number },
): string {
  const countOf = (kind: ChangeClass) => changes.filter((change) => change.class === kind).length;
  const counts = [
    [invalid, 'invalid'],
    ...(['breaking', 'dangerous', 'safe'] as const).map((kind) => [countOf(kind), kind] as const),
  ].flatMap(([count, kind]) => (count === 0 ? [] : [`${count} ${kind}`]));
  const what = counts.length === 0 ? 'no changes' : `${counts.join(', ')} (SemVer: ${stepFor(changes)})`;
  const outcome = `${blocking === 0 ? 'nothing' : countedAs(blocking, 'finding')} block${blocking > 1 ? '' : 's'}`;
  return `Against ${label}: ${what}; ${countedAs(documents, 'trusted document')}; ${outcome}.`;
}
