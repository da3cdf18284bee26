import type { LayeredChange } from '../diff/change.ts';
import { compareGraphs } from '../diff/compare-graphs.ts';
import { explainRemovals } from '../diff/explain-removals.ts';
import type { Finding } from '../finding.ts';
import { lineFindings } from '../lines/line-findings.ts';
import { sunsetFindings } from '../lines/sunset-findings.ts';
import type { TrustedDocument } from '../trusted-documents.ts';
import type { Cache } from './cache.ts';
import { documentFindings, type JudgedDocument, judgeDocuments } from './check-documents.ts';
import { planFindings, plannerOf } from './compare-plans.ts';
import { findingOf } from './finding-of.ts';
import { type Affected, type Evidence, fingerprintOf, type JudgedChange, judge } from './judge.ts';
import { judgeRetirements, retirementFinding } from './judge-retirements.ts';
import { noUsageData } from './no-usage-data.ts';
import { Places } from './places.ts';
import type { CheckedSide } from './read-side.ts';
import type { Seen } from './seen-since.ts';
import { stepFindings } from './step-findings.ts';
import { WAIVERS, type Waiver } from './waivers.ts';

export interface Circumstances extends Seen {
  /** Live documents of all applications. */
  readonly documents: readonly TrustedDocument[];
  /** Gateways take no others than trusted documents: what these do not use, nobody uses. */
  readonly trustedDocumentsOnly: boolean;
  readonly waivers: readonly Waiver[];
  /** `2026-11-28`. */
  readonly today: string;
  /** Of plans. */
  readonly cache: Cache;
}

export interface CheckResult {
  /** Those that block first. */
  readonly findings: Finding[];
  readonly changes: readonly JudgedChange[];
}

const ORDER = { error: 0, warning: 1, info: 2 } as const;

/** Everything that a check finds from one graph to another. */
export function checkGraph(before: CheckedSide, after: CheckedSide, circumstances: Circumstances): CheckResult {
  const { today, waivers, seenInLine } = circumstances;
  const documents =
    before.composed === undefined
      ? []
      : judgeDocuments(circumstances.documents, before.composed.api, after.composed?.api);
  const isComposed = before.composed !== undefined && after.composed !== undefined;
  const found: LayeredChange[] = explainRemovals(compareGraphs(before, after), after.subgraphs);
  const valid = waivers.filter(({ expires }) => today <= expires);
  const changes = found.map((change) => judge(change, { isComposed, ...evidenceOf(documents, valid, circumstances) }));
  const retirements = judgeRetirements(before.lines, after.lines, { seenInLine, waivers: valid });
  const [old, now] = [new Places(before.subgraphs), new Places(after.subgraphs)];
  const placed = (finding: Finding): Finding => ({ ...now.nearest(finding.coordinate ?? '', []), ...finding });
  const findings = [
    ...after.findings.map(classified),
    ...lineFindings(before.lines, after.lines, today),
    ...retirements.map(retirementFinding),
    ...sunsetChanges(before, after, today).map(placed),
    ...changes.map((change) => findingOf(change, old, now)),
    ...(after.composed === undefined
      ? []
      : documentFindings(documents, after.composed.api, (each) => isWaived(each, changes))),
    ...planChanges(documents, [before, after], circumstances.cache),
    ...noUsageData(changes, retirements),
    ...stepFindings(before.lines, after.lines, changes),
    ...waiverFindings(waivers, [...changes, ...retirements], today),
  ];
  return { findings: findings.sort((a, b) => ORDER[a.severity] - ORDER[b.severity]), changes };
}

/** What the GraphQL specification forbids of deprecations is a class beside those of changes. */
function classified(finding: Finding): Finding {
  if (finding.code !== 'INVALID_DEPRECATION') return finding;
  const subgraphs = finding.subgraph === undefined ? [] : [finding.subgraph];
  const fingerprint = fingerprintOf(finding);
  return {
    ...finding,
    change: { class: 'invalid', layers: ['subgraph'], subgraphs, lines: [], fingerprint, affected: [] },
  };
}

