import { loadConfig } from '@tributary/service-kit';
import { LINE_STATES, type VersionLine } from '@tributary/service-kit/sdl';
import { z } from 'zod';

const versionLine = z.strictObject({
  major: z.int().min(1),
  version: z.string().min(1),
  state: z.enum(LINE_STATES),
  supergraph: z.string().optional(),
  deprecatedAt: z.iso.date().optional(),
  sunsetAt: z.iso.date().optional(),
});

const isEnding = ({ state }: { state: string }) => state === 'deprecated' || state === 'retired';

/** What the gateway needs to be true of a `lines.yaml`; `graph line` checks the rest of it, in git. */
const linesFile = z.strictObject({
  lines: z
    .array(
      versionLine.refine(
        (line) => !isEnding(line) || (line.deprecatedAt !== undefined && line.sunsetAt !== undefined),
        {
          error: 'expected deprecatedAt and sunsetAt of a line that is deprecated or retired',
        },
      ),
    )
    .min(1)
    .refine((lines) => new Set(lines.map(({ major }) => major)).size === lines.length, {
      error: 'expected each major once',
    }),
});

/**
 * The version lines of a `lines.yaml`, by major.
 *
 * @throws ConfigError for a file that cannot be read, and naming what is wrong in it
 */
export function readLinesFile(path: string): VersionLine[] {
  const { lines } = loadConfig(linesFile, { name: path, files: [path], environment: {} });
  return (lines as VersionLine[]).toSorted((a, b) => a.major - b.major);
}
