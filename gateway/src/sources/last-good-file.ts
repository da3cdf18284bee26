import { readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';

/** The supergraph that was adopted last, on disk: for a start while the source has none. */
export class LastGoodFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Nothing where there is none, or it cannot be read. */
  read(): string | undefined {
    try {
      return readFileSync(this.path, 'utf8');
    } catch {
      return undefined;
    }
  }

  /**
   * The old one or the new one is there at any moment.
   *
   * @throws Error of the file system
   */
  async write(supergraphSdl: string): Promise<void> {
    const written = `${this.path}.${process.pid}.tmp`;
    try {
      {
        await using file = await open(written, 'w', 0o600);
        await file.writeFile(supergraphSdl);
        await file.sync();
      }
      await rename(written, this.path);
    } catch (error) {
      await rm(written, { force: true });
      throw error;
    }
  }
}
