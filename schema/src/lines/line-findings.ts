import { isAvailable, type LineState, type VersionLine } from '@tributary/service-kit/sdl';
import type { Finding } from '../finding.ts';
import { compareVersions } from './compare-versions.ts';
import { addDays, daysBetween } from './iso-day.ts';
import { LINES_FILE } from './read-lines.ts';
import { NOTICE_DAYS } from './sunset-findings.ts';

/**
 * What is wrong with a change of version lines: LINE_STATE_INVALID, LINE_VERSION_LOWER, SUNSET_TOO_SOON,
 * SUNSET_MOVED_EARLIER, PREMATURE_REMOVAL and OVERDUE_REMOVAL. Who uses a line that is retired: `judgeRetirements`.
 *
 * @param today `YYYY-MM-DD`
 */
export function lineFindings(before: readonly VersionLine[], after: readonly VersionLine[], today: string): Finding[] {
  const removed = before.filter(({ major }) => !after.some((line) => line.major === major));
  return [
    ...removed.flatMap(removedLine),
    ...after.flatMap((line) => {
      const old = before.find(({ major }) => major === line.major);
      return [
        ...stateFindings(old, line, after, today),
        ...versionFindings(old, line),
        ...sunsetOfLine(old, line, today),
      ];
    }),
  ];
}

/** From which state to which; a state may stay as it is. A line is retired from `deprecated` alone, see prematureRetirement. */
const NEXT: Record<LineState, readonly LineState[]> = {
  preview: ['ga'],
  ga: ['deprecated', 'retired'],
  deprecated: ['ga', 'retired'],
  retired: [],
};

type Detail = Pick<Finding, 'message' | 'hint'>;
const refuse = (code: string, message: string, hint: string): Finding => ({
  ...finding({ message, hint }, code),
  severity: 'error',
});
const finding = (detail: Detail, code: string): Finding => ({ severity: 'warning', code, ...detail, file: LINES_FILE });

function removedLine({ major, state }: VersionLine): Finding[] {
  // Nothing was promised of a preview; a retired line that is gone is an unknown version.
  if (state === 'preview' || state === 'retired') return [];
  return [
    refuse('PREMATURE_REMOVAL', `Line ${major} is removed, and was ${state}.`, 'Retire it first: graph line retire.'),
  ];
}

function stateFindings(
  old: VersionLine | undefined,
  line: VersionLine,
  after: readonly VersionLine[],
  today: string,
): Finding[] {
  const was = old?.state ?? 'preview';
  if (line.state === was) return old === undefined ? [] : publishedWhenRetired(old, line);
  if (old !== undefined && !NEXT[was].includes(line.state)) {
    const possible = NEXT[was].length === 0 ? 'stays so' : `becomes ${NEXT[was].join(' or ')}`;
    const message = `Line ${line.major} cannot become ${line.state}: it was ${was}.`;
    return [refuse('LINE_STATE_INVALID', message, `A line that is ${was} ${possible}.`)];
  }
  return old !== undefined && line.state === 'retired' ? prematureRetirement(old, after, today) : [];
}

function publishedWhenRetired(old: VersionLine, { major, state, supergraph, version }: VersionLine): Finding[] {
  if (state !== 'retired' || (supergraph === old.supergraph && version === old.version)) return [];
  const message = `Line ${major} is retired: nothing is published of it.`;
  return [refuse('LINE_STATE_INVALID', message, 'Publish a later major.')];
}

function prematureRetirement(
  { major, sunsetAt }: VersionLine,
  after: readonly VersionLine[],
  today: string,
): Finding[] {
  const reasons: [message: string, hint: string][] = [];
  if (sunsetAt === undefined) reasons.push(['it was never deprecated', 'Deprecate it first: graph line deprecate.']);
  else if (today < sunsetAt) reasons.push([`its sunset is ${sunsetAt}`, 'Leave it until then.']);
  for (const next of [major + 1, major + 2]) {
    if (isAvailable(after.find((line) => line.major === next))) continue;
    reasons.push([`line ${next} is not generally available`, 'Two later majors are, before one is retired.']);
  }
  return reasons.map(([reason, hint]) =>
    refuse('PREMATURE_REMOVAL', `Line ${major} cannot be retired: ${reason}.`, hint),
  );
}

function versionFindings(old: VersionLine | undefined, { major, version }: VersionLine): Finding[] {
  if (old === undefined || compareVersions(version, old.version) >= 0) return [];
  const message = `The version of line ${major} is ${version}, and was ${old.version}.`;
  return [refuse('LINE_VERSION_LOWER', message, 'Versions of a line go up.')];
}

function sunsetOfLine(old: VersionLine | undefined, line: VersionLine, today: string): Finding[] {
  const { major, state, sunsetAt, deprecatedAt = today } = line;
  if (state !== 'deprecated' || sunsetAt === undefined) return [];
  const isOverdue = sunsetAt < today;
  const was = old?.sunsetAt;
  if (was === undefined) {
    // Notice is given from today on, whatever day the file names for it; or from a later day.
    const declared = deprecatedAt > today ? deprecatedAt : today;
    if (daysBetween(declared, sunsetAt) >= NOTICE_DAYS) return [];
    const message = `The sunset of line ${major} is declared on ${declared} for ${sunsetAt}: clients have less than ${NOTICE_DAYS} days.`;
    return [refuse('SUNSET_TOO_SOON', message, `Choose ${addDays(declared, NOTICE_DAYS)} or later.`)];
  }
  if (sunsetAt < was) {
    const message = `The sunset of line ${major} was ${was}, and is now ${sunsetAt}.`;
    return daysBetween(today, sunsetAt) < NOTICE_DAYS
      ? [refuse('SUNSET_MOVED_EARLIER', message, `Leave it, or choose ${addDays(today, NOTICE_DAYS)} or later.`)]
      : [finding({ message, hint: 'Leave it, or tell those who use it.' }, 'SUNSET_MOVED_EARLIER')];
  }
  if (!isOverdue) return [];
  const message = `The sunset of line ${major} was ${sunsetAt}, and it is served still.`;
  return [finding({ message, hint: 'Retire it, or move its sunset to a later day.' }, 'OVERDUE_REMOVAL')];
}
