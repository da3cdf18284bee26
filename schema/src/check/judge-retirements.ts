import type { VersionLine } from '@tributary/service-kit/sdl';
import type { Finding } from '../finding.ts';
import { LINES_FILE } from '../lines/read-lines.ts';
import { reasonOf } from './finding-of.ts';
import { blocks, fingerprintOf, type JudgedChange, type Verdict, verdictOf } from './judge.ts';
import type { Seen } from './seen-since.ts';
import type { Waiver } from './waivers.ts';

/** A version line that is retired: it breaks whoever still asks for it. */
export interface JudgedRetirement extends Pick<JudgedChange, 'message' | 'fingerprint' | 'affected' | 'waivers'> {
  readonly major: number;
  readonly verdict: Verdict;
}

export interface RetirementEvidence extends Pick<Seen, 'seenInLine'> {
  /** Those that hold today. */
  readonly waivers: readonly Waiver[];
}

/**
 * Each line that is retired from one table to the next. Trusted documents do not say in which version they are asked:
 * gateways alone know.
 */
export function judgeRetirements(
  before: readonly VersionLine[],
  after: readonly VersionLine[],
  { seenInLine, waivers }: RetirementEvidence,
): JudgedRetirement[] {
  const wasServed = new Set(before.filter(({ state }) => state !== 'retired').map(({ major }) => major));
  return after.flatMap(({ major, state }): JudgedRetirement[] => {
    if (state !== 'retired' || !wasServed.has(major)) return [];
    const message = `Line ${major} is retired.`;
    const fingerprint = fingerprintOf({ code: 'LINE_RETIRED', message });
    const own = waivers.filter((waiver) => waiver.change === fingerprint);
    const seen = seenInLine(major);
    const affected = seen ?? [];
    const verdict = verdictOf(affected, own, seen === undefined ? 'NO_USAGE_DATA' : 'UNUSED');
    return [{ major, message, fingerprint, verdict, affected, waivers: own }];
  });
}

const OF_NOBODY = {
  NO_USAGE_DATA: 'in which versions clients ask is not known.',
  UNUSED: 'no gateway saw it asked for.',
};

/** LINE_RETIRED: who still asks for the line, or that nobody does. */
export function retirementFinding(retirement: JudgedRetirement): Finding {
  const { major, message, fingerprint, verdict, affected } = retirement;
  const isBlocking = blocks({ class: 'breaking', verdict });
  return {
    severity: isBlocking ? 'error' : 'warning',
    code: 'LINE_RETIRED',
    message: `${message}\n${verdict}: ${reasonOf(retirement, OF_NOBODY)}`,
    ...(isBlocking ? { hint: `Keep it until nobody asks for it. A waiver names change ${fingerprint}.` } : {}),
    file: LINES_FILE,
    change: {
      class: 'breaking',
      layers: ['line'],
      subgraphs: [],
      lines: [major],
      ...{ fingerprint, verdict, affected },
    },
  };
}
