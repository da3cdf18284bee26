import { accountOf, type Identity, invalidInput, type ServiceKit } from '@tributary/service-kit';
import { deleteQuietHoursOf, findQuietHours, type QuietHoursRow, saveQuietHours } from '../store/quiet-hours-store.ts';
import { changeAs } from './change-as.ts';

const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)$/;
/** What names of time zones are made of; also keeps out offsets such as `+01:00`, which know no summer time. */
const ZONE_NAME = /^[A-Za-z][\w+-]*(\/[\w+-]+){0,2}$/;
const LONGEST_ZONE_NAME = 64;

/** Quiet hours as people write them: `22:00`, `07:00`, `Europe/Berlin`. */
export interface WrittenQuietHours {
  start: string;
  end: string;
  timeZone: string;
}

/** When people want to be left alone; everybody sees and changes the own. Null when that was not said. */
export interface QuietHoursSetting {
  /** @throws CodedError UNAUTHENTICATED */
  find(identity: Identity): Promise<WrittenQuietHours | null>;
  /** @throws CodedError UNAUTHENTICATED; DomainError InvalidInputError */
  set(identity: Identity, quietHours: WrittenQuietHours | null): Promise<WrittenQuietHours | null>;
}

export function createQuietHoursSetting({ database }: Pick<ServiceKit, 'database'>): QuietHoursSetting {
  return {
    async find(identity) {
      const row = await findQuietHours(database.db, accountOf(identity));
      return row === undefined ? null : written(row);
    },
    set: (identity, quietHours) =>
      changeAs(identity, database, async (tx, userId) => {
        if (quietHours === null) {
          await deleteQuietHoursOf(tx, userId);
          return null;
        }
        const row = { userId, ...read(quietHours) };
        await saveQuietHours(tx, row);
        return written(row);
      }),
  };
}

function read({ start, end, timeZone }: WrittenQuietHours): Omit<QuietHoursRow, 'userId'> {
  const startMinute = readClock('quietHours.start', start);
  const endMinute = readClock('quietHours.end', end);
  if (startMinute === endMinute) throw invalidInput('quietHours.end', 'quietHours.end takes another time than start.');
  if (!isTimeZone(timeZone)) {
    throw invalidInput('quietHours.timeZone', 'quietHours.timeZone takes an IANA name such as Europe/Berlin.');
  }
  return { startMinute, endMinute, timeZone };
}

function readClock(field: string, text: string): number {
  const [, hours, minutes] = CLOCK.exec(text) ?? [];
  if (hours === undefined) throw invalidInput(field, `${field} takes a time such as 07:00 or 22:30.`);
  return Number(hours) * 60 + Number(minutes);
}

function isTimeZone(name: string): boolean {
  if (name.length > LONGEST_ZONE_NAME || !ZONE_NAME.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const written = ({ startMinute, endMinute, timeZone }: QuietHoursRow): WrittenQuietHours => ({
  start: clock(startMinute),
  end: clock(endMinute),
  timeZone,
});

const clock = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
