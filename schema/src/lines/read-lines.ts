import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LINE_STATES, type VersionLine } from '@tributary/service-kit/sdl';
import type { Finding } from '../finding.ts';
import { readYamlList, type YamlListForm } from '../yaml-list.ts';
import { majorOf } from './compare-versions.ts';
import { isIsoDay } from './iso-day.ts';

/** Relative to the root. */
export const LINES_FILE = 'schema/lines.yaml';

export interface ReadLines {
  /** By major, ascending; none when there are findings. */
  lines: VersionLine[];
  /** LINES_INVALID, each an error with its place. */
  findings: Finding[];
}

/** The version lines of a repository; none where it has no `schema/lines.yaml`. */
export function readLines(root: string): ReadLines {
  const file = join(root, LINES_FILE);
  return existsSync(file) ? parseLines(readFileSync(file, 'utf8')) : { lines: [], findings: [] };
}

/** @param text of a `schema/lines.yaml`: `lines:`, a list of version lines. */
export function parseLines(text: string): ReadLines {
  const { items, findings } = readYamlList(text, FORM);
  return { lines: items, findings };
}

type Line = Partial<VersionLine>;

const isEnding = ({ state }: Line) => state === 'deprecated' || state === 'retired';
const always = () => true;
const ending = {
  isRequired: isEnding,
  refusal: (line: Line) =>
    isEnding(line) ? undefined : `is there for a line that is deprecated or retired; this one is ${line.state}`,
};

const FORM: YamlListForm<VersionLine> = {
  file: LINES_FILE,
  code: 'LINES_INVALID',
  key: 'lines',
  item: 'A version line',
  rules: {
    major: {
      isRequired: always,
      isValid: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
      expected: 'is a whole number from 1',
    },
    version: {
      isRequired: always,
      isValid: (value, { major }) => typeof value === 'string' && majorOf(value) === major,
      expected: 'is a version X.Y.Z (SemVer) of its major',
    },
    state: {
      isRequired: always,
      isValid: (value) => LINE_STATES.some((state) => state === value),
      expected: `is one of ${LINE_STATES.join(', ')}`,
    },
    supergraph: {
      isRequired: ({ state }) => state === 'ga' || state === 'deprecated',
      isValid: (value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value),
      expected: 'is sha256: and 64 hexadecimal digits, as graph line publish writes it',
    },
    deprecatedAt: { ...ending, isValid: isIsoDay, expected: 'is a day that there is, YYYY-MM-DD' },
    sunsetAt: {
      ...ending,
      isValid: (value, { deprecatedAt }) => isIsoDay(value) && !(isIsoDay(deprecatedAt) && deprecatedAt >= value),
      expected: 'is a day that there is, YYYY-MM-DD, after deprecatedAt',
    },
  },
  together(lines, refuse) {
    for (const [index, { major }] of lines.entries()) {
      const before = lines[index - 1]?.major;
      if (before !== undefined && major <= before)
        refuse(index, `Each major is there once, in ascending order: ${major} comes after ${before}.`);
    }
  },
};
