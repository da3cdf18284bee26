import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Of } from '../sha256-of.ts';

const MAX_ENTRIES = 50;
/** Changes with what makes the results. */
const VERSION = '2';

/** Results by a digest of what they were made of. The least recently used go. */
export class Cache {
  readonly #folder: string;

  /** @param folder is made when something is kept. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What is known, or what `make` gives, which is kept then. A cache that cannot be read or written is none. */
  of<T>(parts: readonly string[], make: () => T): T {
    const file = this.#fileOf(parts);
    const known = this.#read<T>(file);
    if (known !== undefined) return known;
    const made = make();
    this.#keep(file, made);
    return made;
  }

  /** Many results of one thing: each by its own key. `save` keeps those that were asked for. */
  table<T>(parts: readonly string[]): { of(key: string, make: () => T): T; save(): void } {
    const file = this.#fileOf(parts);
    const known = new Map<string, T>(Object.entries(this.#read<Record<string, T>>(file) ?? {}));
    const used = new Map<string, T>();
    return {
      of(key, make) {
        const value = known.get(key) ?? make();
        used.set(key, value);
        return value;
      },
      save: () => {
        if ([...used.keys()].some((key) => !known.has(key))) this.#keep(file, Object.fromEntries(used));
      },
    };
  }

  #fileOf(parts: readonly string[]): string {
    return join(this.#folder, `${sha256Of(JSON.stringify([VERSION, ...parts]))}.json`);
  }

  #read<T>(file: string): T | undefined {
    try {
      const known = JSON.parse(readFileSync(file, 'utf8'));
      const now = new Date();
      utimesSync(file, now, now);
      return known;
    } catch {
      return undefined;
    }
  }

  #keep(file: string, value: unknown): void {
    try {
      mkdirSync(this.#folder, { recursive: true });
      const whole = `${file}.${process.pid}`;
      writeFileSync(whole, JSON.stringify(value));
      renameSync(whole, file);
      this.#prune();
    } catch {
      // A read-only checkout, say: the next run makes it again.
    }
  }

  #prune(): void {
    const files = readdirSync(this.#folder).map((name) => join(this.#folder, name));
    const newestFirst = files
      .map((file) => ({ file, usedMs: statSync(file).mtimeMs }))
      .sort((a, b) => b.usedMs - a.usedMs);
    for (const { file } of newestFirst.slice(MAX_ENTRIES)) rmSync(file, { force: true });
  }
}
