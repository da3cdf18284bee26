import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type QuietHours, quietUntil } from './quiet-hours.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const minuteOf = (clock: string): number => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
};
const quiet = (start: string, end: string, timeZone: string): QuietHours => ({
  startMinute: minuteOf(start),
  endMinute: minuteOf(end),
  timeZone,
});
const until = (hours: QuietHours, at: string) => quietUntil(hours, new Date(at))?.toISOString();

describe('quiet hours', () => {
  const night = quiet('22:00', '07:00', 'Europe/Berlin');

  it.each([
    ['before they begin', '2026-06-10T19:59:59.999Z', undefined],
    ['when they begin', '2026-06-10T20:00:00.000Z', '2026-06-11T05:00:00.000Z'],
    ['before midnight', '2026-06-10T21:30:00.000Z', '2026-06-11T05:00:00.000Z'],
    ['after midnight', '2026-06-11T01:30:00.000Z', '2026-06-11T05:00:00.000Z'],
    ['just before they end', '2026-06-11T04:59:59.999Z', '2026-06-11T05:00:00.000Z'],
    ['when they end', '2026-06-11T05:00:00.000Z', undefined],
    ['in winter', '2026-12-10T23:00:00.000Z', '2026-12-11T06:00:00.000Z'],
    ['in the short night', '2026-03-28T22:00:00.000Z', '2026-03-29T05:00:00.000Z'],
    ['in the long night', '2026-10-24T22:00:00.000Z', '2026-10-25T06:00:00.000Z'],
  ])('%s', (_when, at, end) => expect(until(night, at)).toBe(end));

  it('lie within a day too, and in zones of half and quarter hours', () => {
    expect(until(quiet('13:00', '14:30', 'Asia/Kolkata'), '2026-06-10T07:45:00.000Z')).toBe('2026-06-10T09:00:00.000Z');
    expect(until(quiet('13:00', '14:30', 'Asia/Kolkata'), '2026-06-10T07:29:00.000Z')).toBeUndefined();
    expect(until(quiet('00:00', '06:00', 'Asia/Kathmandu'), '2026-06-09T18:15:00.000Z')).toBe(
      '2026-06-10T00:15:00.000Z',
    );
  });

  it('end when the clocks skip their end', () => {
    // 02:30 is not there on that day: 02:00 becomes 03:00.
    expect(until(quiet('01:00', '02:30', 'Europe/Berlin'), '2026-03-29T00:15:00.000Z')).toBe(
      '2026-03-29T01:00:00.000Z',
    );
  });

  it('come twice when the clocks repeat them', () => {
    // 03:00 becomes 02:00 at 01:00 UTC.
    const early = quiet('02:00', '02:30', 'Europe/Berlin');
    expect(until(early, '2026-10-25T00:10:00.000Z')).toBe('2026-10-25T00:30:00.000Z');
    expect(until(early, '2026-10-25T00:45:00.000Z')).toBeUndefined();
    expect(until(early, '2026-10-25T01:10:00.000Z')).toBe('2026-10-25T01:30:00.000Z');
    const untilThree = quiet('02:00', '03:00', 'Europe/Berlin');
    expect(until(untilThree, '2026-10-25T00:10:00.000Z')).toBe('2026-10-25T02:00:00.000Z');
  });

  it('end although a whole day is skipped', () => {
    // Samoa went from the 29th to the 31st of December 2011, to the other side of the date line.
    expect(until(quiet('22:00', '07:00', 'Pacific/Apia'), '2011-12-30T09:00:00.000Z')).toBe('2011-12-30T17:00:00.000Z');
  });

  it('of a zone that is not known are an error', () => {
    expect(() => quietUntil(quiet('22:00', '07:00', 'Mars/Olympus'), new Date())).toThrow(RangeError);
  });

  it('are what the clocks show, minute by minute, in every time zone and around every change of the clocks', () => {
    const minute = fc.nat({ max: 1439 });
    const moment = fc.record({
      timeZone: fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
      year: fc.integer({ min: 2000, max: 2030 }),
      nearChange: fc.boolean(),
      pick: fc.nat(),
      awayMinutes: fc.integer({ min: -1500, max: 1500 }),
    });
    fc.assert(
      fc.property(
        moment,
        minute,
        minute,
        ({ timeZone, year, nearChange, pick, awayMinutes }, startMinute, endMinute) => {
          fc.pre(startMinute !== endMinute);
          const changes = nearChange ? changesIn(timeZone, year) : [];
          const anywhere = Date.UTC(year, 0, 1) + (pick % (365 * 1440)) * MINUTE_MS;
          const at = (changes[pick % Math.max(1, changes.length)] ?? anywhere) + awayMinutes * MINUTE_MS;
          const end = quietUntil({ startMinute, endMinute, timeZone }, new Date(at))?.getTime();
          const clock = clockOf(timeZone);
          const isQuiet = (time: number) => {
            const now = clock(time);
            return startMinute < endMinute
              ? now >= startMinute && now < endMinute
              : now >= startMinute || now < endMinute;
          };
          let expected = at;
          while (isQuiet(expected)) expected += MINUTE_MS;
          expect(end ?? at, `${timeZone} ${new Date(at).toISOString()}`).toBe(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** What the clocks show, in minutes since midnight, as they are written; nothing of it is computed. */
function clockOf(timeZone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return (time) => minuteOf(format.format(time));
}

/** Days of a year, by UTC, in which the clocks of a zone are changed. */
function changesIn(timeZone: string, year: number): number[] {
  const clock = clockOf(timeZone);
  const days = Array.from({ length: 365 }, (_, day) => Date.UTC(year, 0, 1) + day * DAY_MS);
  return days.filter((day) => clock(day) !== clock(day + DAY_MS));
}
