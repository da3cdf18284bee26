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

/** What a change of the table means to the rest of the gateway. */
export interface LinesFollower {
  /** Gets the schemas of lines ready. @throws Error where a line cannot be cut from the supergraph that serves */
  cut(majors: readonly number[]): Promise<void>;
  /** Another table serves from now on. */
  taken(lines: VersionLines): void;
}

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
    // What is written between the two is read again.
    this.#text = textOf(parts.file);
    this.#current = new VersionLines(readLinesFile(parts.file));
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
  watching(follower: LinesFollower): Component {
    const { file, everyMs, log } = this.#parts;
    const look = () => {
      this.#turn = this.#turn.then(() => this.#look(follower));
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

  async #look({ cut, taken }: LinesFollower): Promise<void> {
    const { file, log } = this.#parts;
    let text: string;
    try {
      text = textOf(file);
      if (text === this.#text) return;
      const lines = new VersionLines(readLinesFile(file));
      await cut(lines.served.map(({ major }) => major));
      this.#current = lines;
      taken(lines);
      log.info({ lines: lines.all.map(({ major, state }) => `${major} ${state}`) }, 'version lines have changed');
    } catch (error) {
      // Half of it may have been written: it is read again, until it can be used.
      log.warn({ file, reason: (error as Error).message }, 'version lines cannot be used: those before them stay');
      return;
    }
    this.#text = text;
  }
}

/** @throws ConfigError */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}
