const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A time of each day, in minutes since midnight by the clocks of a time zone; over midnight when the end is earlier. */
export interface QuietHours {
  startMinute: number;
  /** Other than the start. */
  endMinute: number;
  /** IANA name. */
  timeZone: string;
}

/**
 * When the quiet hours end into which a moment falls; undefined when it falls into none. Quiet is each moment at which
 * the clocks there show a time of day from the start until before the end: what they skip is not quiet, what they
 * repeat is quiet twice.
 *
 * @throws RangeError for a time zone that is not known
 */
export function quietUntil({ startMinute, endMinute, timeZone }: QuietHours, at: Date): Date | undefined {
  const offsetAt = utcOffsets(timeZone);
  const lengthMs = modulo((endMinute - startMinute) * MINUTE_MS, DAY_MS);
  let time = at.getTime();
  for (;;) {
    const offset = offsetAt(time);
    const intoMs = modulo(time + offset - startMinute * MINUTE_MS, DAY_MS);
    if (intoMs >= lengthMs) return time === at.getTime() ? undefined : new Date(time);
    const end = time + lengthMs - intoMs;
    // When the clocks are changed before that, what they show then decides.
    time = offsetAt(end) === offset ? end : firstChange(offsetAt, time, end);
  }
}

type OffsetAt = (time: number) => number;

/** By how many milliseconds the clocks of a time zone are ahead of UTC, at a time. */
function utcOffsets(timeZone: string): OffsetAt {
  const fields = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
  const numeric = Object.fromEntries(fields.map((field) => [field, 'numeric'] as const));
  const format = new Intl.DateTimeFormat('en-US', { ...numeric, timeZone, calendar: 'iso8601', hourCycle: 'h23' });
  return (time) => {
    const shown = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const [year = 0, month = 0, ...rest] = fields.map((field) => shown.get(field) ?? 0);
    return Date.UTC(year, month - 1, ...rest) - Math.floor(time / 1000) * 1000;
  };
}

/** The first time at which the offset is no longer what it was at `from`; it is another one at `to`. */
function firstChange(offsetAt: OffsetAt, from: number, to: number): number {
  const before = offsetAt(from);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** Never negative, unlike `%`. */
const modulo = (value: number, by: number): number => ((value % by) + by) % by;
