import { isAvailable, type VersionLine } from '@tributary/service-kit/sdl';

/** Which versions of the API there are at the moment. It does not change: another table takes its place. */
export class VersionLines {
  /** By major, ascending. */
  readonly all: readonly VersionLine[];
  /** Those that are answered: all but the retired ones. */
  readonly served: readonly VersionLine[];
  readonly retired: readonly VersionLine[];
  /**
   * What requests get that name no version: the oldest line that is generally available, or where none is, the oldest
   * that is deprecated. Undefined where there are only previews and retired ones: those are had by number alone.
   */
  readonly unversioned: VersionLine | undefined;
  readonly #byMajor: ReadonlyMap<string, VersionLine>;

  /** @param lines by major, ascending */
  constructor(lines: readonly VersionLine[]) {
    this.all = lines;
    this.served = lines.filter(({ state }) => state !== 'retired');
    this.retired = lines.filter(({ state }) => state === 'retired');
    this.unversioned = lines.find(({ state }) => state === 'ga') ?? lines.find(isAvailable);
    this.#byMajor = new Map(lines.map((line) => [String(line.major), line]));
  }

  /** @param major as a client writes it: `2` */
  find(major: string): VersionLine | undefined {
    return this.#byMajor.get(major);
  }

  /** Where clients of a line go that ends: the next one that is generally available, or else still served. */
  successorOf({ major }: VersionLine): VersionLine | undefined {
    const later = this.served.filter((line) => line.major > major);
    return later.find(({ state }) => state === 'ga') ?? later.find(isAvailable);
  }
}
