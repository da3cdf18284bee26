import type { Finding } from '../finding.ts';
import { editLine, type LineChange } from './edit-lines.ts';
import { lineFindings } from './line-findings.ts';
import { parseLines } from './read-lines.ts';
import type { VersionLine } from './version-line.ts';

export interface ChangedLine {
  /** The new text; what it was, when an error among the findings refuses the change. */
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
  const edited = editLine(text, major, change, isNew);
  const [before, after] = [parseLines(text).lines, parseLines(edited)];
  const findings = after.findings.length > 0 ? after.findings : lineFindings(before, after.lines, today);
  if (findings.some(({ severity }) => severity === 'error')) return { text, findings, changes: [] };
  const lineIn = (lines: readonly VersionLine[]) => lines.find((line) => line.major === major);
  return { text: edited, findings, changes: changesOf(isNew ? undefined : lineIn(before), lineIn(after.lines)) };
}

function changesOf(before: VersionLine | undefined, after: VersionLine | undefined): string[] {
  const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]) as Set<keyof VersionLine>;
  return [...keys].flatMap((key) => {
    const [was = 'none', is = 'none'] = [before?.[key], after?.[key]];
    return was === is ? [] : [`${key}: ${before === undefined ? is : `${was} → ${is}`}`];
  });
}
