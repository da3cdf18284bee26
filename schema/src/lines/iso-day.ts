const DAY_MS = 86_400_000;

/** Whether it is a day that there is, as `YYYY-MM-DD`. Such days compare as texts. */
export function isIsoDay(text: unknown): text is string {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The day it is, in UTC. */
export const currentIsoDay = (): string => new Date().toISOString().slice(0, 10);

/** @param from,to `YYYY-MM-DD` */
export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY_MS;

export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
