import { readFileSync } from 'node:fs';
import { type Component, ConfigError, type Logger, periodicJob } from '@tributary/service-kit';
import { fileSource } from '../sources/file-source.ts';
import { readLinesFile } from './read-lines-file.ts';
import { VersionLines } from './version-lines.ts';

export interface ServedLinesParts {
  /** A `lines.yaml`. */
  readonly file: string;
  /** Where people read what becomes of a version that ends. */
  readonly documentation: string;
  /** How often it is looked at, in case that its system does not tell of changes. */
  readonly everyMs: number;
  readonly log: Logger;
}

/** Gets the schemas of lines ready. @throws Error where a line cannot be cut from the supergraph that serves */
export type CutLines = (majors: readonly number[]) => Promise<void>;

/**
 * The table of version lines, from a file that is watched: a line that is deprecated or retired there is so here, without
 * a restart. A table that is wrong, or whose lines the supergraph does not have, is not used; the one before it stays.
 */
export class ServedLines {
  readonly #parts: ServedLinesParts;
  #current: VersionLines;
  #text: string;
  #turn: Promise<void> = Promise.resolve();

  /** @throws ConfigError for a file that cannot be used */
  constructor(parts: ServedLinesParts) {
    this.#parts = parts;
    this.#current = new VersionLines(readLinesFile(parts.file));
    this.#text = readFileSync(parts.file, 'utf8');
  }

  get documentation(): string {
    return this.#parts.documentation;
  }

  get current(): VersionLines {
    return this.#current;
  }

  /** Those that need a schema. */
  get majors(): number[] {
    return this.#current.served.map(({ major }) => major);
  }

  /** Follows the file. */
  watching(cut: CutLines): Component {
    const { file, everyMs, log } = this.#parts;
    const look = () => {
      this.#turn = this.#turn.then(() => this.#look(cut));
      return this.#turn;
    };
    const job = periodicJob({ name: 'read version lines', everyMs, run: look }, log);
    let unwatch: (() => void) | undefined;
    return {
      name: 'version lines',
      start: async () => {
        unwatch = fileSource(file).watch?.(look);
        await job.start?.();
      },
      stop: async () => {
        unwatch?.();
        await job.stop?.();
        await this.#turn;
      },
    };
  }

  async #look(cut: CutLines): Promise<void> {
    const { file, log } = this.#parts;
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
      if (text === this.#text) return;
      const lines = new VersionLines(readLinesFile(file));
      await cut(lines.served.map(({ major }) => major));
      this.#current = lines;
      log.info({ lines: lines.all.map(({ major, state }) => `${major} ${state}`) }, 'version lines have changed');
    } catch (error) {
      // Half of it may have been written: it is read again, until it can be used.
      const reason = error instanceof ConfigError ? error.message : (error as Error).message;
      log.warn({ file, reason }, 'version lines cannot be used: those before them stay');
      return;
    }
    this.#text = text;
  }
}
