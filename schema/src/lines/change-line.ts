import type { VersionLine } from '@tributary/service-kit/sdl';
import { type Finding, isBlocking } from '../finding.ts';
import { editLine, type LineChange } from './edit-lines.ts';
import { lineFindings } from './line-findings.ts';
import { parseLines } from './read-lines.ts';

export interface ChangedLine {
  /** The new text; not to be written when an error among the findings refuses it. */
  text: string;
  findings: Finding[];
  /** `state: preview → ga`, for each key of the line that changed. */
  changes: string[];
}

/**
 * One line of a `schema/lines.yaml` changed by the rules, see lineFindings.
 *
 * @param text Valid.
 * @param today `YYYY-MM-DD`
 * @param isNew whether the line is to be added
 */
export function changeLine(
  text: string,
  major: number,
  change: LineChange,
  { today, isNew = false }: { today: string; isNew?: boolean },
): ChangedLine {
  const before = parseLines(text).lines;
  const old = before.find((line) => line.major === major);
  // Rules come first: what they say is more to the point than that a key is missing.
  const wanted = before.map((line) => (line === old ? ({ ...line, ...change } as VersionLine) : line));
  const findings = isNew ? [] : lineFindings(before, wanted, today);
  const edited = editLine(text, major, change, isNew);
  const after = parseLines(edited);
  if (!isBlocking(findings)) findings.push(...after.findings);
  const now = after.lines.find((line) => line.major === major);
  return { text: edited, findings, changes: changesOf(isNew ? undefined : old, now) };
}

function changesOf(before: VersionLine | undefined, after: VersionLine | undefined): string[] {
  const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]) as Set<keyof VersionLine>;
  return [...keys].flatMap((key) => {
    const [was = 'none', is = 'none'] = [before?.[key], after?.[key]];
    return was === is ? [] : [`${key}: ${before === undefined ? is : `${was} → ${is}`}`];
  });
}
