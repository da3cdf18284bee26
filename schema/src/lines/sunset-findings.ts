import type { Finding } from '../finding.ts';
import { addDays, daysBetween, isIsoDay } from './iso-day.ts';
import { readSunsets, type Sunset, type Sunsets } from './sunsets.ts';

/** How long clients have at least, from the day on which a sunset is declared. */
export const NOTICE_DAYS = 180;

/**
 * What is wrong with the sunsets of deprecated elements, from one schema to the next: SUNSET_INVALID, SUNSET_TOO_SOON,
 * SUNSET_MOVED_EARLIER, PREMATURE_REMOVAL and OVERDUE_REMOVAL, each with its coordinate. The schemas are supergraphs, so
 * that what moves from one subgraph to another is no removal; cut to one line, they are judged for this line.
 *
 * @param before SDL; undefined where there was none
 * @param after SDL
 * @param today `YYYY-MM-DD`
 * @param later SDL of each later line, which may have what takes an element's place. An earlier one leads nobody on.
 */
export function sunsetFindings(
  before: string | undefined,
  after: string,
  today: string,
  later: readonly string[] = [],
): Finding[] {
  const now = readSunsets(after);
  const replacements = new Set([now, ...later.map(readSunsets)].flatMap(({ coordinates }) => [...coordinates]));
  // Of the first schema there is no change to be judged.
  const old = before === undefined ? now : readSunsets(before);
  const ofSunsets = [...now.sunsets].flatMap(([coordinate, sunset]) => {
    const invalid = invalidSunset(coordinate, sunset, now, replacements);
    if (invalid.length > 0) return invalid;
    return dateFindings(coordinate, sunset.on as string, old.sunsets.get(coordinate), today);
  });
  return [...ofSunsets, ...prematureRemovals(old, now, today)];
}

function invalidSunset(
  coordinate: string,
  { on, replacement, owner }: Sunset,
  { deprecated }: Sunsets,
  replacements: ReadonlySet<string>,
): Finding[] {
  const reasons: string[] = [];
  if (!deprecated.has(coordinate)) reasons.push('it has a @sunset without @deprecated');
  if (!isIsoDay(on)) reasons.push(`its date ${JSON.stringify(on ?? '')} is no day, as YYYY-MM-DD`);
  if (replacement === coordinate) reasons.push('it is its own replacement');
  else if (replacement !== undefined && !replacements.has(replacement))
    reasons.push(`its replacement ${JSON.stringify(replacement)} does not exist`);
  if (owner === undefined || owner.trim() === '') reasons.push('it has no owner');
  return reasons.map((reason) => ({
    severity: 'error',
    code: 'SUNSET_INVALID',
    message: `The sunset of ${coordinate} is not valid: ${reason}.`,
    hint: 'For example @deprecated(reason: "Use displayName.") @sunset(on: "2027-01-31", replacement: "User.displayName", owner: "team-users").',
    coordinate,
  }));
}

function dateFindings(coordinate: string, on: string, old: Sunset | undefined, today: string): Finding[] {
  const was = isIsoDay(old?.on) ? old.on : undefined;
  const isShort = daysBetween(today, on) < NOTICE_DAYS;
  if (was === undefined) return isShort ? [tooSoon(coordinate, on, today)] : [];
  if (on < was) return [movedEarlier(coordinate, { was, is: on }, isShort, today)];
  return on < today ? [overdue(coordinate, on)] : [];
}

const tooSoon = (coordinate: string, on: string, today: string): Finding => ({
  severity: 'error',
  code: 'SUNSET_TOO_SOON',
  message: `The sunset of ${coordinate} is declared today, ${today}, for ${on}: clients have less than ${NOTICE_DAYS} days.`,
  hint: `Choose ${addDays(today, NOTICE_DAYS)} or later.`,
  coordinate,
});

const movedEarlier = (
  coordinate: string,
  { was, is }: { was: string; is: string },
  isShort: boolean,
  today: string,
): Finding => ({
  // With full notice from now on, it is a danger for those alone who planned by the old date.
  severity: isShort ? 'error' : 'warning',
  code: 'SUNSET_MOVED_EARLIER',
  message: `The sunset of ${coordinate} was ${was}, and is now ${is}.`,
  hint: isShort
    ? `Leave it, or choose ${addDays(today, NOTICE_DAYS)} or later.`
    : 'Leave it, or tell those who use it.',
  coordinate,
});

const overdue = (coordinate: string, on: string): Finding => ({
  severity: 'warning',
  code: 'OVERDUE_REMOVAL',
  message: `The sunset of ${coordinate} was ${on}, and it is there still.`,
  hint: 'Remove it, or move its sunset to a later day.',
  coordinate,
});

function prematureRemovals(old: Sunsets, now: Sunsets, today: string): Finding[] {
  return [...old.deprecated].flatMap((coordinate): Finding[] => {
    if (now.coordinates.has(coordinate)) return [];
    const on = old.sunsets.get(coordinate)?.on;
    const refuse = (message: string, hint: string): Finding[] => [
      { severity: 'error', code: 'PREMATURE_REMOVAL', message, hint, coordinate },
    ];
    if (isIsoDay(on))
      return today >= on ? [] : refuse(`${coordinate} is removed before its sunset, ${on}.`, 'Leave it until then.');
    // Before a schema has @sunset, nothing can be promised by it.
    if (!old.knowsSunset) return [];
    return refuse(
      `${coordinate} is removed without a sunset: nobody could know when.`,
      `Leave it, and give it @sunset(on: "${addDays(today, NOTICE_DAYS)}") or later.`,
    );
  });
}
