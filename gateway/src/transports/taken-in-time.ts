import { inTime } from '../in-time.ts';

/** How soon it is noticed that too many results wait. */
const LOOK_EVERY_MS = 200;

/**
 * Whether a client has taken what was sent to it in time, so that there is room again.
 *
 * @param hasTooMany whether so much waits for it by now that it is not waited for any longer. Default: never
 */
export async function takenInTime(
  room: Promise<void>,
  slowAfterMs: number,
  hasTooMany: () => boolean = () => false,
): Promise<boolean> {
  const taken = room.then(() => true);
  for (let leftMs = slowAfterMs; leftMs > 0 && !hasTooMany(); leftMs -= LOOK_EVERY_MS) {
    if (await inTime(taken, Math.min(leftMs, LOOK_EVERY_MS))) return true;
  }
  return false;
}
