/** Something that is wrong at a place in a file, as a person and as a program reads it. */
export interface Finding {
  severity: 'error' | 'warning';
  /** Stable, in capitals; a composition code, or one of ours. */
  code: string;
  message: string;
  subgraph?: string;
  /** Schema coordinate, `Type.field`, where it is known. */
  coordinate?: string;
  /** Relative to the root. */
  file?: string;
  line?: number;
  column?: number;
  /** The line of the file that is meant. */
  source?: string;
}

/**
 * ```
 * error INVALID_FIELD_SHARING  subgraphs/b/schema.graphql:4:3  Product.name
 *   Non-shareable field "Product.name" is resolved from multiple subgraphs: …
 *     4 │   name: String
 *       │   ^
 * ```
 */
export function formatFinding(finding: Finding): string {
  const { severity, code, message, file, line, column = 1, source, coordinate } = finding;
  const place = file === undefined ? finding.subgraph : line === undefined ? file : `${file}:${line}:${column}`;
  const head = [`${severity} ${code}`, place, coordinate].filter((part) => part !== undefined).join('  ');
  const lines = [head, ...message.split('\n').map((text) => `  ${text}`)];
  if (source !== undefined && line !== undefined) {
    const gutter = ' '.repeat(String(line).length);
    lines.push(`    ${line} │ ${source}`, `    ${gutter} │ ${' '.repeat(column - 1)}^`);
  }
  return lines.join('\n');
}

/** Text or JSON, as `--format` asks; JSON holds the findings and nothing else. */
export const formatFindings = (findings: readonly Finding[], format: string): string =>
  format === 'json' ? JSON.stringify({ findings }, null, 2) : findings.map(formatFinding).join('\n\n');
