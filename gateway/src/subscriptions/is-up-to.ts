import type { LogPosition } from '@tributary/service-kit';

/** Whether a place is not behind another one of the same log. */
export const isUpTo = (position: LogPosition | undefined, other: LogPosition | undefined): boolean =>
  position !== undefined && position.log === other?.log && position.sequence <= other.sequence;
