/** Clients send few different ones; longer ones are read each time. */
const MAX_KEPT = 64;
const MAX_LENGTH = 512;

/** What a header says, read once for each text of it. Of more texts than are kept, all are forgotten. */
export function byHeader<T>(read: (header: string | undefined) => T): (header: string | undefined) => T {
  const kept = new Map<string | undefined, T>();
  return (header) => {
    const known = kept.get(header);
    if (known !== undefined) return known;
    const value = read(header);
    if (header !== undefined && header.length > MAX_LENGTH) return value;
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(header, value);
    return value;
  };
}
