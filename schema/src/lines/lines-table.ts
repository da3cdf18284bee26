import type { VersionLine } from './version-line.ts';

const COLUMNS = ['major', 'version', 'state', 'deprecatedAt', 'sunsetAt', 'supergraph'] as const;
const TITLES = ['LINE', 'VERSION', 'STATE', 'DEPRECATED', 'SUNSET', 'SUPERGRAPH'];

/** The lines as a table for a terminal. */
export function linesTable(lines: readonly VersionLine[]): string {
  const rows = [TITLES, ...lines.map((line) => COLUMNS.map((column) => cell(line[column])))];
  const widths = TITLES.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A digest is known by its first digits. */
const cell = (value: string | number | undefined) =>
  value === undefined ? '-' : String(value).replace(/^(sha256:.{12}).*$/, '$1…');
