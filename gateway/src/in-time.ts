/** What a promise comes to; undefined where that takes longer than `ms`, which does not stop it. Rejects as it does. */
export async function inTime<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
