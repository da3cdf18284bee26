import { duration } from '@tributary/service-kit';

/** `30d`, `12h`, … in milliseconds; undefined for what is none. */
export const readDuration = (text: unknown): number | undefined => duration().safeParse(text).data;