/** Of each version line, or of the whole graph where there are none. What several say is said once. */
function sunsetChanges(before: CheckedSide, after: CheckedSide, today: string): Finding[] {
  if (after.supergraphSdl === undefined || after.composed === undefined) return [];
  const { lines } = after.composed;
  const later = (major: number) =>
    [...lines].filter(([other]) => other > major).map(([, { supergraphSdl }]) => supergraphSdl);
  const all =
    lines.size === 0
      ? sunsetFindings(before.supergraphSdl, after.supergraphSdl, today)
      : [...lines].flatMap(([major, { supergraphSdl }]) =>
          sunsetFindings(before.composed?.lines.get(major)?.supergraphSdl, supergraphSdl, today, later(major)),
        );
  return [...new Map(all.map((finding) => [`${finding.code} ${finding.message}`, finding])).values()];
}

function planChanges(
  documents: readonly JudgedDocument[],
  sides: readonly [CheckedSide, CheckedSide],
  cache: Cache,
): Finding[] {
  const planners = sides.flatMap(({ supergraphSdl, composed }) =>
    supergraphSdl === undefined || composed === undefined ? [] : [plannerOf(supergraphSdl, composed.supergraph)],
  );
  const [before, after] = planners;
  return before === undefined || after === undefined ? [] : planFindings(documents, [before, after], cache);
}

const evidenceOf = (
  documents: readonly JudgedDocument[],
  waivers: readonly Waiver[],
  { seen, trustedDocumentsOnly }: Circumstances,
): Omit<Evidence, 'isComposed'> => ({
  waivers,
  hasUsageData: trustedDocumentsOnly || seen !== undefined,
  affectedBy(coordinates) {
    const using = documents.filter(({ uses }) => coordinates.some((coordinate) => uses.has(coordinate)));
    const byApp = Map.groupBy(using, ({ app }) => app);
    const trusted = [...byApp].map(([client, own]) => ({ client, documents: own.map(({ name }) => name) }));
    return [...trusted, ...together(coordinates.flatMap((coordinate) => seen?.(coordinate) ?? []))];
  },
});

/** Each client once: by the coordinate that it was seen with most. */
function together(affected: readonly Affected[]): Affected[] {
  const byClient = Map.groupBy(affected, ({ client, version = '' }) => `${client}\n${version}`);
  return [...byClient.values()].map((own) => {
    const [most] = own.toSorted((a, b) => (b.seen?.count ?? 0) - (a.seen?.count ?? 0)) as [Affected];
    return { ...most, documents: [...new Set(own.flatMap(({ documents }) => documents))] };
  });
}

/** Whether every change that affects a document may break its application. */
function isWaived({ app, name }: JudgedDocument, changes: readonly JudgedChange[]): boolean {
  const breaking = changes.filter(({ affected }) =>
    affected.some(({ client, documents }) => client === app && documents.includes(name)),
  );
  return breaking.length > 0 && breaking.every(({ verdict }) => verdict === 'WAIVED');
}

function waiverFindings(
  waivers: readonly Waiver[],
  changes: readonly Pick<JudgedChange, 'fingerprint' | 'verdict'>[],
  today: string,
): Finding[] {
  return waivers.flatMap(({ change, client, owner, expires }): Finding[] => {
    const isMeant = changes.some(({ fingerprint, verdict }) => fingerprint === change && verdict !== undefined);
    const what = `The waiver of ${owner} for ${client === '*' ? 'all clients' : client} and change ${change}`;
    if (expires < today) {
      const message = `${what} expired on ${expires}.`;
      const hint = isMeant ? 'Renew it, or undo the change.' : 'Remove it.';
      return [{ severity: 'error', code: 'WAIVER_EXPIRED', message, hint, file: WAIVERS }];
    }
    if (isMeant) return [];
    return [
      { severity: 'info', code: 'WAIVER_UNUSED', message: `${what} is for no change of this check.`, file: WAIVERS },
    ];
  });
}
