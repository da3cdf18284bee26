import type { Finding, Report } from '../finding.ts';

/** For a person at a terminal: each finding with its place, then the summary. */
export const text = ({ findings, summary }: Report): string => [...findings.map(formatFinding), summary].join('\n\n');

/**
 * ```
 * error INVALID_FIELD_SHARING  subgraphs/b/schema.graphql:4:3  Product.name
 *   Non-shareable field "Product.name" is resolved from multiple subgraphs: …
 *     4 │   name: String
 *       │   ^
 *   → …
 * ```
 */
export function formatFinding(finding: Finding): string {
  const { severity, code, message, hint, column = 1, source, line, coordinate, change } = finding;
  const head = [`${change?.class ?? severity} ${code}`, placeOf(finding), coordinate]
    .filter((part) => part !== undefined)
    .join('  ');
  const lines = [head, ...message.split('\n').map((each) => `  ${each}`)];
  if (source !== undefined && line !== undefined) {
    const gutter = ' '.repeat(String(line).length);
    lines.push(`    ${line} │ ${source}`, `    ${gutter} │ ${' '.repeat(column - 1)}^`);
  }
  if (hint !== undefined) lines.push(`  → ${hint}`);
  return lines.join('\n');
}

/** `file:line:column`, as far as it is known; else the subgraph. */
export const placeOf = ({ file, line, column = 1, subgraph }: Finding): string | undefined =>
  file === undefined ? subgraph : line === undefined ? file : `${file}:${line}:${column}`;
