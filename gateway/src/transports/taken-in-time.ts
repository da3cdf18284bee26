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
  for (let leftMs = slowAfterMs; leftMs > 0 && !hasTooMany(); leftMs -= LOOK_EVERY_MS) {
    if (await within(Math.min(leftMs, LOOK_EVERY_MS), room)) return true;
  }
  return false;
}

/** Whether it is there in time. */
async function within(ms: number, promise: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return await Promise.race([promise.then(() => true), late]).finally(() => clearTimeout(timer));
}
