import type { LayeredChange } from '../diff/change.ts';
import { CHANGE_KINDS, type ChangeClass } from '../diff/change-kinds.ts';
import type { Finding } from '../finding.ts';
import { sha256Of } from '../sha256-of.ts';
import type { Waiver } from './waivers.ts';

/** A client that uses what a change breaks. */
export interface Affected {
  /** As it calls itself to gateways, or an application of schema/documents. */
  readonly client: string;
  /** As it says it itself. */
  readonly version?: string;
  /** Names of operations. */
  readonly documents: readonly string[];
  /** What gateways saw; undefined for a trusted document that they did not. */
  readonly seen?: { readonly count: number; readonly last: Date };
}

/**
 * Why a breaking change blocks, or does not:
 * - REMOVAL_IN_USE: somebody uses it
 * - NO_USAGE_DATA: nobody knows whether somebody does
 * - UNUSED: nobody does
 * - WAIVED: all who do may be broken
 * - BREAKS_THE_GRAPH: it is not about what documents use
 */
export type Verdict = 'REMOVAL_IN_USE' | 'NO_USAGE_DATA' | 'UNUSED' | 'WAIVED' | 'BREAKS_THE_GRAPH';

export interface JudgedChange extends LayeredChange {
  readonly class: ChangeClass;
  /** The API or a version line shows it. */
  readonly reachesClients: boolean;
  /** The same after a rebase: of what changed, not of where or when. */
  readonly fingerprint: string;
  /** Of a breaking change. */
  readonly verdict?: Verdict;
  readonly affected: readonly Affected[];
  readonly waivers: readonly Waiver[];
}

export interface Evidence {
  /** Who uses one of the coordinates. */
  affectedBy(coordinates: readonly string[]): Affected[];
  /** Both graphs compose: it is known what clients see of a change. */
  isComposed: boolean;
  /** Whether it is known what is in use. Trusted documents alone say it where gateways take no others. */
  hasUsageData: boolean;
  /** Those that hold today. */
  waivers: readonly Waiver[];
}

/** What a change means for those who use the graph. */
export function judge(change: LayeredChange, evidence: Evidence): JudgedChange {
  const { matters, class: ofKind } = CHANGE_KINDS[change.code];
  const reachesClients = change.layers.includes('api') || change.lines.length > 0;
  const fingerprint = fingerprintOf(change);
  // What was hidden already is hidden from nobody.
  const mustReach = matters === 'clients' || change.code === 'INACCESSIBLE_ADDED';
  const judged = { ...change, reachesClients, fingerprint, affected: [], waivers: [] };
  if (mustReach && evidence.isComposed && !reachesClients) return { ...judged, class: 'safe' };
  if (ofKind !== 'breaking') return { ...judged, class: ofKind };
  const waivers = evidence.waivers.filter((waiver) => waiver.change === fingerprint);
  const affected = evidence.affectedBy(change.uses);
  const ofNobody = change.uses.length === 0 ? 'BREAKS_THE_GRAPH' : evidence.hasUsageData ? 'UNUSED' : 'NO_USAGE_DATA';
  return { ...judged, class: 'breaking', verdict: verdictOf(affected, waivers, ofNobody), affected, waivers };
}

/**
 * @param waivers of this change
 * @param ofNobody the verdict where nobody is known to be affected
 */
export function verdictOf(affected: readonly Affected[], waivers: readonly Waiver[], ofNobody: Verdict): Verdict {
  const isWaived = (client: string) => waivers.some((waiver) => waiver.client === '*' || waiver.client === client);
  if (isWaived('*') || (affected.length > 0 && affected.every(({ client }) => isWaived(client)))) return 'WAIVED';
  return affected.length > 0 ? 'REMOVAL_IN_USE' : ofNobody;
}

export const blocks = ({ class: kind, verdict }: Pick<JudgedChange, 'class' | 'verdict'>): boolean =>
  kind === 'breaking' && verdict !== 'UNUSED' && verdict !== 'WAIVED';

/** Twelve hexadecimal digits. */
export const fingerprintOf = ({ code, coordinate = '', message }: Pick<Finding, 'code' | 'coordinate' | 'message'>) =>
  sha256Of(`${code}\n${coordinate}\n${message}`).slice(0, 12);
